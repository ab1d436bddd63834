#include "store/sorted_set.h"

#include <algorithm>
#include <cmath>

namespace redpoll::store {

namespace {

using Place = SortedSetPacked::Place;

// What giving that score to a member comes to that is not there yet.
AddResult outcome_of_new(double score, const AddOptions& options) {
  using What = AddResult::What;
  return options.if_present ? AddResult{What::refused, 0} : AddResult{What::added, score};
}

// The same for a member that has the score `current`.
AddResult outcome_of(double current, double score, const AddOptions& options) {
  using What = AddResult::What;
  if (options.if_absent) return {What::refused, 0};
  if (options.increment) score += current;
  if (std::isnan(score)) return {What::not_a_number, 0};
  if ((options.if_less && score >= current) || (options.if_greater && score <= current))
    return {What::refused, 0};
  // Equal scores need not be the same: a zero that is stored keeps its sign, whatever the sum says.
  return {score == current ? What::unchanged : What::updated, score};
}

bool fits_packed(const EncodingLimits& limits, size_t members, size_t longest) {
  return members <= limits.zset_max_listpack_entries && longest <= limits.zset_max_listpack_value;
}

std::unique_ptr<SortedSetTable> table_of(SortedSetPacked packed, const SipKey& seed) {
  auto table = std::make_unique<SortedSetTable>(seed);
  Place at = packed.size() > 0 ? packed.at(0) : ds::ListpackView::kNone;
  table->build(packed.size(), [&] {
    Element::Digits digits;
    const ScoredMember member = ScoredMember::create(packed.member_at(at).text(digits), packed.score_of(at));
    at = packed.next(at);
    return member;
  });
  return table;
}

AddResult add_to_table(SortedSetTable& table, std::string_view member, double score,
                       const AddOptions& options, const HashHint& hint) {
  SortedSetTable::Place place = table.locate(member, hint);
  const AddResult result =
      place.found() ? outcome_of(place.element().score(), score, options) : outcome_of_new(score, options);
  if (result.what == AddResult::What::added) table.insert(place, member, result.score);
  if (result.what == AddResult::What::updated) table.set_score(place, result.score);
  return result;
}

}  // namespace

size_t SortedSetView::size() const {
  return table_ != nullptr ? table_->size() : SortedSetPacked(packed_).size();
}

std::optional<double> SortedSetView::score(std::string_view member) const {
  if (table_ != nullptr) {
    const auto found = table_->find(member, *hint_);
    return found ? std::optional<double>(found->score()) : std::nullopt;
  }
  const SortedSetPacked packed(packed_);
  const Place place = packed.find(member);
  return place != ds::ListpackView::kNone ? std::optional<double>(packed.score_of(place)) : std::nullopt;
}

std::optional<SortedSetView::Ranked> SortedSetView::rank(std::string_view member, Direction direction) const {
  Ranked ranked;
  if (table_ != nullptr) {
    const auto found = table_->find(member, *hint_);
    if (!found) return std::nullopt;
    ranked = {table_->rank(*found), found->score()};
  } else {
    const SortedSetPacked packed(packed_);
    const Place place = packed.find(member);
    if (place == ds::ListpackView::kNone) return std::nullopt;
    ranked = {packed.rank_of(place), packed.score_of(place)};
  }
  if (direction == Direction::descending) ranked.rank = size() - 1 - ranked.rank;
  return ranked;
}

ScoredElement SortedSetView::at(size_t rank) const {
  if (table_ != nullptr) {
    const ScoredMember member = table_->at(rank);
    return {Element(member.text()), member.score()};
  }
  const SortedSetPacked packed(packed_);
  const Place place = packed.at(rank);
  return {packed.member_at(place), packed.score_of(place)};
}

RankRange SortedSetView::ranks_in(const ScoreRange& range) const {
  return table_ != nullptr ? table_->ranks_in(range) : SortedSetPacked(packed_).ranks_in(range);
}

RankRange SortedSetView::ranks_in(const LexRange& range, Direction direction) const {
  return table_ != nullptr ? table_->ranks_in(range) : SortedSetPacked(packed_).ranks_in(range, direction);
}

AddResult SortedSetEditor::add(std::string_view member, double score, const AddOptions& options) {
  const AddResult result =
      table() != nullptr ? add_to_table(begin_edit(), member, score, options, slot_.database().element_hint())
                         : add_to_packed(member, score, options);
  if (result.what == AddResult::What::added || result.what == AddResult::What::updated) slot_.note_change();
  return result;
}

AddResult SortedSetEditor::add_to_packed(std::string_view member, double score, const AddOptions& options) {
  if (!slot_.occupied()) {
    const AddResult result = outcome_of_new(score, options);
    if (result.what == AddResult::What::added) create(member, score);
    return result;
  }
  const SortedSetPacked packed(slot_.entry().packed());
  const Place place = packed.find(member);
  const bool there = place != ds::ListpackView::kNone;
  const AddResult result =
      there ? outcome_of(packed.score_of(place), score, options) : outcome_of_new(score, options);
  if (result.what == AddResult::What::added) insert_packed(member, result.score);
  if (result.what == AddResult::What::updated) move_packed(place, member, result.score);
  return result;
}

void SortedSetEditor::create(std::string_view member, double score) {
  const SortedSet::Member only[] = {{member, score}};
  SortedSet::store(slot_, only);
}

void SortedSetEditor::insert_packed(std::string_view member, double score) {
  {
    const SortedSetPacked packed(slot_.entry().packed());
    PackedValue bytes(slot_);
    SortedSetPackedEditor editor(bytes);
    const EncodingLimits& limits = slot_.database().keyspace().encoding;
    if (fits_packed(limits, packed.size() + 1, member.size()) && editor.has_room_for(member.size()))
      return editor.insert(packed.place_for(member, score), member, score);
  }
  SortedSetTable& table = convert();
  SortedSetTable::Place place = table.locate(member);
  table.insert(place, member, score);
}

void SortedSetEditor::move_packed(Place from, std::string_view member, double score) {
  const SortedSetPacked packed(slot_.entry().packed());
  PackedValue bytes(slot_);
  SortedSetPackedEditor editor(bytes);
  const Place to = packed.place_for(member, score);
  if (to == from || to == packed.next(from)) return editor.set_score(from, score);
  editor.erase(from);
  editor.insert(SortedSetPacked(bytes.view()).place_for(member, score), member, score);
}

SortedSetTable& SortedSetEditor::convert() {
  auto large = table_of(SortedSetPacked(slot_.entry().packed()), slot_.database().keyspace().seed());
  SortedSetTable& table = *large;
  slot_.reencode(Value::collection(SortedSet::kType, std::move(large)));
  return table;
}

bool SortedSetEditor::remove(std::string_view member) {
  if (!slot_.occupied()) return false;
  if (table() != nullptr) {
    SortedSetTable& large = begin_edit();
    SortedSetTable::Place place = large.locate(member, slot_.database().element_hint());
    if (!place.found()) return false;
    large.remove(place);
    slot_.note_change();
    return true;
  }
  const Place place = SortedSetPacked(slot_.entry().packed()).find(member);
  if (place == ds::ListpackView::kNone) return false;
  slot_.note_change();
  PackedValue bytes(slot_);
  SortedSetPackedEditor(bytes).erase(place);
  return true;
}

void SortedSetEditor::remove_packed(RankRange ranks) {
  PackedValue bytes(slot_);
  SortedSetPackedEditor(bytes).erase(SortedSetPacked(bytes.view()).at(ranks.first), ranks.count);
}

void SortedSet::store(Slot& slot, std::span<const Member> members) {
  const Keyspace& keyspace = slot.database().keyspace();
  constexpr size_t kOverhead = 48;  // of a listpack's entries for a member and its score, at most
  size_t longest = 0, bytes = 0;
  for (const Member& m : members) {
    longest = std::max(longest, m.text.size());
    bytes += m.text.size() + kOverhead;
  }
  if (fits_packed(keyspace.encoding, members.size(), longest) && bytes < ds::ListpackView::kMaxBytes / 2) {
    ds::HeapBuffer buffer;
    SortedSetPackedEditor editor(buffer);
    for (const Member& m : members) editor.append(m.text, m.score);
    return slot.store(Value::packed(kType, buffer.view()));
  }
  auto table = std::make_unique<SortedSetTable>(keyspace.seed());
  table->build(members.size(), [next = members.begin()]() mutable {
    const Member& m = *next++;
    return ScoredMember::create(m.text, m.score);
  });
  slot.store(Value::collection(kType, std::move(table)));
}

}  // namespace redpoll::store
