// Operators that only move data: they compose index maps.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// Sizes of what lies before, at and behind an axis.
struct Around {
  Index outer = 1, size = 1, inner = 1;
  Around(const Shape& shape, std::size_t axis) : size(shape[axis]) {
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (d < axis) outer *= shape[d];
      if (d > axis) inner *= shape[d];
    }
  }
};

// Takes the elements `picks` along one axis; -1 picks the fill.
Value take(Builder& builder, const Call& call, const Value& value, std::size_t axis, const std::vector<Index>& picks,
           double fill = 0.0) {
  Shape shape = value.shape;
  shape[axis] = static_cast<Index>(picks.size());
  const Around around(value.shape, axis);
  Indices from(at(builder.checked_count(call, shape)));
  std::size_t k = 0;
  for (Index outer = 0; outer < around.outer; ++outer) {
    for (const Index pick : picks) {
      for (Index inner = 0; inner < around.inner && k < from.size(); ++inner) {
        from[k++] = pick < 0 ? -1 : static_cast<std::int32_t>((outer * around.size + pick) * around.inner + inner);
      }
    }
  }
  return builder.gather(call, value, std::move(shape), std::move(from), fill);
}

Values lower_identity(Builder&, Call& call) { return {call.input(0)}; }

Values lower_dropout(Builder&, Call& call) {
  call.ignore("seed");
  if (call.opset() < 12) {
    call.ignore("ratio");
  } else if (call.has(2)) {
    const Value& training = call.input(2);
    if (!training.is_constant() || training.constant->ints.size() != 1 || training.constant->ints[0] != 0) {
      call.unsupported("training mode; export the model for inference");
    }
  }
  return {call.input(0)};
}

Values lower_flatten(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const auto rank = static_cast<std::int64_t>(x.shape.size());
  std::int64_t axis = call.integer("axis", 1);
  if (axis < -rank || axis > rank) call.malformed("axis " + std::to_string(axis) + " is out of range");
  if (axis < 0) axis += rank;
  Index rows = 1, columns = 1;
  for (std::size_t d = 0; d < x.shape.size(); ++d) (static_cast<std::int64_t>(d) < axis ? rows : columns) *= x.shape[d];
  return {builder.reshape(x, {rows, columns})};
}

Values lower_reshape(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const bool allow_zero = call.opset() >= 14 && call.integer("allowzero", 0) != 0;
  Shape shape = call.constant_integers(1);
  Index known = 1;
  std::optional<std::size_t> open;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0 && !allow_zero) {
      if (d >= x.shape.size()) call.malformed("dimension " + std::to_string(d) + " of " + show(shape) + " copies one that is not there");
      shape[d] = x.shape[d];
    }
    if (shape[d] == -1) {
      if (open) call.malformed("two dimensions of the new shape are -1");
      open = d;
      continue;
    }
    if (shape[d] < 0) call.malformed("the new shape has a negative dimension");
    if (shape[d] > 0 && known > std::numeric_limits<Index>::max() / shape[d]) call.malformed("the new shape " + show(shape) + " is too large");
    known *= shape[d];
  }
  const Index count = x.count();
  if (open) {
    if (known == 0 || count % known != 0) call.malformed("cannot be reshaped to " + show(shape));
    shape[*open] = count / known;
  } else if (known != count) {
    call.malformed("cannot be reshaped to " + show(shape));
  }
  return {builder.reshape(x, std::move(shape))};
}

Values lower_transpose(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const std::size_t rank = x.shape.size();
  std::vector<std::size_t> order(rank);
  for (std::size_t d = 0; d < rank; ++d) order[d] = rank - 1 - d;
  if (const auto perm = call.integers("perm")) {
    std::vector<bool> seen(rank, false);
    if (perm->size() != rank) call.malformed("perm must have one entry per dimension");
    for (std::size_t d = 0; d < rank; ++d) {
      order[d] = call.axis((*perm)[d], rank);
      if (seen[order[d]]) call.malformed("perm names a dimension twice");
      seen[order[d]] = true;
    }
  }
  return {builder.permute(call, x, order)};
}

Values lower_squeeze(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const auto axes = call.integers_from(1, "axes", 13);
  std::vector<bool> drop(x.shape.size(), false);
  for (std::size_t d = 0; d < x.shape.size() && !axes; ++d) drop[d] = x.shape[d] == 1;
  if (axes) {
    for (const std::int64_t a : *axes) {
      const std::size_t d = call.axis(a, x.shape.size());
      if (x.shape[d] != 1) call.malformed("dimension " + std::to_string(d) + " is not 1 and cannot be squeezed");
      drop[d] = true;
    }
  }
  Shape shape;
  for (std::size_t d = 0; d < x.shape.size(); ++d) {
    if (!drop[d]) shape.push_back(x.shape[d]);
  }
  return {builder.reshape(x, std::move(shape))};
}

Values lower_unsqueeze(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const auto axes = call.integers_from(1, "axes", 13);
  if (!axes) call.malformed("axes are missing");
  if (axes->size() > 64) call.malformed("too many axes");
  const std::size_t rank = x.shape.size() + axes->size();
  std::vector<bool> fresh(rank, false);
  for (const std::int64_t a : *axes) {
    const std::size_t d = call.axis(a, rank);
    if (fresh[d]) call.malformed("axis " + std::to_string(a) + " comes twice");
    fresh[d] = true;
  }
  Shape shape(rank, 1);
  std::size_t next = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    if (!fresh[d]) shape[d] = x.shape[next++];
  }
  return {builder.reshape(x, std::move(shape))};
}

Values lower_expand(Builder& builder, Call& call) {
  const Shape shape = broadcast_shape(call, call.input(0).shape, call.constant_integers(1));
  return {builder.broadcast(call, call.input(0), shape)};
}

Values lower_concat(Builder& builder, Call& call) {
  const Value& first = call.input(0);
  if (!call.has_attribute("axis")) call.malformed("attribute 'axis' is missing");
  const std::size_t axis = call.axis(call.integer("axis", 0), first.shape.size());
  Shape shape = first.shape;
  shape[axis] = 0;
  std::vector<Value> parts;
  bool all_constant = true;
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    const Value& part = call.input(i);
    Shape same = part.shape;
    if (same.size() == shape.size()) same[axis] = first.shape[axis];
    if (same != first.shape || part.dtype != first.dtype) {
      call.malformed("input " + std::to_string(i) + " has a shape or type that does not fit the first");
    }
    shape[axis] += part.shape[axis];
    all_constant = all_constant && part.is_constant();
    if (part.count() > 0) parts.push_back(part);
  }
  const Index count = builder.checked_count(call, shape);
  if (parts.empty()) return {first};
  const Index inner = Around(shape, axis).inner;
  const Index outer = Around(shape, axis).outer;

  // Where each part's elements go in one flat storage: views of one node stay views, else storages follow
  // each other.
  std::vector<NodeId> nodes;
  std::vector<Index> starts;
  Tensor joined;
  joined.dtype = first.dtype;
  Index storage = 0;
  bool one_node = !all_constant;
  for (Value& part : parts) {
    starts.push_back(storage);
    if (all_constant) {
      joined.reals.insert(joined.reals.end(), part.constant->reals.begin(), part.constant->reals.end());
      joined.ints.insert(joined.ints.end(), part.constant->ints.begin(), part.constant->ints.end());
      storage += part.count();
      continue;
    }
    one_node = one_node && !part.is_constant() && part.node == parts.front().node;
  }
  if (one_node) {
    for (const Value& part : parts) one_node = one_node && builder.is_injective(part);
  }
  if (!all_constant && !one_node) {
    starts.clear();
    for (Value& part : parts) {
      part = builder.as_bijective(call, part);
      starts.push_back(storage);
      nodes.push_back(part.node);
      storage += builder.size_of(part.node);
    }
  }
  Indices map(at(count));
  Index behind = 0;  // elements of earlier parts in one outer row
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const Index row = parts[p].shape[axis] * inner;
    for (Index o = 0; o < outer; ++o) {
      for (Index k = 0; k < row; ++k) {
        const Index i = o * row + k;
        const Index place = all_constant ? i : parts[p].at(i);
        map[at(o * shape[axis] * inner + behind + k)] = static_cast<std::int32_t>((one_node ? 0 : starts[p]) + place);
      }
    }
    behind += row;
  }
  if (all_constant) {
    joined.shape = {storage};
    const Value flat = builder.constant(call, std::move(joined));
    return {builder.gather(call, flat, std::move(shape), std::move(map))};
  }
  if (one_node) {
    Value out = parts.front();
    out.shape = std::move(shape);
    builder.charge(call, count);
    out.map = make_map(std::move(map), builder.size_of(out.node));
    out.exclusive = false;
    return {out};
  }
  Map view = make_map(std::move(map), storage);
  return {builder.value(call, ConcatOp{}, std::move(nodes), std::move(shape), first.dtype, std::move(view))};
}

Values lower_split(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const std::size_t axis = call.axis(call.integer("axis", 0), x.shape.size());
  const auto given = call.integers_from(1, "split", 13);
  auto parts = static_cast<std::int64_t>(call.outputs());
  if (call.opset() >= 18 && call.has_attribute("num_outputs")) {
    if (given) call.malformed("both sizes and num_outputs are given");
    const std::int64_t wanted = call.integer("num_outputs", 0);
    if (wanted != parts) call.malformed("num_outputs is not the number of outputs");
  }
  Shape sizes;
  const Index whole = x.shape[axis];
  if (given) {
    sizes = *given;
    Index sum = 0;
    for (const Index size : sizes) {
      if (size < 0 || size > whole) call.malformed("a part has size " + std::to_string(size));
      sum += size;
    }
    if (sum != whole || static_cast<std::int64_t>(sizes.size()) != parts) {
      call.malformed("the parts' sizes do not add up to dimension " + std::to_string(axis));
    }
  } else {
    // The last part is smaller where the division leaves a rest (operator set 18 and later).
    const Index each = (whole + parts - 1) / parts;
    if (whole % parts != 0 && (call.opset() < 18 || each * (parts - 1) > whole)) {
      call.malformed("dimension " + std::to_string(axis) + " does not split into " + std::to_string(parts) + " equal parts");
    }
    for (std::int64_t p = 0; p < parts; ++p) sizes.push_back(std::min(each, whole - each * p));
  }
  Values out;
  Index start = 0;
  for (const Index size : sizes) {
    std::vector<Index> picks(at(size));
    for (Index k = 0; k < size; ++k) picks[at(k)] = start + k;
    out.push_back(take(builder, call, x, axis, picks));
    out.back().exclusive = out.back().exclusive && sizes.size() == 1;
    start += size;
  }
  return out;
}

Values lower_slice(Builder& builder, Call& call) {
  Value x = call.input(0);
  const std::size_t rank = x.shape.size();
  const auto starts = call.integers_from(1, "starts", 10);
  const auto ends = call.integers_from(2, "ends", 10);
  auto axes = call.integers_from(3, "axes", 10);
  std::optional<Shape> steps;
  if (call.opset() >= 10 && call.has(4)) steps = call.constant_integers(4);
  if (!starts || !ends || starts->size() != ends->size()) call.malformed("starts and ends must have the same length");
  if (!axes) {
    axes.emplace();
    for (std::size_t d = 0; d < starts->size(); ++d) axes->push_back(static_cast<std::int64_t>(d));
  }
  if (!steps) steps = Shape(starts->size(), 1);
  if (axes->size() != starts->size() || steps->size() != starts->size()) {
    call.malformed("starts, ends, axes and steps must have the same length");
  }
  std::vector<bool> seen(rank, false);
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const std::size_t d = call.axis((*axes)[i], rank);
    if (seen[d]) call.malformed("axis " + std::to_string(d) + " comes twice");
    seen[d] = true;
    const Index size = x.shape[d];
    const Index step = (*steps)[i];
    if (step == 0) call.malformed("a step is 0");
    if (size == 0) continue;
    const auto clamp = [&](Index v, Index low, Index high) {
      if (v < 0) v = v < -size ? low : v + size;
      return std::clamp(v, low, high);
    };
    const Index first = step > 0 ? clamp((*starts)[i], 0, size) : clamp((*starts)[i], 0, size - 1);
    const Index last = step > 0 ? clamp((*ends)[i], 0, size) : clamp((*ends)[i], -1, size - 1);
    std::vector<Index> picks;
    // Steps past the dimension would overflow; they end the slice just the same.
    const Index stride = std::clamp(step, -size - 1, size + 1);
    for (Index k = first; stride > 0 ? k < last : k > last; k += stride) picks.push_back(k);
    x = take(builder, call, x, d, picks);
  }
  return {x};
}

Values lower_gather(Builder& builder, Call& call) {
  const Value& x = call.input(0);
  const std::size_t axis = call.axis(call.integer("axis", 0), x.shape.size());
  const std::vector<std::int64_t>& indices = call.constant_integers(1);
  std::vector<Index> picks;
  for (const std::int64_t i : indices) {
    if (i < -x.shape[axis] || i >= x.shape[axis]) call.malformed("index " + std::to_string(i) + " is out of range");
    picks.push_back(i < 0 ? i + x.shape[axis] : i);
  }
  Shape shape(x.shape.begin(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  const Shape& middle = call.input(1).shape;
  shape.insert(shape.end(), middle.begin(), middle.end());
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.shape.end());
  return {builder.reshape(take(builder, call, x, axis, picks), std::move(shape))};
}

Values lower_pad(Builder& builder, Call& call) {
  Value x = call.input(0);
  const std::string mode = call.text("mode", "constant");
  if (mode != "constant") call.unsupported("mode " + quote(mode) + "; only 'constant' is handled");
  const auto pads = call.integers_from(1, "pads", 11);
  double fill = 0.0;
  if (call.opset() < 11) {
    fill = call.real("value", 0.0);
  } else if (call.has(2)) {
    const Value& given = call.input(2);
    if (!given.is_constant() || given.count() != 1 || given.dtype != x.dtype) {
      call.unsupported("the value to pad with must be one constant of the input's type");
    }
    fill = given.constant->is_real() ? given.constant->reals.at(0) : static_cast<double>(given.constant->ints.at(0));
  }
  if (x.is_constant() && !x.constant->is_real() && !(std::fabs(fill) <= 0x1p53)) {
    call.unsupported("padding integers with so large a value");
  }
  Shape axes;
  if (call.opset() >= 18 && call.has(3)) {
    axes = call.constant_integers(3);
  } else {
    for (std::size_t d = 0; d < x.shape.size(); ++d) axes.push_back(static_cast<std::int64_t>(d));
  }
  if (!pads || pads->size() != 2 * axes.size()) call.malformed("pads must have two entries per padded dimension");
  std::vector<bool> seen(x.shape.size(), false);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t d = call.axis(axes[i], x.shape.size());
    if (seen[d]) call.malformed("axis " + std::to_string(d) + " comes twice");
    seen[d] = true;
    const Index before = (*pads)[i], after = (*pads)[i + axes.size()], size = x.shape[d];
    if (before == 0 && after == 0) continue;
    constexpr Index kHuge = Index{1} << 31;
    if (before < -size || after < -size || before > kHuge || after > kHuge || before + after + size < 0) {
      call.malformed("pads of " + std::to_string(before) + " and " + std::to_string(after) + " are out of range");
    }
    Shape shape = x.shape;
    shape[d] = before + size + after;
    (void)builder.checked_count(call, shape);
    std::vector<Index> picks;
    for (Index k = 0; k < shape[d]; ++k) {
      const Index source = k - before;
      picks.push_back(source >= 0 && source < size ? source : -1);
    }
    x = take(builder, call, x, d, picks, fill);
  }
  return {x};
}

}  // namespace

const std::vector<Operator>& movement_operators() {
  static const std::vector<Operator> table = {
      {"Identity", lower_identity, 1, 1},   {"Dropout", lower_dropout, 1, 3},
      {"Flatten", lower_flatten, 1, 1},     {"Reshape", lower_reshape, 2, 2},
      {"Transpose", lower_transpose, 1, 1}, {"Squeeze", lower_squeeze, 1, 2},
      {"Unsqueeze", lower_unsqueeze, 1, 2}, {"Expand", lower_expand, 2, 2},
      {"Concat", lower_concat, 1, 1000000}, {"Split", lower_split, 1, 2},
      {"Slice", lower_slice, 1, 5},         {"Gather", lower_gather, 2, 2},
      {"Pad", lower_pad, 1, 4},
  };
  return table;
}

}  // namespace verikit::bounds::lowering
