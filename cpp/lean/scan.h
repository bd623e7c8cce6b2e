// The walk over a declaration's terms before anything is computed with them: what they mention exists, was declared
// before, takes that many universe arguments, is safe enough; universe parameters are declared; nothing is loose.
#pragma once

#include <cstdint>
#include <vector>

#include "lean/environment.h"
#include "lean/primitives.h"
#include "lean/rejection.h"
#include "lean/zero_array.h"

namespace verikit::lean {

// Which constants of its own declaration a term may mention.
enum class Own : std::uint8_t { kNothing, kInductiveTypes, kAll };

class Scanner {
 public:
  // requires: env does not change; primitives are its.
  Scanner(const Environment& env, Primitives& primitives);
  // Each throws Rejection.
  void scan_type(DeclarationId id, const Constant& c, Own own) { scan(id, c, c.type, own); }
  void scan_value(DeclarationId id, const Constant& c, Own own) { scan(id, c, c.value, own); }
  // Types, constructors, recursors and rules of a block.
  void scan_inductive(DeclarationId id);

 private:
  void scan(DeclarationId id, const Constant& c, TermId root, Own own);
  void check_literal(DeclarationId id, bool usual, std::uint32_t rank, const char* what);
  void check_constant(DeclarationId id, const Constant& in, NameId name, Own own);

  const Environment& env_;
  Primitives& primitives_;
  ZeroArray seen_;  // by term: the stamp of the last walk that met it
  std::uint32_t stamp_ = 0;
  std::vector<TermId> todo_;
};

}  // namespace verikit::lean
