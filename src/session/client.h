// A connected client: its socket, what it has sent and not been answered yet, what it is to be sent, and the
// state that its commands set. Data only: the server reads, runs and writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "exec/command_table.h"
#include "net/connection.h"
#include "resp/reply_buffer.h"
#include "resp/reply_writer.h"
#include "resp/request_parser.h"

namespace redpoll::session {

using ClientId = uint64_t;

// What CLIENT REPLY asked for. `skip_next` becomes `skip` at the next command, and `on` after it.
enum class ReplyMode : uint8_t { on, off, skip_next, skip };

constexpr bool mutes(ReplyMode mode) { return mode == ReplyMode::off || mode == ReplyMode::skip; }
// The mode after a request, whether it was run or refused.
constexpr ReplyMode after_request(ReplyMode mode) {
  switch (mode) {
    case ReplyMode::skip_next: return ReplyMode::skip;
    case ReplyMode::skip: return ReplyMode::on;
    default: return mode;
  }
}

// What keeps a client's requests from being run. Meanwhile its input is kept.
enum class Waits : uint8_t {
  no,
  pause,  // a request that was not taken waits for the end of CLIENT PAUSE
  keys,   // a command that was taken waits for a key; see Blocking
};

struct Waiting;

struct Client {
  Client(ClientId number, net::Connection socket, resp::ChunkPool& pool, MonoUs now);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const ClientId id;
  net::Connection connection;

  // --- input
  resp::RequestParser parser;
  // Bytes received that are not a complete request yet, or are not run because the client waits; empty for an
  // idle client, whose input goes through the buffer that all clients share.
  std::string pending;
  uint32_t input_peak = 0;  // most bytes of input held at a time, recently

  // --- output
  resp::ReplyBuffer replies;
  MonoUs soft_limit_since{};  // when the output went over the soft limit; 0: it is below
  bool in_write_queue = false;
  bool waits_for_writable = false;

  // --- state
  resp::Protocol protocol = resp::Protocol::resp2;
  ReplyMode reply_mode = ReplyMode::on;
  Waits waits = Waits::no;
  bool authenticated = false;
  bool close_after_reply = false;  // takes no more requests, goes when its replies are out
  bool closing = false;            // goes at the end of the turn, whatever is left to send
  bool no_evict = false;
  bool no_touch = false;
  int32_t database = 0;
  const exec::CommandEntry* last_command = nullptr;

  const MonoUs created;
  MonoUs last_interaction;
  uint64_t commands = 0;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;

  // Names that the client gave itself; null for the many that give none.
  struct Labels {
    std::string name;
    std::string library;
    std::string library_version;
  };
  std::unique_ptr<Labels> labels;

  // What it waits for, if it waits for keys. Blocking's.
  std::unique_ptr<Waiting> wait;

  // Sets one of the labels; an empty text takes it away. REQUIRES: valid_label(text).
  void set_label(std::string Labels::*which, std::string_view text);
  std::string_view name() const { return labels ? std::string_view(labels->name) : std::string_view{}; }

  // Memory held for this client, its own object included.
  Bytes memory_bytes() const;
  // Bytes of input that wait.
  Bytes input_held() const { return pending.size() + parser.memory_bytes(); }
};

// True if clients may call themselves so: printable ASCII without spaces, so that CLIENT LIST stays readable
// by programs.
bool valid_label(std::string_view text);

}  // namespace redpoll::session
