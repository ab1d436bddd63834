#include "config/missing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/rows.h"

namespace redpoll::config {
namespace {

// What of a user matters here: whether it has every right.
struct Rights {
  bool on = false;
  bool without_password = false;
  bool all_keys = false;
  bool all_channels = false;
  bool all_commands = false;
};

struct Rule {
  std::string_view text;
  bool Rights::*right;
  bool value;
};

constexpr Rule kRules[] = {
    {"on", &Rights::on, true},
    {"off", &Rights::on, false},
    {"nopass", &Rights::without_password, true},
    {"resetpass", &Rights::without_password, false},
    {"~*", &Rights::all_keys, true},
    {"%RW~*", &Rights::all_keys, true},
    {"allkeys", &Rights::all_keys, true},
    {"resetkeys", &Rights::all_keys, false},
    {"&*", &Rights::all_channels, true},
    {"allchannels", &Rights::all_channels, true},
    {"resetchannels", &Rights::all_channels, false},
    {"+@all", &Rights::all_commands, true},
    {"allcommands", &Rights::all_commands, true},
    {"-@all", &Rights::all_commands, false},
    {"nocommands", &Rights::all_commands, false},
};

// Without meaning for who may come in.
constexpr std::string_view kOtherRules[] = {"sanitize-payload", "skip-sanitize-payload", "clearselectors"};

bool follow(Rights& rights, std::string_view text) {
  if (iequals(text, "reset")) {
    rights = {};
    return true;
  }
  for (const Rule& rule : kRules) {
    if (!iequals(rule.text, text)) continue;
    rights.*rule.right = rule.value;
    return true;
  }
  return std::any_of(std::begin(kOtherRules), std::end(kOtherRules),
                     [&](std::string_view other) { return iequals(other, text); });
}

}  // namespace

std::vector<Missing> missing_features(const Loaded& loaded) {
  std::vector<Missing> missing;
  for (const Directive* d : loaded.set) {
    if (promises_too_much(loaded.settings, *d)) missing.push_back({d->name, d->needs});
  }
  if (loaded.modules) missing.push_back({"loadmodule", needs::modules});
  return missing;
}

std::string listed(const std::vector<Missing>& missing) {
  std::vector<std::string_view> features;
  for (const Missing& m : missing) {
    if (std::find(features.begin(), features.end(), m.feature) == features.end())
      features.push_back(m.feature);
  }
  std::string out;
  for (const std::string_view feature : features) {
    std::string names;
    for (const Missing& m : missing) {
      if (m.feature == feature) names.append(names.empty() ? "" : ", ").append(m.directive);
    }
    out += fmt::format("{}{} ({})", out.empty() ? "" : "; ", names, feature);
  }
  return out;
}

bool leaves_open(Args rules) {
  if (rules.empty() || rules[0] != "default") return false;
  Rights rights;
  for (const std::string& rule : rules.subspan(1)) {
    if (!follow(rights, rule)) return false;
  }
  return rights.on && rights.without_password && rights.all_keys && rights.all_channels &&
         rights.all_commands;
}

}  // namespace redpoll::config
