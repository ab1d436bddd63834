// Directives whose value is more than one word, number or string.
#pragma once

#include "config/rows.h"

namespace redpoll::config {

extern const Custom kBindAddresses;       // up to 16 addresses
extern const Custom kDirectory;           // must exist; kept as an absolute path
extern const Custom kSavePoints;          // pairs of seconds and changes; "" for none
extern const Custom kOutputLimits;        // class, hard limit, soft limit, seconds; any number of times
extern const Custom kNotifyEvents;        // letters
extern const Custom kOomScores;           // three integers, for master, replica and child
extern const Custom kLatencyPercentiles;  // numbers from 0 to 100
extern const Custom kReplicaOf;           // host and port, or "no one"

// Checks for strings.
Result<void> check_file_name(std::string_view value);
Result<void> check_append_file_name(std::string_view value);
Result<void> check_append_dir_name(std::string_view value);
Result<void> check_host_name(std::string_view value);
Result<void> check_proc_title(std::string_view value);

}  // namespace redpoll::config
