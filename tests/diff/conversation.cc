#include "diff/conversation.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "base/numbers.h"
#include "base/text.h"
#include "diff/chance.h"
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
                               "hash-max-listpack-value",
                               "64",
                               "list-compress-depth",
                               "0",
                               "list-max-listpack-size",
                               "-2",
                               "set-max-intset-entries",
                               "512",
                               "zset-max-listpack-entries",
                               "128",
                               "zset-max-listpack-value",
                               "64",
                               "hz",
                               "10",
                               "lfu-decay-time",
                               "1",
                               "lfu-log-factor",
                               "10",
                               "maxmemory",
                               "0",
                               "maxmemory-policy",
                               "noeviction",
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

// What comes next has to wait for what becomes of it.
bool ends_pipeline(const Step& step) {
  return step.settle_ms > 0 || step.leaves || timeout_at(step.words) || care_of(step.words) == Care::draws ||
         iequals(step.words[0], "QUIT") || iequals(step.words[0], "CLIENT") || iequals(step.words[0], "EXEC");
}

bool is_client_command(const Words& words, std::string_view subcommand) {
  return words.size() > 1 && iequals(words[0], "CLIENT") && iequals(words[1], subcommand);
}

bool waits_for_one_key(const Words& words) {
  if (care_of(words) == Care::waits_first) return words.size() > 2 && words[2] == "1";
  // BLMOVE and BRPOPLPUSH wait for their source only.
  return words.size() == 3 || iequals(words[0], "BLMOVE") || iequals(words[0], "BRPOPLPUSH");
}

// The key under which the command stores a list or a sorted set, whatever is there; null if it does not.
const std::string* stored_at(const Words& words) {
  if (iequals(words[0], "SORT")) {
    const auto store =
        std::find_if(words.rbegin(), words.rend(), [](const auto& w) { return iequals(w, "STORE"); });
    return store == words.rbegin() || store == words.rend() ? nullptr : &*std::prev(store);
  }
  constexpr std::string_view kCommands[] = {"ZDIFFSTORE", "ZINTERSTORE", "ZUNIONSTORE", "ZRANGESTORE"};
  const bool stores = std::any_of(std::begin(kCommands), std::end(kCommands),
                                  [&](std::string_view command) { return iequals(words[0], command); });
  return stores && words.size() > 1 ? &words[1] : nullptr;
}

bool pauses_writers(const Words& words) {
  return is_client_command(words, "PAUSE") && words.size() == 4 && iequals(words[3], "WRITE");
}

bool ends_pause(const Words& words) { return is_client_command(words, "UNPAUSE") && words.size() == 2; }

bool pauses_everyone(const Words& words) {
  return is_client_command(words, "PAUSE") && words.size() == 3 && parse_int64(words[2]).value_or(-1) >= 0;
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
           !steps[end].leaves && !ends_pipeline(steps[end - 1]))
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
  if (steps.front().leaves) {
    leave(number);
    return std::nullopt;
  }
  if (!client.unanswered.empty() || !send(number, steps)) return std::nullopt;
  // Silence is worth waiting for too: one reply more than there may be.
  const size_t wanted = client.unanswered.size();
  const auto patience = waits_shortly(client) ? Peer::Patience::until_answered : Peer::Patience::until_idle;
  if (auto text = compare(number, wanted > 0 ? wanted : 1, steps.back(), patience)) return text;
  if (steps.back().settle_ms > 0) settle(steps.back());
  settle_transactions(client);
  return hear_others(number, steps.back());
}

bool Conversation::may_send(const Client& client, const Words& words) const {
  const bool draws = care_of(words) == Care::draws;
  if (client.silent() && (draws || timeout_at(words) || iequals(words[0], "MULTI"))) return false;
  if (client.transaction.open() && !compares_in_transaction(words)) return false;
  if (iequals(words[0], "EXEC")) {
    const auto requests = client.transaction.requests();
    return std::all_of(requests.begin(), requests.end(),
                       [this](const Step* step) { return may_run(step->words); });
  }
  return may_run(words);
}

bool Conversation::may_run(const Words& words) const {
  // Redis serves who waits in the databases it swaps in an order that its hash function decides.
  if (iequals(words[0], "SWAPDB") && (paused_ || !order_of_waiting_is_plain())) return false;
  // Redis 7.0 wakes nobody when the list that somebody waits for takes the place of another value, and we do.
  if (const std::string* target = stored_at(words); target != nullptr && waited_for(*target)) return false;
  // Whoever compares would have to wait, too. Schedules hold no such thing until they are shortened.
  if (pauses_everyone(words)) return false;
  // Redis panics when it is to unblock a client whose command it has put off.
  return !paused_ || (care_of(words) != Care::draws && !is_client_command(words, "UNBLOCK"));
}

bool Conversation::order_of_waiting_is_plain() const {
  size_t waiting = 0;
  for (const Client& client : clients_) {
    for (const Step* step : client.unanswered) {
      if (!timeout_at(step->words)) continue;
      if (++waiting > 1 || !waits_for_one_key(step->words)) return false;
    }
  }
  return true;
}

bool Conversation::waited_for(const std::string& key) const {
  return std::any_of(clients_.begin(), clients_.end(), [&](const Client& client) {
    return std::any_of(client.unanswered.begin(), client.unanswered.end(), [&](const Step* step) {
      const Words& words = step->words;
      return timeout_at(words) && std::find(words.begin(), words.end(), key) != words.end();
    });
  });
}

bool Conversation::send(size_t number, std::span<const Step> steps) {
  Client& client = clients_[number];
  std::vector<Words> requests;
  for (const Step& step : steps) {
    if (!may_send(client, step.words)) continue;
    requests.push_back(step.words);
    if (pauses_writers(step.words)) paused_ = true;
    if (!expects_reply(client, step.words)) continue;
    client.unanswered.push_back(&step);
    client.transaction.sent(step);
  }
  if (requests.empty()) return false;
  ours_.send(number, requests);
  theirs_.send(number, requests);
  return true;
}

void Conversation::leave(size_t number) {
  for (Peer* peer : {&ours_, &theirs_}) {
    peer->reconnect(number);
    peer->wait_until_idle();
  }
  clients_[number] = {};
}

std::optional<std::string> Conversation::hear_others(size_t except, const Step& last) {
  bool idle = false;
  for (size_t other = 0; other < clients_.size(); ++other) {
    Client& client = clients_[other];
    if (other == except || client.unanswered.empty()) continue;
    if (!std::exchange(idle, true)) {
      ours_.wait_until_idle();
      theirs_.wait_until_idle();
    }
    const std::deque<const Step*> waiting = client.unanswered;
    const auto patience = waits_shortly(client) ? Peer::Patience::until_answered : Peer::Patience::none;
    if (auto text = compare(other, waiting.size(), last, patience)) return text;
    for (size_t i = 0; i + client.unanswered.size() < waiting.size(); ++i) {
      if (waiting[i]->settle_ms > 0) settle(*waiting[i]);
    }
    settle_transactions(client);
  }
  return std::nullopt;
}

bool Conversation::waits_shortly(const Client& client) const {
  return !paused_ && std::any_of(client.unanswered.begin(), client.unanswered.end(),
                                 [](const Step* step) { return diff::waits_shortly(step->words); });
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

void Conversation::settle_transactions(Client& client) {
  for (const Step* step : std::exchange(client.to_settle, {})) {
    if (step->settle_ms > 0) settle(*step);
  }
}

std::optional<std::string> Conversation::compare(size_t number, size_t wanted, const Step& last,
                                                 Peer::Patience patience) {
  Client& client = clients_[number];
  const Peer::Received ours = ours_.receive(number, wanted, patience);
  const Peer::Received theirs = theirs_.receive(number, wanted, patience);
  if (!ours.malformed.empty()) return "redpoll's reply is malformed: " + ours.malformed;
  const size_t both = std::min(ours.replies.size(), theirs.replies.size());
  for (size_t i = 0; i < both; ++i) {
    const bool unasked = ours.replies[i].kind == Reply::Kind::push || client.unanswered.empty();
    if (unasked) {
      if (auto text = compare(last.words, ours.replies[i], theirs.replies[i])) return text;
      continue;
    }
    const Step& step = *client.unanswered.front();
    if (auto text = compare_answer(client, step, ours.replies[i], theirs.replies[i])) return text;
    client.unanswered.pop_front();
    if (auto text = look_into(number, step.words, ours.replies[i], theirs.replies[i])) return text;
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

std::optional<std::string> Conversation::compare_answer(Client& client, const Step& step, const Reply& ours,
                                                        const Reply& theirs) {
  client.transaction.answered(step, ours);
  const auto queued = client.transaction.queued();
  const bool ran =
      iequals(step.words[0], "EXEC") && ours.kind == Reply::Kind::array && theirs.kind == ours.kind;
  if (!ran || ours.elements.size() != queued.size() || theirs.elements.size() != queued.size()) {
    if (ends_pause(step.words) && ours.text == "OK") paused_ = false;
    return compare(step.words, ours, theirs);
  }
  client.to_settle.insert(client.to_settle.end(), queued.begin(), queued.end());
  for (size_t i = 0; i < queued.size(); ++i) {
    if (pauses_writers(queued[i]->words)) paused_ = true;
    if (ends_pause(queued[i]->words)) paused_ = false;
    if (auto text = compare(queued[i]->words, ours.elements[i], theirs.elements[i]))
      return "in a transaction of " + std::to_string(queued.size()) + ", " + *text;
  }
  return std::nullopt;
}

Reply Conversation::ask(Peer& peer, size_t client, const Words& request) {
  peer.send(client, std::span(&request, 1));
  Peer::Received received = peer.receive(client, 1, Peer::Patience::until_answered);
  if (received.replies.empty()) throw std::runtime_error(line_of(request) + " was not answered");
  return std::move(received.replies.front());
}

std::optional<std::string> Conversation::look_into(size_t number, const Words& request, const Reply& ours,
                                                   const Reply& theirs) {
  if (care_of(request) != Care::draws || ours.is_error() || ours.text == "QUEUED") return std::nullopt;
  if (const auto question = question_about(request, ours)) {
    if (const auto problem = unlikely(request, ours, ask(ours_, number, *question)))
      return line_of(request) + "\n  redpoll: " + to_text(ours) + "\n  " + *problem;
  }
  const Match match = ours.is_aggregate() ? Match::unordered : Match::exact;
  if (!draws_apart(request) || !difference(match, ours, theirs)) return std::nullopt;
  for (const std::string_view command : {"SCARD", "DEL"}) {
    const Words after{std::string(command), request[1]};
    if (auto text = compare(after, ask(ours_, number, after), ask(theirs_, number, after)))
      return line_of(request) + "\nand then " + *text;
  }
  return std::nullopt;
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
