#include "admin/info.h"

#include <bitset>
#include <iterator>

#include "admin/info_sections.h"
#include "admin/tables.h"
#include "base/numbers.h"
#include "base/text.h"
#include "exec/arguments.h"

namespace redpoll::admin {
namespace {

using namespace exec;

struct Section {
  std::string_view name;  // as titles show it; lower case in requests, or any
  void (*write)(const InfoSources&, InfoText&);
  bool by_default = true;
};

constexpr Section kSections[] = {
    {"Server", info_server},
    {"Clients", info_clients},
    {"Memory", info_memory},
    {"Persistence", info_persistence},
    {"Stats", info_stats},
    {"Replication", info_replication},
    {"CPU", info_cpu},
    {"Modules", info_modules},
    {"Commandstats", info_commandstats, false},
    {"Errorstats", info_errorstats},
    {"Latencystats", info_latencystats, false},
    {"Cluster", info_cluster},
    {"Keyspace", info_keyspace},
};
using Selection = std::bitset<std::size(kSections)>;

Selection select(const std::vector<std::string_view>& names) {
  Selection chosen;
  for (const std::string_view name : names) {
    const bool all = iequals(name, "all") || iequals(name, "everything");
    const bool defaults = iequals(name, "default");
    for (size_t i = 0; i < chosen.size(); ++i) {
      if (all || (defaults && kSections[i].by_default) || iequals(name, kSections[i].name)) chosen.set(i);
    }
  }
  return chosen;
}

Outcome info(AdminCall& c) {
  std::vector<std::string_view> sections(c.args.begin() + 1, c.args.end());
  if (sections.empty()) sections.push_back("default");
  c.out.verbatim("txt", info_text(c.admin, c.session, c.keyspace, sections));
  return done;
}

constexpr std::string_view kInfoTips[] = {"nondeterministic_output", "request_policy:all_shards",
                                          "response_policy:special"};
constexpr Argument kInfoArgs[] = {optional(multiple(string_arg("section")))};

constexpr Command kInfoCommands[] = {
    {.name = "info",
     .run = in_admin<info>,
     .arity = at_least(1),
     .traits = kLoading | kStale,
     .categories = kCatDangerous,
     .tips = kInfoTips,
     .docs = {.summary = "Tells how the server is doing, in sections of figures",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) for N clients and commands, depending on the sections",
              .arguments = kInfoArgs}},
};
static_assert(well_formed(kInfoCommands));

}  // namespace

void InfoText::amount(std::string_view name, Bytes bytes) {
  field(name, bytes);
  line("{}_human:{}", name, human_bytes(bytes));
}

void InfoText::title(std::string_view name) {
  if (!text_.empty()) text_ += "\r\n";
  line("# {}", name);
}

std::string info_text(Admin& admin, const session::Session& session, store::Keyspace& keyspace,
                      const std::vector<std::string_view>& sections) {
  const Selection chosen = select(sections);
  const InfoSources sources{admin, session, keyspace};
  InfoText text;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i]) continue;
    text.title(kSections[i].name);
    kSections[i].write(sources, text);
  }
  return text.take();
}

Table info_commands() { return kInfoCommands; }

}  // namespace redpoll::admin
