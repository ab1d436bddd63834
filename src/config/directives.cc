#include "config/directives.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <unordered_map>

#include "base/numbers.h"
#include "base/text.h"
#include "config/match.h"
#include "config/rows.h"

namespace redpoll::config {
namespace {

constexpr std::string_view kWrongNumber = "wrong number of arguments";

bool get(const Settings& s, const Directive& d, const Flag& k) {
  if (k.field) return s.*k.field;
  const auto it = s.kept.find(d.name);
  return it == s.kept.end() ? k.fallback : it->second == "yes";
}

std::string_view yes_or_no(bool v) { return v ? "yes" : "no"; }

Result<void> put(Settings& s, const Directive& d, const Flag& k, std::string_view word) {
  const bool yes = iequals(word, "yes");
  if (!yes && !iequals(word, "no")) return failure("argument must be 'yes' or 'no'");
  if (k.field) {
    s.*k.field = yes;
  } else {
    keep(s, d, std::string(yes_or_no(yes)));
  }
  return {};
}

using Form = Number::Form;

std::string print(const Number& k, int64_t v) {
  if (k.form == Form::octal) return fmt::format("{:o}", v);
  if (k.form == Form::percent_or_memory && v < 0) return fmt::format("{}%", -v);
  return k.is_unsigned ? fmt::format("{}", static_cast<uint64_t>(v)) : fmt::format("{}", v);
}

Result<int64_t> read_memory(const Number& k, std::string_view word) {
  const auto bytes = parse_memory(word);
  if (bytes && (k.is_unsigned || *bytes <= static_cast<Bytes>(LLONG_MAX))) {
    return static_cast<int64_t>(*bytes);
  }
  if (k.form == Form::memory) return failure("argument must be a memory value");
  return failure("argument must be a memory or percent value");
}

Result<int64_t> read_octal(std::string_view word) {
  int64_t v = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), v, 8);
  if (error != std::errc() || end != word.data() + word.size()) {
    return failure("argument couldn't be parsed as an octal number");
  }
  return v;
}

Result<int64_t> read(const Number& k, std::string_view word) {
  switch (k.form) {
    case Form::octal: return read_octal(word);
    case Form::memory: return read_memory(k, word);
    case Form::percent_or_memory:
      if (word.ends_with('%')) {
        const auto v = parse_int64(word.substr(0, word.size() - 1));
        if (!v || *v < 0) return failure("argument must be a memory or percent value");
        if (*v > 100) return failure("percentage argument must be less or equal to 100");
        return -*v;
      }
      return read_memory(k, word);
    case Form::plain: break;
  }
  const auto v = parse_int64(word);
  if (!v) return failure("argument couldn't be parsed into an integer");
  return *v;
}

Result<void> put(Settings& s, const Directive& d, const Number& k, std::string_view word) {
  const auto v = read(k, word);
  if (!v) return failure("{}", v.error());
  const bool percent = k.form == Form::percent_or_memory && *v < 0;
  if (!k.is_unsigned && !percent && (*v < k.min || *v > k.max)) {
    return failure("argument must be between {} and {} inclusive", print(k, k.min), print(k, k.max));
  }
  if (k.set) {
    k.set(s, *v);
  } else {
    keep(s, d, print(k, *v));
  }
  return {};
}

// A value with several names has the first of them; bits are listed in the order of the table.
std::string print(const Choice& k, int v) {
  for (const Word& w : k.words) {
    if (w.value == v) return std::string(w.text);
  }
  std::string out;
  for (const Word& w : k.words) {
    if (!w.value || (v & w.value) != w.value) continue;
    if (!out.empty()) out += ' ';
    out += w.text;
  }
  return out;
}

const Word* find_word(const Choice& k, std::string_view text) {
  for (const Word& w : k.words) {
    if (iequals(w.text, text)) return &w;
  }
  return nullptr;
}

Failure not_one_of(const Choice& k) {
  std::string list;
  for (const Word& w : k.words) list += fmt::format("{}{}", list.empty() ? "" : ", ", w.text);
  return failure("argument(s) must be one of the following: {}", list);
}

Result<void> put(Settings& s, const Directive& d, const Choice& k, Args args) {
  if (args.empty()) return not_one_of(k);
  int v = 0;
  for (const std::string& arg : args) {
    const Word* w = find_word(k, arg);
    if (!w) return not_one_of(k);
    v |= w->value;
  }
  if (k.combined && (v & shutdown_flag::kSave) && (v & shutdown_flag::kNoSave)) {
    return failure("shutdown options SAVE and NOSAVE can't be used simultaneously");
  }
  if (k.set) {
    k.set(s, v);
  } else {
    keep(s, d, print(k, v));
  }
  return {};
}

Result<void> put(Settings& s, const Directive& d, const Text& k, const std::string& value) {
  if (k.check) {
    if (auto r = k.check(value); !r) return r;
  }
  if (k.field) {
    s.*k.field = value;
  } else {
    keep(s, d, value);
  }
  return {};
}

using Index = std::unordered_map<std::string_view, const Directive*>;

Index build_index() {
  Index index;
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CHECK(index.emplace(d.name, &d).second, "directive {} twice", d.name);
      if (!d.alias.empty()) CHECK(index.emplace(d.alias, &d).second, "directive {} twice", d.alias);
    }
  }
  return index;
}

// The default of a directive that has no field.
std::string fallback_of(const Directive& d) {
  return std::visit(Match{[](const Flag& k) { return std::string(yes_or_no(k.fallback)); },
                          [](const Number& k) { return print(k, k.fallback); },
                          [](const Choice& k) { return print(k, k.fallback); },
                          [](const Text& k) { return std::string(k.fallback); },
                          [](const Custom& k) { return std::string(k.fallback); }},
                    d.kind);
}

std::vector<std::string> split_at_spaces(const std::string& arg) {
  std::vector<std::string> out;
  if (arg.empty()) return out;
  size_t from = 0;
  for (size_t at; (at = arg.find(' ', from)) != std::string::npos; from = at + 1) {
    out.push_back(arg.substr(from, at - from));
  }
  out.push_back(arg.substr(from));
  return out;
}

bool is_plain(std::string_view value) {
  if (value.empty() || value[0] == '#') return false;
  return std::all_of(value.begin(), value.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("_-./:%*,@+").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string_view kept(const Settings& s, const Directive& d) {
  const auto it = s.kept.find(d.name);
  return it == s.kept.end() ? std::get<Custom>(d.kind).fallback : std::string_view(it->second);
}

void keep(Settings& s, const Directive& d, std::string text) {
  if (text == fallback_of(d)) {
    s.kept.erase(d.name);
  } else {
    s.kept.insert_or_assign(d.name, std::move(text));
  }
}

std::string as_word(std::string_view value) { return is_plain(value) ? std::string(value) : quoted(value); }

std::string short_memory(Bytes v) {
  constexpr std::array<std::pair<int, std::string_view>, 3> kUnits = {{{30, "gb"}, {20, "mb"}, {10, "kb"}}};
  for (const auto& [shift, unit] : kUnits) {
    if (v && v % (Bytes{1} << shift) == 0) return fmt::format("{}{}", v >> shift, unit);
  }
  return fmt::format("{}", v);
}

bool Directive::takes_several() const {
  if (const auto* c = std::get_if<Choice>(&kind)) return c->combined;
  const auto* c = std::get_if<Custom>(&kind);
  return c && c->several;
}

std::span<const Topic> topics() {
  static const std::array kTopics = {Topic{"Network", network_directives()},
                                     Topic{"Process and log", process_directives()},
                                     Topic{"Security", security_directives()},
                                     Topic{"Keyspace and memory", keyspace_directives()},
                                     Topic{"Clients", client_directives()},
                                     Topic{"Monitoring", monitoring_directives()},
                                     Topic{"Persistence", persistence_directives()},
                                     Topic{"Replication", replication_directives()},
                                     Topic{"Encodings", encoding_directives()},
                                     Topic{"Cluster", cluster_directives()},
                                     Topic{"TLS", tls_directives()}};
  return kTopics;
}

const Directive* find_directive(std::string_view name) {
  static const Index kIndex = build_index();
  const auto it = kIndex.find(to_lower(name));
  return it == kIndex.end() ? nullptr : it->second;
}

Result<void> assign(Settings& s, const Directive& d, Args args, Mode mode) {
  std::vector<std::string> pieces;
  if (d.takes_several()) {
    if (args.size() == 1) args = pieces = split_at_spaces(args[0]);
  } else if (args.size() != 1) {
    return failure("{}", kWrongNumber);
  }
  return std::visit(Match{[&](const Flag& k) { return put(s, d, k, args[0]); },
                          [&](const Number& k) { return put(s, d, k, args[0]); },
                          [&](const Choice& k) { return put(s, d, k, args); },
                          [&](const Text& k) { return put(s, d, k, args[0]); },
                          [&](const Custom& k) { return k.parse(s, d, args, mode); }},
                    d.kind);
}

std::string printed(const Settings& s, const Directive& d) {
  const auto it = s.kept.find(d.name);
  if (it != s.kept.end()) return it->second;
  return std::visit(Match{[&](const Flag& k) { return std::string(yes_or_no(get(s, d, k))); },
                          [&](const Number& k) { return print(k, k.get ? k.get(s) : k.fallback); },
                          [&](const Choice& k) { return print(k, k.get ? k.get(s) : k.fallback); },
                          [&](const Text& k) { return k.field ? s.*k.field : std::string(k.fallback); },
                          [&](const Custom& k) { return k.print ? k.print(s, d) : std::string(k.fallback); }},
                    d.kind);
}

std::string default_of(const Directive& d) { return printed(Settings{}, d); }

bool promises_too_much(const Settings& s, const Directive& d) {
  if (d.needs.empty()) return false;
  const std::string value = printed(s, d);
  return value != default_of(d) && value != d.harmless;
}

std::vector<std::string> file_lines(const Settings& s, const Directive& d, std::string_view name) {
  std::string value = printed(s, d);
  if (const auto* k = std::get_if<Custom>(&d.kind)) {
    if (k->lines) return k->lines(s, d, name);
    if (k->words) return {fmt::format("{} {}", name, k->words(s, d))};
    if (k->several && !value.empty()) return {fmt::format("{} {}", name, value)};
  }
  if (std::holds_alternative<Text>(d.kind) || std::holds_alternative<Custom>(d.kind)) {
    return {fmt::format("{} {}", name, as_word(value))};
  }
  const auto* n = std::get_if<Number>(&d.kind);
  if (n && (n->form == Form::memory || n->form == Form::percent_or_memory)) {
    if (const auto bytes = parse_uint64(value)) value = short_memory(*bytes);
  }
  return {fmt::format("{} {}", name, value)};
}

}  // namespace redpoll::config
