// How the rows of directives_*.cc are written: makers for the kinds of value. Those without a field are for
// directives that nothing reads yet; their value is kept as text.
#pragma once

#include <climits>
#include <type_traits>

#include "config/directives.h"

namespace redpoll::config {

template <auto... Field>
using FieldType = std::remove_cvref_t<decltype((std::declval<Settings>().*....*Field))>;

constexpr Flag flag(bool Settings::*field) { return {.field = field}; }
constexpr Flag flag(bool fallback) { return {.fallback = fallback}; }

// `Field`: a member of the settings, or a path to one: number<&Settings::encoding, &EncodingLimits::...>.
template <auto... Field>
constexpr Number number(int64_t min, int64_t max, Number::Form form = Number::Form::plain) {
  return {.get = [](const Settings& s) { return static_cast<int64_t>((s.*....*Field)); },
          .set = [](Settings& s, int64_t v) { (s.*....*Field) = static_cast<FieldType<Field...>>(v); },
          .min = min,
          .max = max,
          .form = form};
}
constexpr Number number(int64_t fallback, int64_t min, int64_t max, Number::Form form = Number::Form::plain) {
  return {.fallback = fallback, .min = min, .max = max, .form = form};
}
template <auto... Field>
constexpr Number memory(int64_t min, int64_t max = LLONG_MAX) {
  return number<Field...>(min, max, Number::Form::memory);
}
constexpr Number memory(int64_t fallback, int64_t min) {
  return number(fallback, min, LLONG_MAX, Number::Form::memory);
}

template <auto Field>
constexpr Choice choice(std::span<const Word> words) {
  return {.words = words,
          .get = [](const Settings& s) { return static_cast<int>(s.*Field); },
          .set = [](Settings& s, int v) { s.*Field = static_cast<FieldType<Field>>(v); }};
}
template <auto Field>
constexpr Choice combination(std::span<const Word> words) {
  Choice c = choice<Field>(words);
  c.combined = true;
  return c;
}
constexpr Choice choice(std::span<const Word> words, int fallback) {
  return {.words = words, .fallback = fallback};
}

constexpr Text text(std::string Settings::*field, Result<void> (*check)(std::string_view) = nullptr) {
  return {.field = field, .check = check};
}
constexpr Text text(std::string_view fallback, Result<void> (*check)(std::string_view) = nullptr) {
  return {.fallback = fallback, .check = check};
}

// Features that are not there yet, as messages name them. Who builds one takes its name from here, and from
// the rows that need it.
namespace needs {
inline constexpr std::string_view arrays = "arrays";
inline constexpr std::string_view cluster = "cluster";
inline constexpr std::string_view command_log = "the command log";
inline constexpr std::string_view dumps = "DUMP and RESTORE";
inline constexpr std::string_view hash_seed = "a chosen hash seed";
inline constexpr std::string_view hyperloglog = "HyperLogLog";
inline constexpr std::string_view import_mode = "import mode";
inline constexpr std::string_view key_histograms = "histograms of memory";
inline constexpr std::string_view log_forms = "other forms of the log";
inline constexpr std::string_view lookahead = "a chosen lookahead";
inline constexpr std::string_view marks = "marks of sockets";
inline constexpr std::string_view modules = "modules";
inline constexpr std::string_view mptcp = "multipath TCP";
inline constexpr std::string_view notifications = "keyspace notifications";
inline constexpr std::string_view persistence = "persistence";
inline constexpr std::string_view replication = "replication";
inline constexpr std::string_view scripts = "scripts";
inline constexpr std::string_view socket_group = "the group of the Unix socket";
inline constexpr std::string_view streams = "streams";
inline constexpr std::string_view tls = "TLS";
inline constexpr std::string_view tracking = "tracking";
inline constexpr std::string_view users = "ACL users";
inline constexpr std::string_view vector_sets = "vector sets";
inline constexpr std::string_view zones = "availability zones";
}  // namespace needs

// The texts of `Settings::kept`, for Custom parsers.
std::string_view kept(const Settings& s, const Directive& d);
void keep(Settings& s, const Directive& d, std::string text);

// 67108864 as "64mb", where nothing is lost.
std::string short_memory(Bytes v);

// A word of a line in a file, quoted if need be.
std::string as_word(std::string_view value);

// The tables.
std::span<const Directive> network_directives();
std::span<const Directive> process_directives();
std::span<const Directive> security_directives();
std::span<const Directive> keyspace_directives();
std::span<const Directive> client_directives();
std::span<const Directive> monitoring_directives();
std::span<const Directive> persistence_directives();
std::span<const Directive> replication_directives();
std::span<const Directive> encoding_directives();
std::span<const Directive> cluster_directives();
std::span<const Directive> tls_directives();

}  // namespace redpoll::config
