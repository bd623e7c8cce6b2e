#include "lean/rank.h"

#include <algorithm>

#include "lean/term_walks.h"
#include "lean/zero_array.h"

namespace verikit::lean {
namespace {

class Mentioned {
 public:
  explicit Mentioned(const Environment& env) : env_(env), seen_(env.terms().size()) {}

  // The declarations that one mentions, each once, ascending.
  std::vector<DeclarationId> of(DeclarationId id) {
    ++stamp_;
    found_.clear();
    for (const ConstantId c : env_.declaration(id).constants) {
      const Constant& constant = env_.constant(c);
      walk(constant.type);
      if (constant.value != kNone) walk(constant.value);
      if (constant.kind == ConstantKind::kRecursor) {
        for (const RecursorRule& rule : env_.recursor(constant).rules) walk(rule.rhs);
      }
    }
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return found_;
  }

 private:
  void visit(TermId t) {
    if (seen_[t] == stamp_) return;
    seen_[t] = stamp_;
    todo_.push_back(t);
  }
  void mention(NameId name) {
    const ConstantId c = env_.find(name);
    if (c != kNone && env_.constant(c).declaration != kNone) found_.push_back(env_.constant(c).declaration);
  }
  void walk(TermId root) {
    visit(root);
    while (!todo_.empty()) {
      const Node& n = env_.terms()[todo_.back()];
      todo_.pop_back();
      if (n.kind == Kind::kConst || n.kind == Kind::kProj) mention(n.a);
      if (n.kind == Kind::kNat || n.kind == Kind::kBigNat) mention_text("Nat");
      if (n.kind == Kind::kString) {
        for (const char* name : {"Nat", "String", "String.mk", "String.ofList", "Char", "Char.ofNat", "List"}) mention_text(name);
      }
      each_part(n, [this](TermId part) { visit(part); });
    }
  }
  void mention_text(const char* name) {
    const NameId id = env_.names().find(name);
    if (id != kNone) mention(id);
  }

  const Environment& env_;
  ZeroArray seen_;
  std::uint32_t stamp_ = 0;
  std::vector<TermId> todo_;
  std::vector<DeclarationId> found_;
};

}  // namespace

void rank_by_dependency(Environment& env) {
  struct Frame {
    DeclarationId id;
    std::vector<DeclarationId> mentions;
    std::size_t next = 0;
  };
  Mentioned mentioned(env);
  std::vector<bool> entered(env.num_declarations(), false);
  std::vector<Frame> path;
  std::uint32_t rank = 0;
  for (DeclarationId root = 0; root < env.num_declarations(); ++root) {
    if (entered[root]) continue;
    entered[root] = true;
    path.push_back({root, mentioned.of(root)});
    while (!path.empty()) {
      Frame& frame = path.back();
      if (frame.next == frame.mentions.size()) {
        env.declaration(frame.id).rank = rank++;
        path.pop_back();
        continue;
      }
      const DeclarationId next = frame.mentions[frame.next++];
      if (entered[next]) continue;
      entered[next] = true;
      path.push_back({next, mentioned.of(next)});
    }
  }
}

}  // namespace verikit::lean
