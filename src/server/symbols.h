// Names of functions for the crash report, from the symbol table of the program's own file. It knows more
// than dladdr: static functions too, and without exporting anything.
//
// All that costs something is done when it is built; looking up is safe in a signal handler. A program whose
// symbols were stripped has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace redpoll::server {

class Symbols {
 public:
  // Maps the file of this process; what it holds is read from the disk when it is looked at.
  Symbols();
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  struct Hit {
    std::string_view name;  // as the linker has it; empty: not known
    size_t offset = 0;      // of the address in that function
  };
  // The function of this program that the address lies in. O(symbols).
  Hit find(const void* address) const;

 private:
  bool load(const char* path);

  void* mapped_ = nullptr;
  std::span<const std::byte> file_;
  uintptr_t base_ = 0;  // where the program lies
  // In the file: the symbols, and the text that their names are in.
  std::span<const std::byte> symbols_;
  std::span<const std::byte> names_;
};

// The name without types of arguments: `_ZN7redpoll5admin4infoERNS0_9AdminCallE` is redpoll::admin::info.
// What it cannot read stays as it is. Writes to `buffer`, which should be of 256 bytes or so, and allocates
// nothing.
std::string_view readable_name(std::string_view symbol, std::span<char> buffer);

}  // namespace redpoll::server
