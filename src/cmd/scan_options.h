// What SCAN, HSCAN, SSCAN and ZSCAN have in common: the cursor, MATCH and COUNT, and how far one call goes.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/glob.h"
#include "exec/arg_reader.h"
#include "exec/call.h"
#include "store/element.h"

namespace redpoll::cmd {

// Cursors are read as strtoul does, which is what clients of Redis can rely on: an optional sign, of which
// minus wraps around, then digits up to the end or a NUL byte; nothing at all is 0. Empty for anything else.
std::optional<uint64_t> parse_cursor(std::string_view text);

struct ScanOptions {
  std::string_view pattern = "*";
  uint64_t count = 10;

  // Whether MATCH lets it through.
  bool admits(std::string_view text) const { return pattern == "*" || glob_match(pattern, text); }
};

// Reads MATCH and COUNT up to the last argument. `own(in)` is asked first wherever an option begins: it
// consumes one that only this command has (`in.keyword("NOVALUES")`), and says whether it did.
template <class Own>
ScanOptions read_scan_options(exec::ArgReader& in, Own&& own) {
  using namespace exec::option_literals;
  ScanOptions o;
  while (in.more()) {
    if (own(in)) continue;
    switch (in.option()) {
      case "MATCH"_opt: o.pattern = in.next(); break;
      case "COUNT"_opt: {
        const int64_t count = in.integer();
        if (count < 1) in.reject(exec::err::syntax);
        o.count = static_cast<uint64_t>(count);
        break;
      }
      default: in.reject(exec::err::syntax);
    }
  }
  return o;
}

// Goes on from `cursor` and returns where to go on next time, 0 at the end. `step(cursor, seen)` visits one
// bucket of a table, adds to `seen` how many elements it has come across, and returns the next cursor. COUNT
// bounds the elements that are looked at, and ten times that the buckets, for a table that is nearly empty.
template <class Step>
uint64_t scan_some(uint64_t cursor, const ScanOptions& o, Step&& step) {
  constexpr uint64_t kBucketsPerElement = 10;
  uint64_t seen = 0;
  uint64_t buckets = 0;
  do cursor = step(cursor, seen);
  while (cursor != 0 && seen < o.count && ++buckets / kBucketsPerElement < o.count);
  return cursor;
}

// The head of the reply: an array of the cursor and of what follows, which the caller writes as one array.
inline void reply_cursor(exec::Reply& out, uint64_t cursor) {
  out.array(2);
  const fmt::format_int digits(cursor);
  out.bulk(std::string_view(digits.data(), digits.size()));
}

// The reply to a call that visits the elements of `view`: the next cursor, then what `put(name, ...)` writes
// of each that MATCH lets through, `words` for each. The cursor stands in front of what it depends on, so the
// way is gone twice: first only as far as to know where it ends. Nothing is kept of what was seen.
template <class View, class Put>
void reply_scan(exec::Reply& out, const View& view, uint64_t cursor, const ScanOptions& o, size_t words,
                Put&& put) {
  const uint64_t next = scan_some(cursor, o, [&](uint64_t from, uint64_t& seen) {
    return view.scan(from, [&](const auto&...) { ++seen; });
  });
  reply_cursor(out, next);
  const auto list = out.begin_array();
  size_t admitted = 0;
  do
    cursor = view.scan(cursor, [&](const store::Element& name, const auto&... rest) {
      store::Element::Digits digits;
      if (!o.admits(name.text(digits))) return;
      put(name, rest...);
      ++admitted;
    });
  while (cursor != next);
  out.end(list, words * admitted);
}

// HSCAN, SSCAN, ZSCAN: of the collection at args[1], from the cursor args[2] on. Errors come in Redis's
// order; where there is no key, options are not even looked at. `reply(view, cursor, options)` writes the
// whole reply.
template <class T, class Own, class Answer>
exec::Outcome scan_collection(exec::Call& c, Own&& own, Answer&& reply) {
  const auto cursor = parse_cursor(c.args[2]);
  if (!cursor) return exec::err::invalid_cursor;
  const auto found = c.db().find<T>(c.args[1]);
  if (found.mismatch) return exec::err::wrong_type;
  if (!found.value) {
    reply_cursor(c.out, 0);
    c.out.empty_array();
    return exec::done;
  }
  exec::ArgReader in{c.args, 3};
  const ScanOptions o = read_scan_options(in, own);
  if (in.failed()) return in.error();
  reply(*found.value, *cursor, o);
  return exec::done;
}

}  // namespace redpoll::cmd
