// An order for declarations of a source that has none.
#pragma once

#include "lean/environment.h"

namespace verikit::lean {

// Sets every declaration's rank so that it comes after all that it mentions, otherwise in the order of their ids. What
// mentions itself through others cannot be so ordered: in a circle some declaration comes before what it mentions, and
// the checker refuses it. requires: every constant is loaded, and belongs to a declaration or is a duplicate.
void rank_by_dependency(Environment& env);

}  // namespace verikit::lean
