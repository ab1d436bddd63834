#include "ds/lzf.h"

#include <lzf.h>

#include <limits>

#include "base/assert.h"

namespace redpoll::ds {

static unsigned int size_of(size_t size) {
  CHECK(size <= std::numeric_limits<unsigned int>::max());
  return static_cast<unsigned int>(size);
}

size_t lzf_compress(std::string_view bytes, std::span<uint8_t> out) {
  return ::lzf_compress(bytes.data(), size_of(bytes.size()), out.data(), size_of(out.size()));
}

bool lzf_decompress(std::string_view compressed, std::span<uint8_t> out) {
  return ::lzf_decompress(compressed.data(), size_of(compressed.size()), out.data(), size_of(out.size())) ==
         out.size();
}

}  // namespace redpoll::ds
