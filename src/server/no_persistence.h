// What a server without persistence has to say: that it keeps nothing, which files it leaves alone, and how
// much is lost when it stops. To be deleted once there is persistence.
#pragma once

#include "base/log.h"
#include "config/config.h"
#include "store/keyspace.h"

namespace redpoll::server {

// At the start. A configuration that turns persistence off has asked for it: then the first line is none of
// the warnings.
void say_that_nothing_is_kept(const config::Config& config, Logger& log);

// At the end.
void say_what_is_lost(store::Keyspace& keyspace, Logger& log);

}  // namespace redpoll::server
