#include "lean/terms.h"

#include <algorithm>

#include "base/error.h"
#include "lean/big_nat.h"
#include "lean/hash.h"

namespace verikit::lean {
namespace {

constexpr std::uint32_t kMaxTerms = 0x7FFFFFFE;
constexpr std::uint64_t kTag = 0xFFFFFFFF00000000;
constexpr std::uint32_t kMaxLoose = 0xFFFFFFF0;

std::uint64_t hash_node(Kind kind, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return mix(static_cast<std::uint64_t>(a) << 32 | b, static_cast<std::uint64_t>(kind) << 56 | c);
}

std::uint8_t weigh(std::uint32_t w) { return static_cast<std::uint8_t>(std::min<std::uint32_t>(w, 255)); }

// Loose variables of a body seen from outside its binder.
std::uint32_t under(std::uint32_t loose) { return loose == 0 ? 0 : loose - 1; }

}  // namespace

struct TermStore::BigNats {
  std::uint32_t first = 0;
  std::vector<BigNat> values;
  std::unordered_multimap<std::size_t, std::uint32_t> by_hash;
};

TermStore::TermStore(const TermStore* base)
    : base_(base),
      base_nodes_(base ? base->nodes_.data() : nullptr),
      first_(base ? static_cast<std::uint32_t>(base->size()) : 0),
      table_(1024, 0),
      names_(base ? base->names_ : &own_names_),
      levels_(base ? &base->levels_ : nullptr, names_),
      big_(std::make_unique<BigNats>()),
      first_string_(base ? static_cast<std::uint32_t>(base->strings_.size()) : 0) {
  if (base) big_->first = static_cast<std::uint32_t>(base->big_->values.size());
  if (base && base->base_) fail(ErrorCode::kInternal, "an extension of an extension of a term store");
}

TermStore::~TermStore() = default;

TermId TermStore::lookup(const Node& n, std::uint64_t hash) const {
  const std::size_t wrap = table_.size() - 1;
  for (std::size_t i = hash & wrap;; i = (i + 1) & wrap) {
    const std::uint64_t entry = table_[i];
    if (entry == 0) return kNone;
    if (((entry ^ hash) >> 32) != 0) continue;
    const TermId id = static_cast<TermId>(entry) - 1;
    const Node& m = nodes_[id - first_];
    if (m.a == n.a && m.b == n.b && m.c == n.c && m.kind == n.kind) return id;
  }
}

void TermStore::grow() {
  std::vector<std::uint64_t> bigger(table_.size() * 2, 0);
  table_.swap(bigger);
  const std::size_t wrap = table_.size() - 1;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& n = nodes_[i];
    const std::uint64_t hash = hash_node(n.kind, n.a, n.b, n.c);
    std::size_t s = hash & wrap;
    while (table_[s] != 0) s = (s + 1) & wrap;
    table_[s] = (hash & kTag) | (first_ + i + 1);
  }
}

// What has a part that the base does not have is not in the base.
bool TermStore::may_be_in_base(const Node& n) const {
  switch (n.kind) {
    case Kind::kFVar:
    case Kind::kClosure:
      return false;
    case Kind::kApp:
    case Kind::kLambda:
    case Kind::kPi:
      return n.a < first_ && n.b < first_;
    case Kind::kLet:
      return n.a < first_ && n.b < first_ && n.c < first_;
    case Kind::kProj:
      return n.c < first_;
    default:
      return true;
  }
}

void TermStore::use(TermId child) {
  Node& n = nodes_[child];
  n.shared = n.used;
  n.used = true;
}

TermId TermStore::intern(const Node& n) {
  const std::uint64_t hash = hash_node(n.kind, n.a, n.b, n.c);
  if (base_ != nullptr && may_be_in_base(n)) {
    const TermId found = base_->lookup(n, hash);
    if (found != kNone) return found;
  }
  const std::size_t wrap = table_.size() - 1;
  std::size_t i = hash & wrap;
  for (;; i = (i + 1) & wrap) {
    const std::uint64_t entry = table_[i];
    if (entry == 0) break;
    if (((entry ^ hash) >> 32) != 0) continue;
    const TermId id = static_cast<TermId>(entry) - 1;
    const Node& m = nodes_[id - first_];
    if (m.a == n.a && m.b == n.b && m.c == n.c && m.kind == n.kind) return id;
  }
  const std::size_t id = size();
  if (id >= kMaxTerms) fail(ErrorCode::kMemoryLimit, "more than 2^31 terms in one environment");
  nodes_.push_back(n);
  if (base_ == nullptr) {
    switch (n.kind) {
      case Kind::kLet:
        use(n.c);
        [[fallthrough]];
      case Kind::kApp:
      case Kind::kLambda:
      case Kind::kPi:
        use(n.a);
        use(n.b);
        break;
      case Kind::kProj:
        use(n.c);
        break;
      default:
        break;
    }
  }
  table_[i] = (hash & kTag) | (id + 1);
  if (nodes_.size() * 2 > table_.size()) grow();
  return static_cast<TermId>(id);
}

TermId TermStore::bvar(std::uint32_t index) {
  if (index >= kMaxLoose) fail(ErrorCode::kMemoryLimit, "a bound variable's index is beyond 2^32 - 16");
  Node n;
  n.kind = Kind::kBVar;
  n.a = index;
  n.loose = index + 1;
  n.mask = index < 64 ? std::uint64_t{1} << index : 0;
  return intern(n);
}

TermId TermStore::fvar(std::uint32_t level, TermId type) {
  Node n;
  n.kind = Kind::kFVar;
  n.a = level;
  n.b = type;
  n.fvars = level + 1;
  return intern(n);
}

TermId TermStore::sort(LevelId level) {
  Node n;
  n.kind = Kind::kSort;
  n.a = level;
  n.has_level_param = levels_[level].has_param;
  return intern(n);
}

TermId TermStore::constant(NameId name, LevelsId levels) {
  Node n;
  n.kind = Kind::kConst;
  n.a = name;
  n.b = levels;
  n.has_level_param = levels_.list_has_param(levels);
  return intern(n);
}

TermId TermStore::app(TermId fn, TermId arg) {
  const Node& f = (*this)[fn];
  const Node& x = (*this)[arg];
  Node n;
  n.kind = Kind::kApp;
  n.a = fn;
  n.b = arg;
  n.has_level_param = f.has_level_param || x.has_level_param;
  n.weight = weigh(1u + f.weight + x.weight);
  n.loose = std::max(f.loose, x.loose);
  n.fvars = std::max(f.fvars, x.fvars);
  n.mask = f.mask | x.mask;
  return intern(n);
}

TermId TermStore::lambda(TermId domain, TermId body, std::uint32_t binder) { return make(Kind::kLambda, domain, body, binder); }
TermId TermStore::pi(TermId domain, TermId body, std::uint32_t binder) { return make(Kind::kPi, domain, body, binder); }

TermId TermStore::make(Kind kind, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  switch (kind) {
    case Kind::kApp:
      return app(a, b);
    case Kind::kLambda:
    case Kind::kPi: {
      const Node& x = (*this)[a];
      const Node& y = (*this)[b];
      Node n;
      n.kind = kind;
      n.a = a;
      n.b = b;
      n.c = c;
      n.has_level_param = x.has_level_param || y.has_level_param;
      n.weight = weigh(1u + x.weight + y.weight);
      n.loose = std::max(x.loose, under(y.loose));
      n.fvars = std::max(x.fvars, y.fvars);
      // Bit 63 stands for what is beyond it in the body: a mask never misses a loose variable below 64.
      n.mask = x.mask | y.mask >> 1;
      if (y.loose > 64) n.mask |= std::uint64_t{1} << 63;
      return intern(n);
    }
    case Kind::kLet: {
      const Node& x = (*this)[a];
      const Node& v = (*this)[b];
      const Node& y = (*this)[c];
      Node n;
      n.kind = kind;
      n.a = a;
      n.b = b;
      n.c = c;
      n.has_level_param = x.has_level_param || v.has_level_param || y.has_level_param;
      n.weight = weigh(1u + x.weight + v.weight + y.weight);
      n.loose = std::max({x.loose, v.loose, under(y.loose)});
      n.fvars = std::max({x.fvars, v.fvars, y.fvars});
      n.mask = x.mask | v.mask | y.mask >> 1;
      if (y.loose > 64) n.mask |= std::uint64_t{1} << 63;
      return intern(n);
    }
    case Kind::kProj: {
      const Node& x = (*this)[c];
      Node n;
      n.kind = kind;
      n.a = a;
      n.b = b;
      n.c = c;
      n.has_level_param = x.has_level_param;
      n.weight = weigh(1u + x.weight);
      n.loose = x.loose;
      n.fvars = x.fvars;
      n.mask = x.mask;
      return intern(n);
    }
    case Kind::kBVar:
      return bvar(a);
    case Kind::kFVar:
      return fvar(a, b);
    case Kind::kSort:
      return sort(a);
    case Kind::kConst:
      return constant(a, b);
    case Kind::kNat:
    case Kind::kBigNat:
    case Kind::kString:
    case Kind::kClosure:
      break;
  }
  fail(ErrorCode::kInternal, "TermStore::make of a kind without children");
}

TermId TermStore::let(TermId type, TermId value, TermId body, NameId name) {
  const std::size_t before = size();
  const TermId id = make(Kind::kLet, type, value, body);
  if (id >= before) let_names_.emplace_back(id, name);
  return id;
}

TermId TermStore::proj(NameId structure_name, std::uint32_t field, TermId structure) {
  return make(Kind::kProj, structure_name, field, structure);
}

TermId TermStore::nat(std::uint64_t value) {
  Node n;
  n.kind = Kind::kNat;
  n.a = static_cast<std::uint32_t>(value);
  n.b = static_cast<std::uint32_t>(value >> 32);
  return intern(n);
}

TermId TermStore::nat(const BigNat& value) {
  if (value <= std::numeric_limits<std::uint64_t>::max()) return nat(value.convert_to<std::uint64_t>());
  const std::size_t hash = boost::multiprecision::hash_value(value);
  Node n;
  n.kind = Kind::kBigNat;
  for (const TermStore* store = this; store; store = store->base_) {
    const auto [begin, end] = store->big_->by_hash.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (store->big_->values[it->second - store->big_->first] == value) {
        n.a = it->second;
        return intern(n);
      }
    }
  }
  n.a = big_->first + static_cast<std::uint32_t>(big_->values.size());
  big_->values.push_back(value);
  big_->by_hash.emplace(hash, n.a);
  return intern(n);
}

TermId TermStore::string(std::string_view utf8) {
  const std::size_t hash = std::hash<std::string_view>{}(utf8);
  Node n;
  n.kind = Kind::kString;
  for (const TermStore* store = this; store; store = store->base_) {
    const auto [begin, end] = store->string_index_.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (store->strings_[it->second - store->first_string_] == utf8) {
        n.a = it->second;
        return intern(n);
      }
    }
  }
  n.a = first_string_ + static_cast<std::uint32_t>(strings_.size());
  strings_.emplace_back(utf8);
  string_index_.emplace(hash, n.a);
  return intern(n);
}

TermId TermStore::closure(TermId term, std::uint32_t environment, std::uint32_t fvars) {
  Node n;
  n.kind = Kind::kClosure;
  n.a = term;
  n.b = environment;
  n.fvars = fvars;
  n.weight = 255;
  return intern(n);
}

NameId TermStore::let_name(TermId id) const {
  if (id < first_) return base_->let_name(id);
  const auto at = std::lower_bound(let_names_.begin(), let_names_.end(), std::pair<TermId, NameId>{id, 0});
  return at != let_names_.end() && at->first == id ? at->second : kAnonymous;
}

const BigNat& TermStore::big_nat(std::uint32_t index) const {
  return index < big_->first ? base_->big_->values[index] : big_->values[index - big_->first];
}

BigNat TermStore::nat_value(TermId id) const {
  const Node& n = (*this)[id];
  if (n.kind == Kind::kBigNat) return big_nat(n.a);
  return BigNat(static_cast<std::uint64_t>(n.b) << 32 | n.a);
}

std::string_view TermStore::string_value(TermId id) const {
  const std::uint32_t index = (*this)[id].a;
  return index < first_string_ ? base_->strings_[index] : strings_[index - first_string_];
}

void TermStore::reset() {
  // A table that one hard declaration blew up would cost every later one: give it back.
  if (table_.size() > (std::size_t{1} << 16)) {
    std::vector<std::uint64_t>(1024, 0).swap(table_);
    std::vector<Node>().swap(nodes_);
  } else {
    std::fill(table_.begin(), table_.end(), 0);
    nodes_.clear();
  }
  big_->values.clear();
  strings_.clear();
  big_->by_hash.clear();
  string_index_.clear();
  let_names_.clear();
  levels_.reset();
}

void TermStore::reserve(std::size_t nodes) {
  nodes_.reserve(nodes);
  std::size_t slots = table_.size();
  while (slots < nodes * 2) slots *= 2;
  if (slots > table_.size()) {
    table_.assign(slots / 2, 0);
    grow();
  }
}

std::size_t TermStore::bytes() const {
  std::size_t sum = nodes_.capacity() * sizeof(Node) + table_.capacity() * sizeof(std::uint64_t) + levels_.bytes();
  for (const BigNat& n : big_->values) sum += n.backend().size() * sizeof(boost::multiprecision::limb_type);
  for (const std::string& s : strings_) sum += s.capacity();
  if (names_ == &own_names_) sum += own_names_.bytes();
  return sum;
}

}  // namespace verikit::lean
