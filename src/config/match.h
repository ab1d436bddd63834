// What a directive of each kind gets: std::visit(Match{[](const Flag&) ..., [](const Number&) ..., ...},
// d.kind).
#pragma once

namespace redpoll::config {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

}  // namespace redpoll::config
