#include "diff/chance.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace redpoll::diff {

namespace {

using Kind = Reply::Kind;

// A command that draws elements, and the one that tells whether they are there.
struct Draw {
  std::string_view command;
  std::string_view question;
  std::string_view values;  // the option that asks for values beside the elements
  bool removes = false;
};
constexpr Draw kDraws[] = {
    {"RANDOMKEY", "EXISTS", ""},
    {"SRANDMEMBER", "SMISMEMBER", ""},
    {"SPOP", "SMISMEMBER", "", true},
    {"HRANDFIELD", "HMGET", "WITHVALUES"},
    {"ZRANDMEMBER", "ZMSCORE", "WITHSCORES"},
};

const Draw* draw_of(const Words& request) {
  const auto* found = std::find_if(std::begin(kDraws), std::end(kDraws),
                                   [&](const Draw& draw) { return iequals(draw.command, request[0]); });
  return found != std::end(kDraws) ? found : nullptr;
}

struct Drawn {
  std::vector<std::string> elements;
  std::vector<std::string> values;  // as many, or none
};

Drawn drawn(const Draw& draw, const Words& request, const Reply& reply) {
  Drawn found;
  if (!reply.is_aggregate()) {
    if (!reply.is_null() && !reply.is_error()) found.elements.push_back(reply.text);
    return found;
  }
  const bool with_values = request.size() > 3 && iequals(request[3], draw.values);
  for (size_t i = 0; i < reply.elements.size(); ++i) {
    const Reply& element = reply.elements[i];
    if (element.elements.size() == 2) {
      found.elements.push_back(element.elements[0].text);
      found.values.push_back(element.elements[1].text);
    } else if (with_values && i % 2 == 1) {
      found.values.push_back(element.text);
    } else {
      found.elements.push_back(element.text);
    }
  }
  return found;
}

// Below zero, a count asks for elements that may come again and again.
bool each_once(const Words& request) { return request.size() < 3 || !request[2].starts_with('-'); }

bool there(const Reply& answer) {
  return !answer.is_null() && (answer.kind != Kind::integer || answer.text != "0");
}

}  // namespace

std::optional<Words> question_about(const Words& request, const Reply& reply) {
  const Draw* draw = draw_of(request);
  if (draw == nullptr) return std::nullopt;
  Drawn found = drawn(*draw, request, reply);
  if (found.elements.empty()) return std::nullopt;
  Words question{std::string(draw->question)};
  if (request.size() > 1) question.push_back(request[1]);
  std::move(found.elements.begin(), found.elements.end(), std::back_inserter(question));
  return question;
}

std::optional<std::string> unlikely(const Words& request, const Reply& reply, const Reply& answer) {
  const Draw& draw = *draw_of(request);
  const Drawn found = drawn(draw, request, reply);
  const std::set<std::string> distinct(found.elements.begin(), found.elements.end());
  if (each_once(request) && distinct.size() < found.elements.size()) return "an element was drawn twice";
  const std::vector<Reply> answers = answer.is_aggregate() ? answer.elements : std::vector<Reply>{answer};
  if (answer.is_error() || answers.size() != found.elements.size())
    return "asked about it: " + to_text(answer);
  for (size_t i = 0; i < answers.size(); ++i) {
    if (there(answers[i]) == draw.removes)
      return redpoll::quoted(found.elements[i]) + (draw.removes ? " is still there" : " is not there");
    if (i < found.values.size() && found.values[i] != answers[i].text)
      return redpoll::quoted(found.elements[i]) + " has the value " + redpoll::quoted(answers[i].text) +
             ", not " + redpoll::quoted(found.values[i]);
  }
  return std::nullopt;
}

bool draws_apart(const Words& request) {
  const Draw* draw = draw_of(request);
  return draw != nullptr && draw->removes;
}

}  // namespace redpoll::diff
