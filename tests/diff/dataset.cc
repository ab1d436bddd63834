#include "diff/dataset.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/text.h"
#include "diff/compare.h"
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

// How the content of a key of some type is read. The grammar knows what order it has.
struct Content {
  std::string_view type;
  Words before_key;  // the request is these words, the key, and the words after it
  Words after_key;
};

const Content kContents[] = {
    {"string", {"GET"}, {}},
};

std::set<std::string> keys_of(Peer& peer) {
  std::set<std::string> keys;
  std::string cursor = "0";
  do {
    const Reply page = peer.ask({"SCAN", cursor, "COUNT", "4"});
    if (page.elements.size() != 2) throw std::runtime_error("SCAN answered " + to_text(page));
    cursor = page.elements[0].text;
    for (const Reply& key : page.elements[1].elements) keys.insert(key.text);
  } while (cursor != "0");
  return keys;
}

// What is asked about each key.
constexpr size_t kProperties = 3;
constexpr std::string_view kPropertyNames[kProperties] = {"TYPE", "OBJECT ENCODING", "PTTL"};
constexpr Match kPropertyMatches[kProperties] = {Match::exact, Match::exact, Match::near_ms};

std::vector<Reply> properties_of(Peer& peer, const std::set<std::string>& keys) {
  std::vector<Words> requests;
  for (const std::string& key : keys) {
    requests.push_back({"TYPE", key});
    requests.push_back({"OBJECT", "ENCODING", key});
    requests.push_back({"PTTL", key});
  }
  return peer.ask(requests);
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

std::optional<std::string> database_difference(Peer& ours, Peer& theirs) {
  const std::set<std::string> keys = keys_of(ours);
  if (const auto other = keys_of(theirs); keys != other)
    return "keys\n  redpoll:" + list_of(keys) + "\n  redis:  " + list_of(other);
  const std::vector<Reply> a = properties_of(ours, keys);
  const std::vector<Reply> b = properties_of(theirs, keys);
  std::vector<Words> reads;
  size_t at = 0;
  for (const std::string& key : keys) {
    for (size_t i = 0; i < kProperties; ++i) {
      if (const auto difference = diff::difference(kPropertyMatches[i], a[at + i], b[at + i]))
        return std::string(kPropertyNames[i]) + " of " + redpoll::quoted(key) + "\n  " + *difference;
    }
    // A key that has just expired has no content.
    const std::string& type = a[at].text;
    at += kProperties;
    if (type == "none") continue;
    const Content& content = content_of(type);
    Words& read = reads.emplace_back(content.before_key);
    read.push_back(key);
    read.insert(read.end(), content.after_key.begin(), content.after_key.end());
  }
  const std::vector<Reply> x = ours.ask(reads);
  const std::vector<Reply> y = theirs.ask(reads);
  for (size_t i = 0; i < reads.size(); ++i) {
    if (const auto difference = diff::difference(match_of(reads[i]), x[i], y[i]))
      return "content of " + redpoll::quoted(reads[i][1]) + "\n  " + *difference;
  }
  return std::nullopt;
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
