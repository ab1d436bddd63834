#include "diff/conversation.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "diff/dataset.h"
#include "support/raw_client.h"

namespace redpoll::diff {

namespace {

// Requests of one client that are sent at once.
constexpr size_t kPipeline = 24;
// Steps between two comparisons of the data sets.
constexpr size_t kStepsPerDataset = 120;

// What a schedule may change with CONFIG SET, and where it starts from.
const Words kConfigDefaults = {"CONFIG",
                               "SET",
                               "hash-max-listpack-entries",
                               "128",
                               "hz",
                               "10",
                               "lfu-decay-time",
                               "1",
                               "lfu-log-factor",
                               "10",
                               "maxmemory",
                               "0",
                               "maxmemory-samples",
                               "5",
                               "slowlog-log-slower-than",
                               "10000",
                               "slowlog-max-len",
                               "128",
                               "tcp-keepalive",
                               "300",
                               "lazyfree-lazy-expire",
                               "no",
                               "lazyfree-lazy-user-del",
                               "no",
                               "notify-keyspace-events",
                               ""};

void prepare(Peer& peer) {
  // Expired keys go when somebody looks at them: when a server's own cycle finds them is up to its clock.
  const Words requests[] = {{"CLIENT", "UNPAUSE"},
                            {"DEBUG", "SET-ACTIVE-EXPIRE", "0"},
                            {"FLUSHALL"},
                            kConfigDefaults,
                            {"CONFIG", "RESETSTAT"}};
  for (const Words& request : requests) {
    if (const Reply reply = peer.ask(request); reply.is_error())
      throw std::runtime_error(line_of(request) + " answered " + to_text(reply));
  }
}

bool ends_pipeline(const Step& step) {
  return step.settle_ms > 0 || iequals(step.words[0], "QUIT") || iequals(step.words[0], "CLIENT");
}

}  // namespace

Conversation::Conversation(uint16_t our_port, uint16_t their_port, size_t clients)
    : ours_(our_port, clients), theirs_(their_port, clients), clients_(clients) {
  prepare(ours_);
  prepare(theirs_);
}

std::optional<Mismatch> Conversation::hold(std::span<const Step> steps) {
  size_t next_dataset = kStepsPerDataset;
  for (size_t at = 0; at < steps.size();) {
    size_t end = at + 1;
    while (end < steps.size() && end - at < kPipeline && steps[end].client == steps[at].client &&
           !ends_pipeline(steps[end - 1]))
      ++end;
    if (auto text = exchange(steps.subspan(at, end - at))) return Mismatch{end - 1, *std::move(text)};
    at = end;
    if (at < next_dataset && at < steps.size()) continue;
    next_dataset = at + kStepsPerDataset;
    if (auto text = dataset_difference(ours_, theirs_)) return Mismatch{at - 1, *std::move(text)};
  }
  return std::nullopt;
}

std::optional<std::string> Conversation::exchange(std::span<const Step> steps) {
  const size_t number = steps.front().client;
  Client& client = clients_[number];
  if (client.unanswered.empty()) {
    std::string bytes;
    for (const Step& step : steps) {
      bytes += testing::encode(step.words);
      if (expects_reply(client, step.words)) client.unanswered.push_back(&step);
    }
    ours_.send(number, bytes);
    theirs_.send(number, bytes);
    // Silence is worth waiting for too: one reply more than there may be.
    const size_t wanted = client.unanswered.size();
    if (auto text = compare(number, wanted > 0 ? wanted : 1, steps.back())) return text;
    if (steps.back().settle_ms > 0) settle(steps.back());
  }
  for (size_t other = 0; other < clients_.size(); ++other) {
    if (other == number || clients_[other].unanswered.empty()) continue;
    const std::deque<const Step*> waiting = clients_[other].unanswered;
    if (auto text = compare(other, waiting.size(), steps.back())) return text;
    for (size_t i = 0; i + clients_[other].unanswered.size() < waiting.size(); ++i) {
      if (waiting[i]->settle_ms > 0) settle(*waiting[i]);
    }
  }
  return std::nullopt;
}

void Conversation::settle(const Step& step) {
  std::this_thread::sleep_for(std::chrono::milliseconds(step.settle_ms));
  std::vector<Words> requests;
  for (int db = 0; db < kDatabases; ++db) {
    requests.push_back({"SELECT", std::to_string(db)});
    Words& exists = requests.emplace_back(step.words);
    exists[0] = "EXISTS";
  }
  ours_.ask(requests);
  theirs_.ask(requests);
}

std::optional<std::string> Conversation::compare(size_t number, size_t wanted, const Step& last) {
  Client& client = clients_[number];
  const Peer::Received ours = ours_.receive(number, wanted);
  const Peer::Received theirs = theirs_.receive(number, wanted);
  if (!ours.malformed.empty()) return "redpoll's reply is malformed: " + ours.malformed;
  const size_t both = std::min(ours.replies.size(), theirs.replies.size());
  for (size_t i = 0; i < both; ++i) {
    const bool unasked = ours.replies[i].kind == Reply::Kind::push || client.unanswered.empty();
    const Words& request = unasked ? last.words : client.unanswered.front()->words;
    if (auto text = compare(request, ours.replies[i], theirs.replies[i])) return text;
    if (!unasked) client.unanswered.pop_front();
  }
  const auto then = [&](const Peer::Received& r) {
    return r.replies.size() > both ? r.replies[both] : r.closed ? kClosed : kSilence;
  };
  const Words& request = client.unanswered.empty() ? last.words : client.unanswered.front()->words;
  if (auto text = compare(request, then(ours), then(theirs))) return text;
  if (ours.closed || theirs.closed || ours.replies.size() != theirs.replies.size()) {
    ours_.reconnect(number);
    theirs_.reconnect(number);
    client = {};
  }
  return std::nullopt;
}

std::optional<std::string> Conversation::compare(const Words& request, const Reply& ours,
                                                 const Reply& theirs) {
  const auto found = difference(match_of(request), ours, theirs);
  if (!found) return std::nullopt;
  if (const DeliberateDifference* why = explanation(request, ours, theirs)) {
    explained_.insert(why);
    return std::nullopt;
  }
  return line_of(request) + "\n  " + *found;
}

bool Conversation::expects_reply(Client& client, const Words& words) {
  if (words.size() == 3 && iequals(words[0], "CLIENT") && iequals(words[1], "REPLY")) {
    if (iequals(words[2], "ON")) client.muted = client.skip_next = false;
    if (iequals(words[2], "OFF")) client.muted = true;
    if (iequals(words[2], "SKIP") && !client.muted) {
      client.skip_next = true;
      return false;
    }
  } else if (words.size() == 1 && iequals(words[0], "RESET")) {
    client.muted = false;
  }
  const bool silent = client.muted || client.skip_next;
  client.skip_next = false;
  return !silent;
}

std::string line_of(const Words& words) {
  std::string line;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-_.:*|?") == std::string::npos;
    if (!line.empty()) line += ' ';
    line += plain ? word : redpoll::quoted(word);
  }
  return line;
}

}  // namespace redpoll::diff
