// LZF compression (http://liblzf.plan9.de): of the inner nodes of lists. Fast, and worth it for text that
// repeats itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace redpoll::ds {

// Writes `bytes` compressed to `out` and returns how many bytes that took; 0 if they do not fit. It takes 256
// KiB of stack. REQUIRES: both are shorter than 4 GiB.
size_t lzf_compress(std::string_view bytes, std::span<uint8_t> out);
// True if `compressed` was valid and filled `out` to its last byte. REQUIRES: as above.
bool lzf_decompress(std::string_view compressed, std::span<uint8_t> out);

}  // namespace redpoll::ds
