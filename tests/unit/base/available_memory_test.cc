#include "base/available_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace redpoll {
namespace {

constexpr Bytes kNone = 1'000'000;

// A folder that looks like the kernel's.
struct Groups {
  std::filesystem::path dir;
  Groups() {
    char name[] = "/tmp/redpoll-groups-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    dir = name;
  }
  ~Groups() { std::filesystem::remove_all(dir); }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((dir / path).parent_path());
    std::ofstream(dir / path) << text;
  }
  Bytes limit() const {
    return control_group_memory(kNone, {.of_process = dir / "self", .root = dir / "fs"});
  }
};

TEST_CASE("Without control groups, or without limits in them, there is no limit") {
  Groups g;
  CHECK(g.limit() == kNone);
  g.write("self", "0::/a/b\n");
  CHECK(g.limit() == kNone);
  g.write("fs/a/b/memory.max", "max\n");
  CHECK(g.limit() == kNone);
  g.write("fs/a/b/memory.max", "no number\n");
  CHECK(g.limit() == kNone);
}

TEST_CASE("The least limit of a group and those around it counts") {
  Groups g;
  g.write("self", "0::/a/b\n");
  g.write("fs/a/b/memory.max", "500\n");
  CHECK(g.limit() == 500);
  g.write("fs/a/memory.max", "400\n");
  CHECK(g.limit() == 400);
  g.write("fs/memory.max", "300\n");
  CHECK(g.limit() == 300);
}

TEST_CASE("In a container, whose group looks like the root, and where the path is not to be seen") {
  Groups g;
  g.write("fs/memory.max", "300\n");
  for (const char* path : {"0::/\n", "0::/../../docker/1234\n", "0::/docker/1234\n"}) {
    g.write("self", path);
    CHECK(g.limit() == 300);
  }
}

TEST_CASE("Control groups of version 1, where no limit is a very large number") {
  Groups g;
  g.write("self", "5:cpu,cpuacct:/x\n4:hugetlb,memory:/a\n1:name=systemd:/y\n0::/z\n");
  g.write("fs/memory/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK(g.limit() == kNone);
  g.write("fs/memory/a/memory.limit_in_bytes", "700\n");
  CHECK(g.limit() == 700);
}

TEST_CASE("The limits of the process count") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_DATA, &before) == 0);
  const Bytes none = Bytes{1} << 60;
  const Bytes now = resource_limit_memory(none);
  rlimit lower = before;
  lower.rlim_cur = Bytes{1} << 50;
  if (now > lower.rlim_cur) {
    REQUIRE(::setrlimit(RLIMIT_DATA, &lower) == 0);
    CHECK(resource_limit_memory(none) == Bytes{1} << 50);
    CHECK(available_memory(none) <= Bytes{1} << 50);
    REQUIRE(::setrlimit(RLIMIT_DATA, &before) == 0);
  }
}

}  // namespace
}  // namespace redpoll
