// What the tests of the hash table put into it.
#pragma once

#include <string>
#include <string_view>

#include "base/siphash.h"
#include "ds/dict.h"

namespace redpoll::ds {

struct Item {
  std::string key;
  int value = 0;
};

inline int g_destroyed = 0;

struct ItemPolicy {
  using Element = Item*;
  using Key = std::string_view;
  static Key key(const Item* item) { return item->key; }
  static bool equal(const Item* item, Key key) { return item->key == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(Item* item) {
    ++g_destroyed;
    delete item;
  }
  static void prefetch(const Item* item) { __builtin_prefetch(item); }
};

// Clients cannot choose collisions, but the table must bear them.
struct CollidingPolicy : ItemPolicy {
  static uint64_t hash(Key key, const SipKey&) { return key.size() % 3; }
};

inline constexpr SipKey kSeed{1, 2};
using ItemDict = Dict<ItemPolicy>;

template <class P>
Item* add(Dict<P>& dict, const std::string& key, int value = 0) {
  auto* item = new Item{key, value};
  const auto [there, added] = dict.add_or_find(item);
  if (!added) delete item;
  return there;
}

}  // namespace redpoll::ds
