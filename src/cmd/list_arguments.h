// Descriptions of arguments that several commands about lists share, the blocking ones among them.
#pragma once

#include "exec/arguments.h"

namespace redpoll::cmd {

inline constexpr exec::Argument kListEndArgs[] = {exec::token_arg("left", "LEFT"),
                                                  exec::token_arg("right", "RIGHT")};

// LMPOP's.
inline constexpr exec::Argument kMultiPopArgs[] = {
    exec::integer_arg("numkeys"),
    exec::multiple(exec::key_arg()),
    exec::one_of("where", kListEndArgs),
    exec::optional(exec::option_arg("COUNT", "count", exec::ArgType::integer)),
};

inline constexpr exec::Argument kListSource = exec::key_arg("source");
inline constexpr exec::Argument kListDestination{
    .name = "destination", .type = exec::ArgType::key, .key_spec = 1};

// Where LMOVE takes an element, and where it puts it.
inline constexpr exec::KeySpecs kListMoveKeys =
    exec::key_at(1, exec::kKeyRW | exec::kKeyAccess | exec::kKeyDelete) +
    exec::key_at(2, exec::kKeyRW | exec::kKeyInsert);

}  // namespace redpoll::cmd
