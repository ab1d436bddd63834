// A client at the level of bytes: what it sends is what the server gets, and replies are compared to the byte
// or as text (see to_text). Everything it waits for has a deadline; missing it, and any error of the socket,
// throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/reply.h"

namespace redpoll::testing {

class RawClient {
 public:
  // `receive_buffer`: bytes the kernel may hold for us; 0 leaves its default.
  explicit RawClient(uint16_t port, const std::string& address = "127.0.0.1", int receive_buffer = 0);
  static RawClient unix_socket(const std::string& path);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&& other) noexcept;

  int fd() const { return fd_; }

  void send(std::string_view bytes);
  // Sends as much as the socket takes at once; how much that was, or -1 if the connection is gone.
  long send_some(std::string_view bytes);
  // Sends, and takes it for sent if the server has closed the connection: reading tells.
  void send_or_notice(std::string_view bytes);
  // Tells the server that nothing follows; it can still answer.
  void finish_sending();
  // Closes at once, throwing away what is under way in both directions.
  void reset();

  std::string read_exactly(size_t bytes);
  // Up to and including `text`.
  std::string read_until(std::string_view text);
  // Everything until the server closes or resets the connection.
  std::string read_to_end();
  // Whether the server closes the connection before it sends anything (more).
  bool is_closed();
  // Whether nothing arrives for so long. For what must not happen.
  bool is_silent_for(milliseconds time);

  // For who cannot know how many replies there will be: what has been received so far begins with a reply or
  // not; whether there is more to receive within some time; and receiving it, false at the end of the stream.
  ParsedReply take_reply();
  bool readable_within(milliseconds time);
  bool receive_more() { return fill(); }

  Reply next_reply();
  // The next reply as text.
  std::string reply();
  // Sends words as one request and returns the reply as text.
  std::string call(const std::vector<std::string>& words);
  // The same with words quoted as for redis-cli.
  std::string run(std::string_view line);

 private:
  explicit RawClient(int fd);
  // Reads more into the buffer. False at the end of the stream.
  bool fill();
  void wait_for(short events);

  int fd_;
  std::string buffer_;
};

// Words as the array of bulk strings that a client sends.
std::string encode(const std::vector<std::string>& words);
// Splits a line as redis-cli does. Throws if its quotes do not match.
std::vector<std::string> words_of(std::string_view line);

}  // namespace redpoll::testing
