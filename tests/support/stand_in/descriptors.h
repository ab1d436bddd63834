// What the stand-ins share: which file a descriptor stands for, and objects of the "kernel" behind
// descriptors.
#pragma once

#include <sys/mman.h>
#include <sys/stat.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace redpoll::stand_in {

// Tells whether a descriptor still is what it was, or was closed and its number used again. Anonymous files
// (eventfd) are all alike.
struct FileId {
  dev_t device;
  ino_t inode;
  friend bool operator==(const FileId&, const FileId&) = default;
};

// Nothing for a closed descriptor.
inline std::optional<FileId> file_id(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

// Objects of which each has a descriptor that the program closes by close(2), of which nobody tells us: the
// object of a closed descriptor goes when its number is given out again. Thread-safe, the objects are not.
template <class Object>
class Kernel {
 public:
  // A new object's descriptor, or -1 with errno.
  int create(const std::string& name) {
    const int fd = ::memfd_create(name.c_str(), 0);
    if (fd < 0) return -1;
    const std::lock_guard lock(mutex_);
    objects_.erase(fd);
    objects_.try_emplace(fd, *file_id(fd));
    return fd;
  }
  // Null if the descriptor does not, or no longer, stand for an object of this kind.
  Object* find(int fd) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(fd);
    return found != objects_.end() && file_id(fd) == found->second.file ? &found->second.object : nullptr;
  }

 private:
  struct Entry {
    explicit Entry(FileId id) : file(id) {}
    FileId file;
    Object object;
  };
  std::mutex mutex_;
  std::map<int, Entry> objects_;
};

}  // namespace redpoll::stand_in
