#include "lean/levels.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "lean/hash.h"
#include "lean/rejection.h"

namespace verikit::lean {
namespace {

constexpr std::uint32_t kMaxLevels = 0x3FFFFFFF;
constexpr std::uint32_t kMaxRecursion = 2000;
constexpr std::uint32_t kMaxSteps = 1u << 24;
constexpr std::size_t kMaxMemo = std::size_t{1} << 20;
constexpr std::size_t kSmallTable = 256;
constexpr std::uint32_t kSmallDepth = 8;  // trees up to here are walked as trees: at most 2^8 nodes
constexpr std::size_t kMaxPrinted = 2000;

std::uint64_t hash_level(LevelKind kind, std::uint32_t a, std::uint32_t b) {
  return mix(static_cast<std::uint64_t>(a) << 32 | b, static_cast<std::uint64_t>(kind) + 1);
}

std::uint64_t hash_list(std::span<const LevelId> levels) {
  std::uint64_t hash = levels.size();
  for (const LevelId l : levels) hash = mix(hash, l);
  return hash;
}

}  // namespace

// The recursion and the steps of one call from outside.
class LevelStore::Work {
 public:
  void step(std::size_t count = 1) {
    steps_ += count;
    if (steps_ > kMaxSteps) decline(Decline::kSteps, "a universe level is too large to compare: more than 2^24 steps");
  }
  class Deeper {
   public:
    explicit Deeper(Work& work) : work_(work) {
      if (++work_.depth_ > kMaxRecursion) {
        --work_.depth_;
        decline(Decline::kDepth, "a universe level is nested deeper than " + std::to_string(kMaxRecursion));
      }
      work_.step();
    }
    ~Deeper() { --work_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Work& work_;
  };

 private:
  std::uint32_t depth_ = 0;
  std::size_t steps_ = 0;
};

LevelStore::LevelStore(const LevelStore* base, const NameTable* names)
    : base_(base),
      names_(names ? names : base ? base->names_ : nullptr),
      first_(base ? static_cast<std::uint32_t>(base->size()) : 0),
      first_list_(base ? static_cast<std::uint32_t>(base->list_count()) : 0),
      table_(kSmallTable, 0),
      list_table_(kSmallTable, 0) {
  if (base && base->base_) fail(ErrorCode::kInternal, "an extension of an extension of a level store");
  if (!base) {
    intern(Level{});        // kLevelZero
    succ(kLevelZero);       // kLevelOne
    list(std::span<const LevelId>());  // kNoLevels
  }
}

// --- interning ---------------------------------------------------------------------------------------------

LevelId LevelStore::find(const Level& level, std::uint64_t hash) const {
  const std::size_t wrap = table_.size() - 1;
  for (std::size_t i = hash & wrap;; i = (i + 1) & wrap) {
    const std::uint32_t entry = table_[i];
    if (entry == 0) return kNone;
    const Level& m = levels_[entry - 1 - first_];
    if (m.a == level.a && m.b == level.b && m.kind == level.kind) return entry - 1;
  }
}

LevelId LevelStore::intern(const Level& level) {
  const std::uint64_t hash = hash_level(level.kind, level.a, level.b);
  if (base_) {
    const LevelId found = base_->find(level, hash);
    if (found != kNone) return found;
  }
  const LevelId found = find(level, hash);
  if (found != kNone) return found;
  if (size() >= kMaxLevels) fail(ErrorCode::kMemoryLimit, "more than 2^30 universe levels in one environment");
  const auto id = static_cast<LevelId>(size());
  levels_.push_back(level);
  const std::size_t wrap = table_.size() - 1;
  std::size_t i = hash & wrap;
  while (table_[i] != 0) i = (i + 1) & wrap;
  table_[i] = id + 1;
  if (levels_.size() * 2 > table_.size()) rehash();
  return id;
}

void LevelStore::rehash() {
  std::vector<std::uint32_t> bigger(table_.size() * 2, 0);
  const std::size_t wrap = bigger.size() - 1;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const Level& m = levels_[i];
    std::size_t s = hash_level(m.kind, m.a, m.b) & wrap;
    while (bigger[s] != 0) s = (s + 1) & wrap;
    bigger[s] = first_ + static_cast<std::uint32_t>(i) + 1;
  }
  table_.swap(bigger);
}

LevelId LevelStore::succ(LevelId l) {
  const Level& x = (*this)[l];
  Level level;
  level.kind = LevelKind::kSucc;
  level.has_param = x.has_param;
  level.never_zero = true;
  level.depth = x.depth + 1;
  level.a = l;
  level.b = base(l);
  return intern(level);
}

LevelId LevelStore::max(LevelId l, LevelId r) {
  const Level& x = (*this)[l];
  const Level& y = (*this)[r];
  Level level;
  level.kind = LevelKind::kMax;
  level.has_param = x.has_param || y.has_param;
  level.never_zero = x.never_zero || y.never_zero;
  level.depth = std::max(x.depth, y.depth) + 1;
  level.a = l;
  level.b = r;
  return intern(level);
}

LevelId LevelStore::imax(LevelId l, LevelId r) {
  const Level& x = (*this)[l];
  const Level& y = (*this)[r];
  Level level;
  level.kind = LevelKind::kIMax;
  level.has_param = x.has_param || y.has_param;
  level.never_zero = y.never_zero;
  level.depth = std::max(x.depth, y.depth) + 1;
  level.a = l;
  level.b = r;
  return intern(level);
}

LevelId LevelStore::param(NameId name) {
  Level level;
  level.kind = LevelKind::kParam;
  level.has_param = true;
  level.a = name;
  return intern(level);
}

LevelsId LevelStore::find_list(std::span<const LevelId> levels, std::uint64_t hash) const {
  const std::size_t wrap = list_table_.size() - 1;
  for (std::size_t i = hash & wrap;; i = (i + 1) & wrap) {
    const std::uint32_t entry = list_table_[i];
    if (entry == 0) return kNone;
    const List& m = lists_[entry - 1 - first_list_];
    if (m.count == levels.size() && std::equal(levels.begin(), levels.end(), items_.begin() + m.begin)) return entry - 1;
  }
}

LevelsId LevelStore::list(std::span<const LevelId> levels) {
  const std::uint64_t hash = hash_list(levels);
  if (base_) {
    const LevelsId found = base_->find_list(levels, hash);
    if (found != kNone) return found;
  }
  const LevelsId found = find_list(levels, hash);
  if (found != kNone) return found;
  if (list_count() >= kMaxLevels || items_.size() + levels.size() >= kMaxLevels) {
    fail(ErrorCode::kMemoryLimit, "more than 2^30 universe arguments in one environment");
  }
  const auto id = static_cast<LevelsId>(list_count());
  const auto begin = static_cast<std::uint32_t>(items_.size());
  bool has_param = false;
  // `levels` may be a span into items_, which growing would move.
  const std::vector<LevelId> copy(levels.begin(), levels.end());
  for (const LevelId l : copy) {
    has_param = has_param || (*this)[l].has_param;
    items_.push_back(l);
  }
  lists_.push_back({begin, static_cast<std::uint32_t>(copy.size()), has_param});
  const std::size_t wrap = list_table_.size() - 1;
  std::size_t i = hash & wrap;
  while (list_table_[i] != 0) i = (i + 1) & wrap;
  list_table_[i] = id + 1;
  if (lists_.size() * 2 > list_table_.size()) rehash_lists();
  return id;
}

void LevelStore::rehash_lists() {
  std::vector<std::uint32_t> bigger(list_table_.size() * 2, 0);
  const std::size_t wrap = bigger.size() - 1;
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    std::size_t s = hash_list(std::span(items_).subspan(lists_[i].begin, lists_[i].count)) & wrap;
    while (bigger[s] != 0) s = (s + 1) & wrap;
    bigger[s] = first_list_ + static_cast<std::uint32_t>(i) + 1;
  }
  list_table_.swap(bigger);
}

std::span<const LevelId> LevelStore::list(LevelsId id) const {
  if (id < first_list_) return base_->list(id);
  const List& l = lists_[id - first_list_];
  return std::span(items_).subspan(l.begin, l.count);
}

bool LevelStore::list_has_param(LevelsId id) const {
  return id < first_list_ ? base_->list_has_param(id) : lists_[id - first_list_].has_param;
}

void LevelStore::reset() {
  if (!base_) fail(ErrorCode::kInternal, "reset of a level store without a base");
  // Tables that one hard declaration blew up would cost every later one: give them back.
  if (table_.size() > 16 * kSmallTable) {
    std::vector<std::uint32_t>(kSmallTable, 0).swap(table_);
    std::vector<Level>().swap(levels_);
  } else if (!levels_.empty()) {
    std::fill(table_.begin(), table_.end(), 0);
    levels_.clear();
  }
  if (list_table_.size() > 16 * kSmallTable) {
    std::vector<std::uint32_t>(kSmallTable, 0).swap(list_table_);
    std::vector<List>().swap(lists_);
    std::vector<LevelId>().swap(items_);
  } else if (!lists_.empty()) {
    std::fill(list_table_.begin(), list_table_.end(), 0);
    lists_.clear();
    items_.clear();
  }
  if (!normal_.empty()) Memo().swap(normal_);
  if (!geq_.empty()) std::unordered_map<std::uint64_t, bool>().swap(geq_);
}

// --- simplification and substitution -----------------------------------------------------------------------

LevelId LevelStore::add_offset(LevelId l, std::uint32_t offset) {
  for (; offset > 0; --offset) l = succ(l);
  return l;
}

LevelId LevelStore::make_max(LevelId l, LevelId r) {
  if (l == r) return l;
  if (is_explicit(l) && is_explicit(r)) return offset(l) >= offset(r) ? l : r;
  if (l == kLevelZero) return r;
  if (r == kLevelZero) return l;
  const Level x = (*this)[l];
  const Level y = (*this)[r];
  if (y.kind == LevelKind::kMax && (y.a == l || y.b == l)) return r;
  if (x.kind == LevelKind::kMax && (x.a == r || x.b == r)) return l;
  if (base(l) == base(r)) return offset(l) > offset(r) ? l : r;
  return max(l, r);
}

LevelId LevelStore::make_imax(LevelId l, LevelId r) {
  if (is_never_zero(r)) return make_max(l, r);
  if (r == kLevelZero || l == kLevelZero || l == kLevelOne || l == r) return r;
  return imax(l, r);
}

LevelId LevelStore::instantiate(LevelId l, std::span<const NameId> params, std::span<const LevelId> args) {
  if (!(*this)[l].has_param) return l;
  Memo memo;
  Work work;
  return instantiate(l, params, args, memo, work);
}

LevelId LevelStore::instantiate(LevelId l, std::span<const NameId> params, std::span<const LevelId> args, Memo& memo,
                                Work& work) {
  const Level level = (*this)[l];
  if (!level.has_param) return l;
  switch (level.kind) {
    case LevelKind::kZero:
      return l;
    case LevelKind::kParam: {
      const auto at = std::find(params.begin(), params.end(), level.a);
      return at == params.end() ? l : args[static_cast<std::size_t>(at - params.begin())];
    }
    case LevelKind::kSucc: {
      const LevelId below = instantiate(level.b, params, args, memo, work);
      const std::uint32_t successors = offset(l);
      work.step(successors);
      return below == level.b ? l : add_offset(below, successors);
    }
    case LevelKind::kMax:
    case LevelKind::kIMax:
      break;
  }
  const bool memoize = level.depth > kSmallDepth;
  if (memoize) {
    const auto known = memo.find(l);
    if (known != memo.end()) return known->second;
  }
  const Work::Deeper deeper(work);
  const LevelId a = instantiate(level.a, params, args, memo, work);
  const LevelId b = instantiate(level.b, params, args, memo, work);
  LevelId result = l;
  if (a != level.a || b != level.b) result = level.kind == LevelKind::kMax ? make_max(a, b) : make_imax(a, b);
  if (memoize) memo.emplace(l, result);
  return result;
}

LevelsId LevelStore::instantiate_list(LevelsId l, std::span<const NameId> params, std::span<const LevelId> args) {
  if (!list_has_param(l)) return l;
  constexpr std::size_t kInline = 8;
  LevelId few[kInline];
  std::vector<LevelId> many;
  const std::size_t count = list(l).size();
  if (count > kInline) many.resize(count);
  LevelId* out = count > kInline ? many.data() : few;
  for (std::size_t i = 0; i < count; ++i) out[i] = instantiate(list(l)[i], params, args);
  return list(std::span<const LevelId>(out, count));
}

bool LevelStore::is_never_zero(LevelId l) const { return (*this)[l].never_zero; }

bool LevelStore::is_explicit(LevelId l) const { return base(l) == kLevelZero; }

NameId LevelStore::undefined_param(LevelId root, std::span<const NameId> params) const {
  if (!(*this)[root].has_param) return kNone;
  std::vector<LevelId> todo{root};
  std::unordered_set<LevelId> seen;
  while (!todo.empty()) {
    const LevelId l = base(todo.back());
    todo.pop_back();
    const Level& level = (*this)[l];
    if (!level.has_param) continue;
    if (level.kind == LevelKind::kParam) {
      if (std::find(params.begin(), params.end(), level.a) == params.end()) return level.a;
    } else if (level.depth <= kSmallDepth || seen.insert(l).second) {
      todo.push_back(level.b);
      todo.push_back(level.a);
    }
  }
  return kNone;
}

// --- comparison --------------------------------------------------------------------------------------------
// The official kernel's normal forms, step by step: a level is equal to what has the same one. They are not canonical
// (imax u (v+1) becomes a max whose arguments are not sorted), and what they miss is missed here too.

int LevelStore::compare_names(NameId l, NameId r) const {
  if (l == r) return 0;
  if (!names_) return l < r ? -1 : 1;
  std::vector<NameId> left, right;  // from the last component to the first
  for (; l != kAnonymous; l = names_->prefix(l)) left.push_back(l);
  for (; r != kAnonymous; r = names_->prefix(r)) right.push_back(r);
  while (!left.empty() && !right.empty()) {
    const NameId x = left.back();
    const NameId y = right.back();
    left.pop_back();
    right.pop_back();
    if (x == y) continue;
    if (names_->is_numeral(x) != names_->is_numeral(y)) return names_->is_numeral(x) ? -1 : 1;
    if (names_->is_numeral(x)) {
      if (names_->number(x) != names_->number(y)) return names_->number(x) < names_->number(y) ? -1 : 1;
    } else {
      const int order = names_->text(x).compare(names_->text(y));
      if (order != 0) return order < 0 ? -1 : 1;
    }
  }
  return left.empty() ? (right.empty() ? 0 : -1) : 1;
}

// A total order in which succ(l) comes right after l.
bool LevelStore::less(LevelId l, LevelId r) const {
  for (;;) {
    if (l == r) return false;
    const LevelId x = base(l);
    const LevelId y = base(r);
    if (x == y) return offset(l) < offset(r);
    const Level& a = (*this)[x];
    const Level& b = (*this)[y];
    if (a.kind != b.kind) {
      // zero, max, imax, parameter
      return a.kind < b.kind;
    }
    if (a.kind == LevelKind::kParam) return compare_names(a.a, b.a) < 0;
    if (a.a != b.a) {
      l = a.a;
      r = b.a;
    } else {
      l = a.b;
      r = b.b;
    }
  }
}

LevelId LevelStore::normalize(LevelId l) {
  Work work;
  return normalize(l, work);
}

LevelId LevelStore::normalize(LevelId l, Work& work) {
  const LevelId below = base(l);
  const LevelKind kind = (*this)[below].kind;
  if (kind == LevelKind::kZero || kind == LevelKind::kParam) return l;
  const auto known = normal_.find(l);
  if (known != normal_.end()) return known->second;
  const Work::Deeper deeper(work);
  LevelId result = kNone;
  if (kind == LevelKind::kIMax) {
    const LevelId a = normalize((*this)[below].a, work);
    const LevelId b = normalize((*this)[below].b, work);
    const std::uint32_t successors = offset(l);
    work.step(successors);
    result = add_offset(make_imax(a, b), successors);
  } else {
    result = normalize_max(l, work);
  }
  if (normal_.size() >= kMaxMemo) normal_.clear();
  normal_.emplace(l, result);
  return result;
}

// Appends the arguments of nested maxima, from left to right; without repetitions where there may be many (a repeated
// argument changes nothing, and a level of n nodes can have 2^n).
void LevelStore::push_max_args(LevelId l, std::vector<LevelId>& out, Work& work) const {
  if ((*this)[l].kind != LevelKind::kMax) {
    out.push_back(l);
    return;
  }
  const bool small = (*this)[l].depth <= kSmallDepth;
  std::unordered_set<LevelId> seen;
  std::vector<LevelId> todo{l};
  while (!todo.empty()) {
    const LevelId next = todo.back();
    todo.pop_back();
    if (!small && !seen.insert(next).second) continue;
    work.step();
    const Level& level = (*this)[next];
    if (level.kind == LevelKind::kMax) {
      todo.push_back(level.b);
      todo.push_back(level.a);
    } else {
      out.push_back(next);
    }
  }
}

LevelId LevelStore::normalize_max(LevelId l, Work& work) {
  const std::uint32_t successors = offset(l);
  std::vector<LevelId> todo;
  std::vector<LevelId> args;
  push_max_args(base(l), todo, work);
  for (const LevelId a : todo) push_max_args(normalize(a, work), args, work);
  std::sort(args.begin(), args.end(), [this](LevelId x, LevelId y) { return less(x, y); });
  args.erase(std::unique(args.begin(), args.end()), args.end());
  // Numerals come first, by size: the largest stays, unless a successor^k of something else is as large in any case.
  std::size_t i = 0;
  if (is_explicit(args[0])) {
    while (i + 1 < args.size() && is_explicit(args[i + 1])) ++i;
    const std::uint32_t numeral = offset(args[i]);
    const auto rest = args.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (std::any_of(rest, args.end(), [&](LevelId a) { return offset(a) >= numeral; })) ++i;
  }
  // Of several successors of the same level the last is the largest.
  std::vector<LevelId>& kept = todo;
  kept.clear();
  for (; i < args.size(); ++i) {
    if (!kept.empty() && base(kept.back()) == base(args[i])) {
      kept.back() = args[i];
    } else {
      kept.push_back(args[i]);
    }
  }
  work.step(kept.size() * (std::size_t{successors} + 1));
  for (LevelId& a : kept) a = add_offset(a, successors);
  LevelId result = kept.back();
  for (std::size_t k = kept.size() - 1; k-- > 0;) result = make_max(kept[k], result);
  return result;
}

bool LevelStore::equal(LevelId l, LevelId r) {
  if (l == r) return true;
  Work work;
  return normalize(l, work) == normalize(r, work);
}

bool LevelStore::lists_equal(LevelsId l, LevelsId r) {
  if (l == r) return true;
  const std::size_t count = list(l).size();
  if (count != list(r).size()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!equal(list(l)[i], list(r)[i])) return false;
  }
  return true;
}

bool LevelStore::geq(LevelId l, LevelId r) {
  Work work;
  return geq(l, r, work);
}

bool LevelStore::geq(LevelId l, LevelId r, Work& work) {
  const LevelId x = normalize(l, work);
  const LevelId y = normalize(r, work);
  if (x == y || y == kLevelZero) return true;
  const std::uint64_t key = static_cast<std::uint64_t>(x) << 32 | y;
  const auto known = geq_.find(key);
  if (known != geq_.end()) return known->second;
  const Work::Deeper deeper(work);
  const bool result = geq_normal(x, y, work);
  if (geq_.size() >= kMaxMemo) geq_.clear();
  geq_.emplace(key, result);
  return result;
}

bool LevelStore::geq_normal(LevelId l, LevelId r, Work& work) {
  const Level x = (*this)[l];
  const Level y = (*this)[r];
  if (y.kind == LevelKind::kMax) return geq(l, y.a, work) && geq(l, y.b, work);
  if (x.kind == LevelKind::kMax && (geq(x.a, r, work) || geq(x.b, r, work))) return true;
  if (y.kind == LevelKind::kIMax) return geq(l, y.a, work) && geq(l, y.b, work);
  if (x.kind == LevelKind::kIMax) return geq(x.b, r, work);
  const LevelId below_l = base(l);
  const LevelId below_r = base(r);
  if (below_l == below_r || below_r == kLevelZero) return offset(l) >= offset(r);
  if (offset(l) == offset(r) && offset(l) > 0) return geq(below_l, below_r, work);
  return false;
}

// --- printing ----------------------------------------------------------------------------------------------

std::string LevelStore::to_string(LevelId root, const NameTable& names) const {
  // What is still to be written, the next one last: a level, or text where that is not empty.
  struct Piece {
    LevelId level;
    std::string text;
    bool nested;  // an argument: in parentheses unless it is one word
  };
  std::vector<Piece> todo;
  todo.push_back({root, "", false});
  std::string out;
  while (!todo.empty()) {
    if (out.size() > kMaxPrinted) return out + "…";
    const Piece piece = std::move(todo.back());
    todo.pop_back();
    if (!piece.text.empty()) {
      out += piece.text;
      continue;
    }
    const LevelId below = base(piece.level);
    const std::uint32_t successors = offset(piece.level);
    const Level& level = (*this)[below];
    if (level.kind == LevelKind::kZero) {
      out += std::to_string(successors);
      continue;
    }
    if (level.kind == LevelKind::kParam && successors == 0) {
      out += names.to_string(level.a);
      continue;
    }
    if (piece.nested) {
      out += '(';
      todo.push_back({0, ")", false});
    }
    if (successors > 0) {
      todo.push_back({0, "+" + std::to_string(successors), false});
      todo.push_back({below, "", true});
    } else {
      out += level.kind == LevelKind::kMax ? "max " : "imax ";
      todo.push_back({level.b, "", true});
      todo.push_back({0, " ", false});
      todo.push_back({level.a, "", true});
    }
  }
  return out;
}

std::size_t LevelStore::bytes() const {
  return levels_.capacity() * sizeof(Level) + table_.capacity() * sizeof(std::uint32_t) +
         lists_.capacity() * sizeof(List) + items_.capacity() * sizeof(LevelId) +
         list_table_.capacity() * sizeof(std::uint32_t) + (normal_.size() + geq_.size()) * 32;
}

}  // namespace verikit::lean
