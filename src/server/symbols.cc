#include "server/symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace redpoll::server {

namespace {

// The first object that the dynamic linker tells of is the program itself.
int take_base(dl_phdr_info* info, size_t, void* base) {
  *static_cast<uintptr_t*>(base) = info->dlpi_addr;
  return 1;
}

// A copy, since nothing promises that it is aligned in the file.
template <class T>
bool read_at(std::span<const std::byte> file, size_t at, T& to) {
  if (at > file.size() || file.size() - at < sizeof(T)) return false;
  std::memcpy(&to, file.data() + at, sizeof(T));
  return true;
}

std::span<const std::byte> part(std::span<const std::byte> file, const ElfW(Shdr) & section) {
  if (section.sh_offset > file.size() || section.sh_size > file.size() - section.sh_offset) return {};
  return file.subspan(section.sh_offset, section.sh_size);
}

}  // namespace

Symbols::Symbols() {
  if (!load("/proc/self/exe")) symbols_ = names_ = {};
}

Symbols::~Symbols() {
  if (mapped_ != nullptr) munmap(mapped_, file_.size());
}

bool Symbols::load(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat status {};
  const bool known = fstat(fd, &status) == 0 && status.st_size > 0;
  const size_t size = known ? static_cast<size_t>(status.st_size) : 0;
  void* const memory = known ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  ::close(fd);
  if (memory == MAP_FAILED) return false;
  mapped_ = memory;
  file_ = {static_cast<const std::byte*>(memory), size};

  ElfW(Ehdr) header{};
  if (!read_at(file_, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
  for (size_t i = 0; i < header.e_shnum; ++i) {
    ElfW(Shdr) section{}, names{};
    if (!read_at(file_, header.e_shoff + i * sizeof section, section)) return false;
    if (section.sh_type != SHT_SYMTAB) continue;
    if (!read_at(file_, header.e_shoff + section.sh_link * sizeof names, names)) return false;
    symbols_ = part(file_, section);
    names_ = part(file_, names);
    // Names end with a zero byte; so does the last one, or it is not read beyond.
    if (names_.empty() || names_.back() != std::byte{0}) return false;
    dl_iterate_phdr(take_base, &base_);
    return true;
  }
  return false;
}

Symbols::Hit Symbols::find(const void* address) const {
  const auto wanted = reinterpret_cast<uintptr_t>(address) - base_;
  for (size_t at = 0; at + sizeof(ElfW(Sym)) <= symbols_.size(); at += sizeof(ElfW(Sym))) {
    ElfW(Sym) symbol;
    std::memcpy(&symbol, symbols_.data() + at, sizeof symbol);
    const bool is_function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF;
    if (!is_function || wanted < symbol.st_value || wanted - symbol.st_value >= symbol.st_size) continue;
    if (symbol.st_name >= names_.size()) continue;
    return {reinterpret_cast<const char*>(names_.data()) + symbol.st_name, wanted - symbol.st_value};
  }
  return {};
}

std::string_view readable_name(std::string_view symbol, std::span<char> buffer) {
  std::string_view rest = symbol;
  if (!rest.starts_with("_Z")) return symbol;
  rest.remove_prefix(2);
  // Local things (Z), nested names (N), static functions (L), const members (K), and what can be between.
  constexpr std::string_view kMarks = "ZNLKSt";
  size_t used = 0;
  const auto add = [&](std::string_view text) {
    const size_t n = std::min(text.size(), buffer.size() - used);
    std::copy_n(text.data(), n, buffer.data() + used);
    used += n;
  };
  while (!rest.empty()) {
    if (used == 0 && kMarks.find(rest.front()) != std::string_view::npos) {
      rest.remove_prefix(1);
      continue;
    }
    if (rest.front() == 'L') rest.remove_prefix(1);
    size_t digits = 0, length = 0;
    while (digits < rest.size() && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9')
      length = length * 10 + static_cast<size_t>(rest[digits++] - '0');
    if (digits == 0 || length == 0 || length > rest.size() - digits) break;
    const std::string_view part = rest.substr(digits, length);
    if (used != 0) add("::");
    add(part == "_GLOBAL__N_1" ? std::string_view("(anonymous)") : part);
    rest.remove_prefix(digits + length);
  }
  return used == 0 ? symbol : std::string_view(buffer.data(), used);
}

}  // namespace redpoll::server
