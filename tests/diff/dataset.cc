#include "diff/dataset.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/text.h"
#include "diff/compare.h"
#include "diff/conversation.h"

namespace redpoll::diff {

namespace {

// How the content of a key of some type is read, and in what order it comes.
struct Content {
  std::string_view type;
  Words before_key;  // the request is these words, the key, and the words after it
  Words after_key;
  Match match = Match::exact;
  // The encoding that keeps an order if both have it, if the type has no order otherwise.
  std::string_view ordered_as = {};
  // The command that walks through it by a cursor, if there is one, in steps.
  std::string_view scan = {};
};

const Content kContents[] = {
    {"string", {"GET"}, {}},
    {"list", {"LRANGE"}, {"0", "-1"}},
    {"hash", {"HGETALL"}, {}, Match::pairs, "listpack", "HSCAN"},
    {"set", {"SMEMBERS"}, {}, Match::unordered, "intset", "SSCAN"},
    {"zset", {"ZRANGE"}, {"0", "-1", "WITHSCORES"}, Match::exact, {}, "ZSCAN"},
};

// What a scan in steps so small that it takes several finds, up to its end. `scan`: "SCAN", or "SSCAN" and a
// key.
std::vector<Reply> scanned(Peer& peer, const Words& scan) {
  std::vector<Reply> found;
  std::string cursor = "0";
  do {
    Words request = scan;
    request.insert(request.end(), {cursor, "COUNT", "4"});
    Reply page = peer.ask(request);
    if (page.elements.size() != 2) throw std::runtime_error(scan[0] + " answered " + to_text(page));
    cursor = page.elements[0].text;
    std::move(page.elements[1].elements.begin(), page.elements[1].elements.end(), std::back_inserter(found));
  } while (cursor != "0");
  return found;
}

std::set<std::string> keys_of(Peer& peer) {
  std::set<std::string> keys;
  for (const Reply& key : scanned(peer, {"SCAN"})) keys.insert(key.text);
  return keys;
}

// Every element, or every first of a pair, once: a scan may find one again.
std::set<Reply> names(const std::vector<Reply>& elements, bool pairs) {
  std::set<Reply> found;
  for (size_t i = 0; i < elements.size(); i += pairs ? 2 : 1) found.insert(elements[i]);
  return found;
}

// A scan in small steps finds what the whole content is.
std::optional<std::string> scan_difference(Peer& peer, const Content& content, const std::string& key,
                                           const Reply& whole) {
  if (content.scan.empty()) return std::nullopt;
  const bool pairs = content.type != "set";
  const std::vector<Reply> found = scanned(peer, {std::string(content.scan), key});
  if (names(found, pairs) == names(whole.elements, pairs)) return std::nullopt;
  return std::string(content.scan) + " of " + redpoll::quoted(key) + "\n  finds " +
         to_text(Reply{Reply::Kind::array, {}, found}) + "\n  of    " + to_text(whole);
}

// What is asked about each key.
struct Property {
  Words before_key;
  Match match = Match::exact;
};
const Property kProperties[] = {{{"TYPE"}}, {{"OBJECT", "ENCODING"}}, {{"PTTL"}, Match::near_ms}};
constexpr size_t kType = 0;
constexpr size_t kEncoding = 1;

std::vector<Words> questions_about(const std::string& key) {
  std::vector<Words> questions;
  for (const Property& property : kProperties) questions.emplace_back(property.before_key).push_back(key);
  return questions;
}

const Content& content_of(const std::string& type) {
  const auto found = std::find_if(std::begin(kContents), std::end(kContents),
                                  [&](const Content& c) { return c.type == type; });
  if (found == std::end(kContents))
    throw std::runtime_error("dataset.cc does not know how to read a " + type);
  return *found;
}

std::string list_of(const std::set<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += " " + redpoll::quoted(key);
  return text;
}

// A key whose content is to be compared.
struct Read {
  const Content* content;
  std::string key;
  Match match;

  Words request() const {
    Words words = content->before_key;
    words.push_back(key);
    words.insert(words.end(), content->after_key.begin(), content->after_key.end());
    return words;
  }
};

std::optional<std::string> content_difference(Peer& ours, Peer& theirs, const std::vector<Read>& reads) {
  std::vector<Words> requests;
  for (const Read& read : reads) requests.push_back(read.request());
  const std::vector<Reply> x = ours.ask(requests);
  const std::vector<Reply> y = theirs.ask(requests);
  for (size_t i = 0; i < reads.size(); ++i) {
    const auto unequal = diff::difference(reads[i].match, x[i], y[i]);
    if (unequal && explanation(requests[i], x[i], y[i]) == nullptr)
      return "content of " + redpoll::quoted(reads[i].key) + "\n  " + *unequal;
    if (auto difference = scan_difference(ours, *reads[i].content, reads[i].key, x[i])) return difference;
  }
  return std::nullopt;
}

// The list of differences knows encodings, not of which type: for hashes and sorted sets it holds in part.
bool may_differ(const Reply& type, const Reply& encoding) {
  if (type.text == "hash") return encoding.text == "hashtable";
  if (type.text == "zset") return encoding.text == "listpack";  // SORT_RO
  return type.text == "list" || type.text == "set";
}

// Of all but the content. nullopt, too, if that is as it should be.
std::optional<std::string> property_difference(const std::vector<Words>& questions,
                                               const std::vector<Reply>& ours,
                                               const std::vector<Reply>& theirs) {
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto difference = diff::difference(kProperties[i].match, ours[i], theirs[i]);
    if (!difference) continue;
    const bool excusable = i == kEncoding && may_differ(ours[kType], ours[kEncoding]);
    if (!excusable || explanation(questions[i], ours[i], theirs[i]) == nullptr)
      return line_of(questions[i]) + "\n  " + *difference;
  }
  return std::nullopt;
}

std::optional<std::string> database_difference(Peer& ours, Peer& theirs) {
  const std::set<std::string> keys = keys_of(ours);
  if (const auto other = keys_of(theirs); keys != other)
    return "keys\n  redpoll:" + list_of(keys) + "\n  redis:  " + list_of(other);
  std::vector<Read> reads;
  for (const std::string& key : keys) {
    const std::vector<Words> questions = questions_about(key);
    const std::vector<Reply> a = ours.ask(questions);
    const std::vector<Reply> b = theirs.ask(questions);
    if (auto difference = property_difference(questions, a, b)) return difference;
    // A key that has just expired has no content.
    if (a[kType].text == "none") continue;
    const Content& content = content_of(a[kType].text);
    const bool ordered = a[kEncoding] == b[kEncoding] && b[kEncoding].text == content.ordered_as;
    reads.push_back({&content, key, ordered ? Match::exact : content.match});
  }
  return content_difference(ours, theirs, reads);
}

}  // namespace

std::optional<std::string> dataset_difference(Peer& ours, Peer& theirs) {
  for (int db = 0; db < kDatabases; ++db) {
    ours.ask({"SELECT", std::to_string(db)});
    theirs.ask({"SELECT", std::to_string(db)});
    if (const auto difference = database_difference(ours, theirs))
      return "database " + std::to_string(db) + ": " + *difference;
  }
  return std::nullopt;
}

}  // namespace redpoll::diff
