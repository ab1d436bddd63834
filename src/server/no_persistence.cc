#include "server/no_persistence.h"

namespace redpoll::server {

void say_that_nothing_is_kept(const config::Config& config, Logger& log) {
  const bool wanted = !config.get("save").empty() || config.get("appendonly") == "yes";
  log.log(wanted ? LogLevel::warning : LogLevel::notice,
          "Data is in memory only, and gone when this server stops: there is no persistence yet.");
  for (const std::string& file : config.data_files()) {
    log.warning("{} is not loaded: there is no persistence yet. It is left as it is.", file);
  }
}

void say_what_is_lost(store::Keyspace& keyspace, Logger& log) {
  size_t keys = 0;
  for (int i = 0; i < keyspace.size(); ++i) keys += keyspace.db(i).size();
  if (keys == 0) return;
  log.warning("{} {} lost: there is no persistence yet.", keys, keys == 1 ? "key is" : "keys are");
}

}  // namespace redpoll::server
