// Changes at the front of a listpack that has free bytes before it: its header moves, and its elements stay
// where they are.
//
//     before:   ........ | header | a | b | end        put_first(x):    ... | header | x | a | b | end
//                                                      drop_first():    ............. | header | b | end
#pragma once

#include <cstdint>
#include <string_view>

namespace redpoll::ds {

// An upper bound of the bytes that put_first needs is Listpack::bytes_for(text).
//
// Puts an element before the first one and returns where the listpack begins now. O(bytes of the text).
// REQUIRES: that many bytes are free before it, and its size stays below ListpackView::kMaxBytes.
uint8_t* put_first(uint8_t* listpack, std::string_view text);
// Removes the first element and returns where the listpack begins now; what was before that is free. O(1).
// REQUIRES: there is an element.
uint8_t* drop_first(uint8_t* listpack);

}  // namespace redpoll::ds
