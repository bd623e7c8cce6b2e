#include "bounds/ibp.h"

#include <algorithm>

#include "base/fp_env.h"
#include "bounds/ibp_nodes.h"

namespace verikit::bounds {
namespace {

constexpr Index kChunkBytes = Index{1} << 19;     // of the bounds that are alive at once: half a level-2 cache
constexpr Index kLargeWeights = Index{8} << 20;   // weights that come from memory for each chunk
constexpr Index kFewRows = 8, kManyRows = 32;

}  // namespace

// Where the bounds of each node live while only the output's are wanted: nodes share a slot when the one is
// not needed any more when the other is computed.
template <class T>
struct Ibp<T>::Plan {
  static constexpr int kNone = -1;
  std::vector<int> slot;          // of each node; kNone: the output does not depend on it
  std::vector<Index> slot_size;   // elements per row
  Index chunk = 1;                // rows at a time

  explicit Plan(const PreparedNetwork<T>& prepared) {
    const Network& network = prepared.network();
    const std::size_t count = network.nodes.size();
    std::vector<std::size_t> last_use(count, 0);
    std::vector<bool> needed(count, false);
    needed[static_cast<std::size_t>(network.output)] = true;
    for (std::size_t v = count; v-- > 0;) {
      if (!needed[v]) continue;
      for (const NodeId input : network.nodes[v].inputs) needed[static_cast<std::size_t>(input)] = true;
    }
    for (std::size_t v = 0; v < count; ++v) {
      if (!needed[v]) continue;
      for (const NodeId input : network.nodes[v].inputs) last_use[static_cast<std::size_t>(input)] = v;
    }
    last_use[static_cast<std::size_t>(network.output)] = count;
    slot.assign(count, kNone);
    std::vector<int> free;
    for (std::size_t v = 0; v < count; ++v) {
      if (!needed[v] && v != 0) continue;
      const Node& node = network.nodes[v];
      if (works_in_place(node.op) && last_use[static_cast<std::size_t>(node.inputs[0])] == v &&
          network.nodes[static_cast<std::size_t>(node.inputs[0])].size == node.size) {
        slot[v] = slot[static_cast<std::size_t>(node.inputs[0])];
      } else if (!free.empty()) {
        slot[v] = free.back();
        free.pop_back();
      } else {
        slot[v] = static_cast<int>(slot_size.size());
        slot_size.push_back(0);
      }
      Index& size = slot_size[static_cast<std::size_t>(slot[v])];
      size = std::max(size, node.size);
      for (const NodeId input : node.inputs) {
        const auto i = static_cast<std::size_t>(input);
        if (last_use[i] == v && slot[i] != slot[v] && std::find(free.begin(), free.end(), slot[i]) == free.end()) {
          free.push_back(slot[i]);
        }
      }
    }
    Index row_bytes = 0;
    for (const Index size : slot_size) row_bytes += 2 * size * Index{sizeof(T)};
    chunk = std::max(kChunkBytes / std::max<Index>(row_bytes, 1),
                     prepared.weight_bytes() > kLargeWeights ? kManyRows : kFewRows);
    if (chunk > 12) chunk -= chunk % 12;  // whole tiles
  }
};

template <class T>
Ibp<T>::Ibp(std::shared_ptr<const PreparedNetwork<T>> prepared)
    : prepared_(std::move(prepared)), plan_(std::make_unique<Plan>(*prepared_)) {}
template <class T>
Ibp<T>::Ibp(const Network& network) : Ibp(std::make_shared<const PreparedNetwork<T>>(network)) {}
template <class T>
Ibp<T>::~Ibp() = default;
template <class T>
Ibp<T>::Ibp(Ibp&&) noexcept = default;
template <class T>
Ibp<T>& Ibp<T>::operator=(Ibp&&) noexcept = default;

template <class T>
void Ibp<T>::run(const T* lower, const T* upper, Index batch, const Semantics& semantics, T* out_lower,
                 T* out_upper, Workspace& workspace) const {
  const FpEnvironment environment;
  const Network& network = prepared_->network();
  const Workspace::Frame frame(workspace);
  const Index most = std::min(batch, plan_->chunk);
  const std::size_t slots = plan_->slot_size.size();
  auto* const slot = workspace.take<Interval<T>>(static_cast<Index>(slots));
  for (std::size_t k = 0; k < slots; ++k) {
    slot[k].lower = workspace.take<T>(most * plan_->slot_size[k]);
    slot[k].upper = workspace.take<T>(most * plan_->slot_size[k]);
  }
  auto* const overflow = workspace.take<std::uint8_t>(most);
  std::size_t most_inputs = 0;
  for (const Node& node : network.nodes) most_inputs = std::max(most_inputs, node.inputs.size());
  auto* const inputs = workspace.take<Interval<const T>>(static_cast<Index>(most_inputs));
  const auto slot_of = [&](NodeId v) { return slot[plan_->slot[static_cast<std::size_t>(v)]]; };

  for (Index first = 0; first < batch; first += most) {
    const Index rows = std::min(most, batch - first);
    bound_input(network, lower + first * network.input_size(), upper + first * network.input_size(), rows,
                slot_of(0), overflow);
    for (std::size_t v = 1; v < network.nodes.size(); ++v) {
      if (plan_->slot[v] == Plan::kNone) continue;
      const Node& node = network.nodes[v];
      for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        const Interval<T> input = slot_of(node.inputs[k]);
        inputs[k] = {input.lower, input.upper};
      }
      bound_step<T>({*prepared_, static_cast<NodeId>(v), rows, semantics, inputs,
                     slot_of(static_cast<NodeId>(v)), overflow, workspace});
    }
    const Interval<T> result = slot_of(network.output);
    const Index n = network.output_size();
    std::copy_n(result.lower, rows * n, out_lower + first * n);
    std::copy_n(result.upper, rows * n, out_upper + first * n);
  }
}

template <class T>
void Ibp<T>::begin(const T* lower, const T* upper, Index batch, NodeBounds<T>& bounds) const {
  const Network& network = prepared_->network();
  const auto size = static_cast<std::size_t>(batch * network.input_size());
  bounds.lower.resize(network.nodes.size());
  bounds.upper.resize(network.nodes.size());
  bounds.lower[0].resize(size);
  bounds.upper[0].resize(size);
  bounds.overflow.assign(static_cast<std::size_t>(batch), 0);
  bound_input(network, lower, upper, batch, Interval<T>{bounds.lower[0].data(), bounds.upper[0].data()},
              bounds.overflow.data());
}

template <class T>
void Ibp<T>::bound_node(NodeId v, Index batch, const Semantics& semantics, NodeBounds<T>& bounds,
                        Workspace& workspace) const {
  const Node& node = prepared_->network().nodes[static_cast<std::size_t>(v)];
  std::vector<T>& lower = bounds.lower[static_cast<std::size_t>(v)];
  std::vector<T>& upper = bounds.upper[static_cast<std::size_t>(v)];
  lower.resize(static_cast<std::size_t>(batch * node.size));
  upper.resize(static_cast<std::size_t>(batch * node.size));
  const Workspace::Frame frame(workspace);
  auto* const inputs = workspace.take<Interval<const T>>(static_cast<Index>(node.inputs.size()));
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const auto i = static_cast<std::size_t>(node.inputs[k]);
    inputs[k] = {bounds.lower[i].data(), bounds.upper[i].data()};
  }
  bound_step<T>({*prepared_, v, batch, semantics, inputs, {lower.data(), upper.data()},
                 bounds.overflow.data(), workspace});
}

template <class T>
void Ibp<T>::run_all(const T* lower, const T* upper, Index batch, const Semantics& semantics,
                     NodeBounds<T>& bounds, Workspace& workspace) const {
  const FpEnvironment environment;
  begin(lower, upper, batch, bounds);
  for (std::size_t v = 1; v < prepared_->network().nodes.size(); ++v) {
    bound_node(static_cast<NodeId>(v), batch, semantics, bounds, workspace);
  }
}

template class Ibp<float>;
template class Ibp<double>;

}  // namespace verikit::bounds
