#include "store/sorted_set_range.h"

namespace redpoll::store {

bool LexRange::above_min(std::string_view member) const {
  switch (min.kind) {
    case LexBound::Kind::lowest: return true;
    case LexBound::Kind::inclusive: return member >= min.text;
    case LexBound::Kind::exclusive: return member > min.text;
    case LexBound::Kind::highest: return false;
  }
  return false;
}

bool LexRange::below_max(std::string_view member) const {
  switch (max.kind) {
    case LexBound::Kind::lowest: return false;
    case LexBound::Kind::inclusive: return member <= max.text;
    case LexBound::Kind::exclusive: return member < max.text;
    case LexBound::Kind::highest: return true;
  }
  return false;
}

}  // namespace redpoll::store
