#include "diff/differences.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "diff/compare.h"

namespace redpoll::diff {

namespace {

using testing::Reply;

bool is(const Words& request, std::string_view command, std::string_view subcommand) {
  return request.size() > 1 && iequals(request[0], command) && iequals(request[1], subcommand);
}

Reply without_fields(Reply reply, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    for (size_t at; (at = reply.text.find(name)) != std::string::npos;)
      reply.text.erase(at, reply.text.find_first_of(" \n", at) - at);
  }
  return reply;
}

bool only_adds_fields(const Reply& ours, const Reply& theirs, std::span<const std::string_view> names) {
  const Reply rest = without_fields(ours, names);
  return rest != ours && !difference(Match::field_names, rest, theirs);
}

bool lists_libraries(const Words& request, const Reply& ours, const Reply& theirs) {
  constexpr std::string_view kFields[] = {"lib-name=", "lib-ver="};
  return (is(request, "CLIENT", "LIST") || is(request, "CLIENT", "INFO")) &&
         only_adds_fields(ours, theirs, kFields);
}

// What INFO tells that Redis 7.0 does not.
constexpr std::string_view kInfoFieldsOfOurs[] = {
    "redpoll_version:",     // redis_version is the one that we are compatible with
    "mem_shared_buffers:",  // what there is instead of a query buffer for each client
    // Names of Redis 7.2, which monitoring asks for.
    "listener0:", "total_blocking_keys:", "total_blocking_keys_on_nokey:", "eventloop_cycles:",
    "eventloop_duration_sum:", "eventloop_duration_cmd_sum:", "instantaneous_eventloop_cycles_per_sec:",
    "instantaneous_eventloop_duration_usec:", "client_query_buffer_limit_disconnections:",
    "client_output_buffer_limit_disconnections:", "acl_access_denied_auth:",
    "expired_subkeys:",  // of Redis 7.4: fields that expire have come with it
};

bool tells_more(const Words& request, const Reply& ours, const Reply& theirs) {
  return iequals(request[0], "INFO") && only_adds_fields(ours, theirs, kInfoFieldsOfOurs);
}

bool counts_fewer_errors(const Words& request, const Reply& ours, const Reply& theirs) {
  constexpr std::string_view kRefused[] = {"errorstat_ERR:"};
  return iequals(request[0], "INFO") && ours.text.find(kRefused[0]) == std::string::npos &&
         !difference(Match::field_names, without_fields(ours, kInfoFieldsOfOurs),
                     without_fields(theirs, kRefused));
}

bool closes_muted(const Words& request, const Reply& ours, const Reply& theirs) {
  return iequals(request[0], "QUIT") && ours == kClosed && theirs == kSilence;
}

bool has_encodings(const Words& request, const Reply& ours, const Reply& theirs,
                   std::string_view our_encoding, std::string_view their_encoding) {
  return is(request, "OBJECT", "ENCODING") && ours.text == our_encoding && theirs.text == their_encoding;
}

bool asks_for_score_of_rank(const Words& request, const Reply&, const Reply& theirs) {
  return request.size() == 4 && (iequals(request[0], "ZRANK") || iequals(request[0], "ZREVRANK")) &&
         theirs.is_error();
}

// Theirs, with a zero as a packed sorted set has it: without its sign.
Reply with_plain_zeros(Reply reply) {
  if (reply.text == "-0") reply.text = "0";
  for (Reply& element : reply.elements) element = with_plain_zeros(std::move(element));
  return reply;
}
bool packs_zero(const Words& request, const Reply& ours, const Reply& theirs) {
  const bool about_scores = request[0].find_first_of("zZ") <= 1;  // ZSCORE, BZPOPMIN
  return about_scores && ours == with_plain_zeros(theirs);
}

// Up to the first NUL of a quoted argument the texts are the same.
bool quotes_beyond_nul(const Words& request, const Reply& ours, const Reply& theirs) {
  constexpr size_t kCode = 10;
  return ours.is_error() && theirs.is_error() && ours.text.substr(0, kCode) == theirs.text.substr(0, kCode) &&
         std::any_of(request.begin(), request.end(),
                     [](const std::string& word) { return word.find('\0') != std::string::npos; });
}

constexpr DeliberateDifference kDifferences[] = {
    {"CLIENT SETINFO exists", "client libraries of today send it (Redis 7.2)",
     [](const Words& request, const Reply&, const Reply&) { return is(request, "CLIENT", "SETINFO"); },
     "CLIENT SETINFO LIB-NAME x"},
    {"CLIENT NO-TOUCH exists", "part of Redis since 7.2",
     [](const Words& request, const Reply&, const Reply&) { return is(request, "CLIENT", "NO-TOUCH"); },
     "CLIENT NO-TOUCH ON"},
    {"CLIENT LIST and CLIENT INFO tell lib-name and lib-ver", "what CLIENT SETINFO was told (Redis 7.2)",
     lists_libraries, "CLIENT INFO"},
    {"INFO tells redpoll_version and fields of Redis 7.2",
     "redis_version is what clients look for, and not what runs; the others show what 7.0 hides", tells_more,
     "INFO server"},
    {"QUIT after CLIENT REPLY OFF closes the connection", "Redis closes when the reply is sent, and none is",
     closes_muted, "CLIENT REPLY OFF\nQUIT"},
    {"error texts quote an argument beyond a NUL byte", "what was sent is what helps to find the mistake",
     quotes_beyond_nul, R"(HELLO 3 "a\x00b")"},
    {"LOLWUT has one picture, which takes no size", "the pictures of Redis are its own",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return iequals(request[0], "LOLWUT") && !ours.is_error() && theirs.is_error();
     },
     "LOLWUT VERSION 6 x"},
    {"a HELLO that fails names nobody", "a command that fails has changed nothing",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return is(request, "CLIENT", "GETNAME") && ours.is_null() && theirs.text == "refused";
     },
     "HELLO 2 SETNAME refused x\nCLIENT GETNAME"},
    {"CONFIG SET set-max-listpack-entries exists", "small sets of strings are packed (Redis 7.2)",
     [](const Words& request, const Reply&, const Reply&) {
       return is(request, "CONFIG", "SET") && request.size() > 2 && request[2] == "set-max-listpack-entries";
     },
     "CONFIG SET set-max-listpack-entries 128"},
    {"INFO counts no error where only Redis answers one", "the commands and directives of Redis 7.2 exist",
     counts_fewer_errors, "CONFIG RESETSTAT\nCONFIG SET set-max-listpack-entries 128\nINFO errorstats"},
    {"small lists are packed", "OBJECT ENCODING tells listpack since Redis 7.2",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return has_encodings(request, ours, theirs, "listpack", "quicklist");
     },
     "RPUSH l a\nOBJECT ENCODING l"},
    {"small sets of strings are packed", "OBJECT ENCODING tells listpack since Redis 7.2",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return has_encodings(request, ours, theirs, "listpack", "hashtable");
     },
     "SADD s a\nOBJECT ENCODING s"},
    {"LPOS refuses a RANK that has no opposite",
     "no list has that many matches, seen from its tail (Redis 7.2)",
     [](const Words& request, const Reply& ours, const Reply&) {
       return iequals(request[0], "LPOS") &&
              ours.text.find("value must between -9223372036854775807") != std::string::npos;
     },
     "RPUSH l a\nLPOS l a RANK -9223372036854775808"},
    {"ZRANK and ZREVRANK take WITHSCORE", "part of Redis since 7.2", asks_for_score_of_rank,
     "ZADD z 1 a\nZRANK z a WITHSCORE"},
    {"SADD chooses the encoding for as many members as it names", "also if some are the same (Redis 7.2)",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return has_encodings(request, ours, theirs, "listpack", "intset") ||
              has_encodings(request, ours, theirs, "hashtable", "intset");
     },
     "CONFIG SET set-max-intset-entries 2\nSADD s 9 9 94\nOBJECT ENCODING s"},
    {"HSET chooses the encoding for as many fields as it names", "also if some are the same (Redis 7.2)",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return has_encodings(request, ours, theirs, "hashtable", "listpack");
     },
     "CONFIG SET hash-max-listpack-entries 2\nHSET h a 1 a 2 a 3\nOBJECT ENCODING h"},
    {"SORT_RO leaves a small sorted set packed", "a command that only reads changes nothing",
     [](const Words& request, const Reply& ours, const Reply& theirs) {
       return has_encodings(request, ours, theirs, "listpack", "skiplist");
     },
     "ZADD z 1 a\nSORT_RO z\nOBJECT ENCODING z"},
    {"after SORT_RO a zero is packed without its sign", "as in any small sorted set, also in Redis",
     packs_zero, "ZADD z 1 a\nSORT_RO z\nZADD z -0.0 b\nZSCORE z b"},
};

}  // namespace

std::span<const DeliberateDifference> deliberate_differences() { return kDifferences; }

const DeliberateDifference* explanation(const Words& request, const Reply& ours, const Reply& theirs) {
  for (const DeliberateDifference& known : kDifferences) {
    if (known.explains(request, ours, theirs)) return &known;
  }
  return nullptr;
}

}  // namespace redpoll::diff
