// A server without sockets, in this process.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "server/server.h"

namespace redpoll::server {

struct ServerFixture {
  explicit ServerFixture(config::Settings settings = {})
      : config((settings.maxclients = 100, std::move(settings))) {
    REQUIRE(log.set_file("/dev/null"));
    auto created = Server::create(config, log, title, "/test");
    REQUIRE(created);
    server = std::move(*created);
  }
  // Runs one command given as words separated by spaces.
  std::string run(std::string_view line) { return server->execute(std::string(line) + "\r\n"); }

  config::Config config;
  Logger log;
  ProcTitle title;
  std::unique_ptr<Server> server;
};

}  // namespace redpoll::server
