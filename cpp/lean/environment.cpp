#include "lean/environment.h"

#include <utility>

namespace verikit::lean {

Environment::Environment() = default;

ConstantId Environment::add(Constant constant) {
  const auto id = static_cast<ConstantId>(constants_.size());
  if (constant.name >= by_name_.size()) by_name_.resize(std::max<std::size_t>(constant.name + 1, by_name_.size() * 2), kNone);
  if (by_name_[constant.name] == kNone) {
    by_name_[constant.name] = id;
  } else {
    duplicates_.push_back(id);
  }
  constants_.push_back(std::move(constant));
  return id;
}

std::uint32_t Environment::add(InductiveInfo info) {
  inductives_.push_back(std::move(info));
  return static_cast<std::uint32_t>(inductives_.size() - 1);
}

std::uint32_t Environment::add(ConstructorInfo info) {
  constructors_.push_back(info);
  return static_cast<std::uint32_t>(constructors_.size() - 1);
}

std::uint32_t Environment::add(RecursorInfo info) {
  recursors_.push_back(std::move(info));
  return static_cast<std::uint32_t>(recursors_.size() - 1);
}

DeclarationId Environment::declare(DeclarationKind kind, std::vector<ConstantId> constants) {
  const auto id = static_cast<DeclarationId>(declarations_.size());
  for (const ConstantId c : constants) constants_[c].declaration = id;
  declarations_.push_back({kind, std::move(constants), id});
  return id;
}

ConstantId Environment::find(std::string_view dotted) const {
  const NameId name = names().find(dotted);
  return name == kNone ? kNone : find(name);
}

}  // namespace verikit::lean
