#include "session/tables.h"

namespace redpoll::session {

std::vector<Table> tables() { return {connection_commands(), client_commands(), transaction_commands()}; }

}  // namespace redpoll::session
