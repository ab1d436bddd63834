// The replies of COMMAND, COMMAND INFO and COMMAND DOCS. They tell what does not change once the table is
// sealed, and clients ask for all of it whenever they connect: each is encoded when it is first asked for,
// and then sent from where it lies.
#pragma once

#include <array>
#include <unordered_map>

#include "exec/command_table.h"
#include "exec/reply.h"
#include "mem/blob.h"

namespace redpoll::admin {

class CommandTexts {
 public:
  enum class About { info, docs };

  // REQUIRES: `commands` outlives this, and is sealed before the first reply.
  explicit CommandTexts(const exec::CommandTable& commands) : commands_(commands) {}

  // Writes what COMMAND INFO or DOCS tells of a command; O(its length).
  void reply(exec::Reply& out, About about, const exec::CommandEntry& entry);
  // Writes the whole reply for all commands. O(1) after the first time.
  void reply_all(exec::Reply& out, About about);
  // Commands of which something is kept, for tests.
  size_t kept(About about, resp::Protocol protocol) { return texts(about, protocol).of.size(); }

 private:
  struct Texts {
    std::unordered_map<const exec::CommandEntry*, mem::BlobPtr> of;
    mem::BlobPtr all;
  };
  Texts& texts(About about, resp::Protocol protocol) {
    return texts_[static_cast<size_t>(about)][protocol == resp::Protocol::resp3 ? 1 : 0];
  }

  const exec::CommandTable& commands_;
  std::array<std::array<Texts, 2>, 2> texts_;
};

}  // namespace redpoll::admin
