// The sections of INFO: what they are made from, what they are written with, and one function for each.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "admin/admin_call.h"
#include "base/units.h"
#include "session/session_call.h"
#include "store/keyspace.h"

namespace redpoll::admin {

struct InfoSources {
  Admin& admin;
  const session::Session& session;
  store::Keyspace& keyspace;
};

// Collects the lines of a section.
class InfoText {
 public:
  // `name:value`
  template <class T>
  void field(std::string_view name, const T& value) {
    fmt::format_to(std::back_inserter(text_), "{}:{}\r\n", name, value);
  }
  // The same with two decimals.
  void ratio(std::string_view name, double value) {
    fmt::format_to(std::back_inserter(text_), "{}:{:.2f}\r\n", name, value);
  }
  void percent(std::string_view name, double value) {
    fmt::format_to(std::back_inserter(text_), "{}:{:.2f}%\r\n", name, value);
  }
  // An amount of memory in two lines: in bytes, and as people read it.
  void amount(std::string_view name, Bytes bytes);
  // Fields of features that are not there yet.
  void zeros(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) field(name, 0);
  }
  // `# Title`, a blank line before it unless it is the first.
  void title(std::string_view name);
  // A whole line.
  template <class... T>
  void line(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
    text_ += "\r\n";
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void info_server(const InfoSources& from, InfoText& to);
void info_clients(const InfoSources& from, InfoText& to);
void info_memory(const InfoSources& from, InfoText& to);
void info_persistence(const InfoSources& from, InfoText& to);
void info_stats(const InfoSources& from, InfoText& to);
void info_replication(const InfoSources& from, InfoText& to);
void info_cpu(const InfoSources& from, InfoText& to);
void info_modules(const InfoSources& from, InfoText& to);
void info_commandstats(const InfoSources& from, InfoText& to);
void info_errorstats(const InfoSources& from, InfoText& to);
void info_latencystats(const InfoSources& from, InfoText& to);
void info_cluster(const InfoSources& from, InfoText& to);
void info_keyspace(const InfoSources& from, InfoText& to);

}  // namespace redpoll::admin
