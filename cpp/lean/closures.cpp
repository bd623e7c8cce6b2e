#include "lean/closures.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace verikit::lean {
namespace {

std::uint64_t hash_frame(std::uint64_t mask, const TermId* values, std::uint32_t count, LevelSubId levels) {
  std::uint64_t h = mix(mask, levels);
  for (std::uint32_t i = 0; i < count; ++i) h = mix(h, values[i]);
  return h;
}

}  // namespace

Environments::Environments(TermStore& terms) : terms_(terms) { reset(); }

void Environments::reset() {
  nodes_.clear();
  nodes_.emplace_back();
  slots_.clear();
  if (table_.size() > (std::size_t{1} << 14)) std::vector<std::uint32_t>().swap(table_);
  table_.assign(std::max<std::size_t>(table_.size(), 256), 0);
  frames_ = 0;
  level_subs_.assign(1, {});
  level_sub_ids_.clear();
  level_memo_.clear();
  list_memo_.clear();
}

EnvId Environments::cons(TermId value, EnvId parent) {
  const Env& p = nodes_[parent];
  Env e;
  e.head = value;
  e.parent = parent;
  e.length = p.length + 1;
  e.levels = p.levels;
  e.fvars = value == kNone ? p.fvars : std::max(p.fvars, terms_[value].fvars);
  // Skew-binary jumps: a walk of n steps takes O(log n).
  const Env& j = nodes_[p.jump];
  const bool chain = !p.frame && p.length > 0 && !j.frame;
  e.jump = chain && p.length - j.length == j.length - nodes_[j.jump].length ? j.jump : parent;
  nodes_.push_back(e);
  return static_cast<EnvId>(nodes_.size() - 1);
}

TermId Environments::lookup(EnvId env, std::uint32_t index) const {
  const Env* e = &nodes_[env];
  if (index >= e->length) return kNone;
  // A chain is walked to the node whose length says that its head is the variable.
  std::uint32_t want = e->length - index;
  while (!e->frame) {
    if (e->length == want) return e->head;
    const Env& j = nodes_[e->jump];
    e = !j.frame && j.length >= want ? &j : &nodes_[e->parent];
    if (e->length < want) return kNone;
  }
  const std::uint32_t i = e->length - want;
  if (i >= 64 || (e->mask >> i & 1) == 0) return kNone;
  return slots_[e->slots + static_cast<std::uint32_t>(std::popcount(e->mask & ((std::uint64_t{1} << i) - 1)))];
}

EnvId Environments::intern_frame(std::uint64_t mask, const TermId* values, std::uint32_t count, LevelSubId levels,
                                 std::uint32_t fvars) {
  const std::uint64_t hash = hash_frame(mask, values, count, levels);
  std::size_t wrap = table_.size() - 1;
  std::size_t i = hash & wrap;
  for (; table_[i] != 0; i = (i + 1) & wrap) {
    const Env& e = nodes_[table_[i]];
    if (e.mask == mask && e.levels == levels && std::equal(values, values + count, slots_.begin() + e.slots)) return table_[i];
  }
  Env e;
  e.frame = true;
  e.mask = mask;
  e.levels = levels;
  e.fvars = fvars;
  e.length = 64 - static_cast<std::uint32_t>(std::countl_zero(mask));
  e.slots = static_cast<std::uint32_t>(slots_.size());
  slots_.insert(slots_.end(), values, values + count);
  const auto id = static_cast<EnvId>(nodes_.size());
  nodes_.push_back(e);
  table_[i] = id;
  if (++frames_ * 2 > table_.size()) {
    std::vector<std::uint32_t> old(table_.size() * 2, 0);
    old.swap(table_);
    wrap = table_.size() - 1;
    for (const std::uint32_t f : old) {
      if (f == 0) continue;
      const Env& n = nodes_[f];
      std::size_t s = hash_frame(n.mask, slots_.data() + n.slots, static_cast<std::uint32_t>(std::popcount(n.mask)), n.levels) & wrap;
      while (table_[s] != 0) s = (s + 1) & wrap;
      table_[s] = f;
    }
  }
  return id;
}

EnvId Environments::prune(EnvId env, std::uint64_t mask) {
  Env& top = nodes_[env];
  if (mask == 0) return nil(top.levels);
  if (top.frame && (top.mask & ~mask) == 0) return env;
  if (top.pruned != kNone && top.pruned_mask == mask) return top.pruned;
  TermId values[64];
  std::uint32_t count = 0, fvars = 0;
  std::uint64_t kept = 0;
  const Env* e = &top;
  std::uint64_t rest = mask;
  for (std::uint32_t shift = 0; rest != 0 && e->length > 0; ++shift, rest >>= 1) {
    if (e->frame) {
      for (std::uint64_t bits = rest & e->mask; bits != 0; bits &= bits - 1) {
        const auto i = static_cast<std::uint32_t>(std::countr_zero(bits));
        if (shift + i >= 64) break;
        const TermId v = slots_[e->slots + static_cast<std::uint32_t>(std::popcount(e->mask & ((std::uint64_t{1} << i) - 1)))];
        values[count++] = v;
        fvars = std::max(fvars, terms_[v].fvars);
        kept |= std::uint64_t{1} << (shift + i);
      }
      break;
    }
    if ((rest & 1) != 0 && e->head != kNone) {
      values[count++] = e->head;
      fvars = std::max(fvars, terms_[e->head].fvars);
      kept |= std::uint64_t{1} << shift;
    }
    e = &nodes_[e->parent];
  }
  const LevelSubId levels = top.levels;
  const EnvId result = count == 0 ? nil(levels) : intern_frame(kept, values, count, levels, fvars);
  nodes_[env].pruned_mask = mask;
  nodes_[env].pruned = result;
  return result;
}

LevelSubId Environments::level_sub(NameId owner, std::span<const NameId> params, LevelsId args) {
  if (params.empty()) return kNoLevelSub;
  const std::uint64_t key = pair_key(owner, args);
  if (const std::uint32_t* found = level_sub_ids_.find(key)) return *found;
  const LevelSubId id = fresh_level_sub(params, args);
  level_sub_ids_.set(key, id);
  return id;
}

LevelSubId Environments::fresh_level_sub(std::span<const NameId> params, LevelsId args) {
  const auto id = static_cast<LevelSubId>(level_subs_.size());
  Env e;
  e.levels = id;
  nodes_.push_back(e);
  level_subs_.push_back({params, args, static_cast<EnvId>(nodes_.size() - 1)});
  return id;
}

LevelId Environments::apply(LevelSubId sub, LevelId level) {
  if (sub == kNoLevelSub || !terms_.levels()[level].has_param) return level;
  const std::uint64_t key = pair_key(sub, level);
  if (const std::uint32_t* found = level_memo_.find(key)) return *found;
  const std::span<const LevelId> stored = std::as_const(terms_).levels().list(level_subs_[sub].args);
  const std::vector<LevelId> args(stored.begin(), stored.end());  // the store may move as it grows
  const LevelId result = terms_.levels().instantiate(level, level_subs_[sub].params, args);
  level_memo_.set(key, result);
  return result;
}

LevelsId Environments::apply_list(LevelSubId sub, LevelsId list) {
  if (sub == kNoLevelSub || !terms_.levels().list_has_param(list)) return list;
  const std::uint64_t key = pair_key(sub, list);
  if (const std::uint32_t* found = list_memo_.find(key)) return *found;
  const std::span<const LevelId> stored = std::as_const(terms_).levels().list(list);
  std::vector<LevelId> levels(stored.begin(), stored.end());
  for (LevelId& l : levels) l = apply(sub, l);
  const LevelsId result = terms_.levels().list(levels);
  list_memo_.set(key, result);
  return result;
}

std::size_t Environments::bytes() const {
  return nodes_.capacity() * sizeof(Env) + slots_.capacity() * sizeof(TermId) + table_.capacity() * sizeof(std::uint32_t) +
         level_memo_.bytes() + list_memo_.bytes() + level_sub_ids_.bytes();
}

}  // namespace verikit::lean
