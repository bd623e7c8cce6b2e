#include "bounds/search_root.h"

#include <map>
#include <utility>

#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

// With more boxes than this the network is not restricted to each of them.
constexpr std::size_t kRestrictedBoxes = 64;

std::pair<double, double> outward(const Rational& lower, const Rational& upper, DType dtype, bool class_f) {
  double l = round_down<double>(lower), u = round_up<double>(upper);
  if (class_f) {
    double tiny = kTiny<double>;
    if (dtype == DType::kFloat32) {
      l = static_cast<double>(round_down<float>(lower));
      u = static_cast<double>(round_up<float>(upper));
      tiny = static_cast<double>(kTiny<float>);
    }
    if (l > 0 && l < tiny) l = 0.0;  // a subnormal input may be flushed
    if (u < 0 && u > -tiny) u = 0.0;
  }
  return {l, u};
}

Restriction unrestricted(const std::shared_ptr<const Network>& network) {
  Restriction all{network, {}};
  for (Index i = 0; i < network->input_size(); ++i) all.free.push_back(i);
  return all;
}

}  // namespace

std::vector<SearchRoot> make_roots(const std::shared_ptr<const Network>& network, const Property& property,
                                   bool class_f) {
  std::map<const InputBox*, std::size_t> index;
  std::vector<std::vector<std::int64_t>> members;
  std::vector<const InputBox*> boxes;
  for (std::size_t d = 0; d < property.unsafe.size(); ++d) {
    const InputBox* box = property.unsafe[d].box.get();
    const auto [it, fresh] = index.try_emplace(box, members.size());
    if (fresh) {
      members.emplace_back();
      boxes.push_back(box);
    }
    members[it->second].push_back(static_cast<std::int64_t>(d));
  }
  std::vector<SearchRoot> roots;
  std::shared_ptr<const PreparedNetwork<double>> whole;
  for (std::size_t r = 0; r < boxes.size(); ++r) {
    SearchRoot root;
    root.rows = make_margin_rows(property, members[r]);
    for (std::size_t i = 0; i < boxes[r]->lower.size(); ++i) {
      const auto [l, u] = outward(boxes[r]->lower[i], boxes[r]->upper[i], network->dtype, class_f);
      root.lower.push_back(l);
      root.upper.push_back(u);
    }
    root.restriction =
        boxes.size() <= kRestrictedBoxes ? restrict_inputs(network, root.lower, root.upper) : unrestricted(network);
    if (root.restriction.network == network) {
      if (!whole) whole = std::make_shared<PreparedNetwork<double>>(network);
      root.prepared = whole;
    } else {
      root.prepared = std::make_shared<PreparedNetwork<double>>(root.restriction.network);
    }
    for (Index i : root.restriction.free) {
      root.free_lower.push_back(root.lower[static_cast<std::size_t>(i)]);
      root.free_upper.push_back(root.upper[static_cast<std::size_t>(i)]);
    }
    for (const Node& node : root.prepared->network().nodes) root.elements += static_cast<double>(node.size);
    roots.push_back(std::move(root));
  }
  return roots;
}

}  // namespace verikit::bounds
