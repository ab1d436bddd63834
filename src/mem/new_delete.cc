// The global operators new and delete, so that what the standard library allocates is counted as well.
//
// Running out of memory does not throw: the handler of zmalloc decides, and by default ends the process.
#include <new>

#include "mem/zmalloc.h"

namespace redpoll::mem {

// See zmalloc.cc.
extern const bool kOperatorsReplaced;
const bool kOperatorsReplaced = true;

}  // namespace redpoll::mem

namespace mem = redpoll::mem;

static size_t to_size(std::align_val_t align) noexcept { return static_cast<size_t>(align); }

void* operator new(size_t n) { return mem::zmalloc(n); }
void* operator new[](size_t n) { return mem::zmalloc(n); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return mem::try_zmalloc(n); }
void* operator new[](size_t n, const std::nothrow_t&) noexcept { return mem::try_zmalloc(n); }

void* operator new(size_t n, std::align_val_t align) { return mem::zmalloc_aligned(n, to_size(align)); }
void* operator new[](size_t n, std::align_val_t align) { return mem::zmalloc_aligned(n, to_size(align)); }
void* operator new(size_t n, std::align_val_t align, const std::nothrow_t&) noexcept {
  return mem::try_zmalloc_aligned(n, to_size(align));
}
void* operator new[](size_t n, std::align_val_t align, const std::nothrow_t&) noexcept {
  return mem::try_zmalloc_aligned(n, to_size(align));
}

void operator delete(void* p) noexcept { mem::zfree(p); }
void operator delete[](void* p) noexcept { mem::zfree(p); }
void operator delete(void* p, size_t n) noexcept { mem::zfree(p, n); }
void operator delete[](void* p, size_t n) noexcept { mem::zfree(p, n); }
void operator delete(void* p, const std::nothrow_t&) noexcept { mem::zfree(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { mem::zfree(p); }

void operator delete(void* p, std::align_val_t) noexcept { mem::zfree(p); }
void operator delete[](void* p, std::align_val_t) noexcept { mem::zfree(p); }
void operator delete(void* p, size_t n, std::align_val_t align) noexcept {
  mem::zfree_aligned(p, n, to_size(align));
}
void operator delete[](void* p, size_t n, std::align_val_t align) noexcept {
  mem::zfree_aligned(p, n, to_size(align));
}
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { mem::zfree(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { mem::zfree(p); }
