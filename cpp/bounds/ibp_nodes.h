// The interval step of one node; inside of ibp.cpp.
#pragma once

#include "bounds/ibp.h"

namespace verikit::bounds {

template <class T>
struct Interval {  // rows x size, row-major
  T* lower;
  T* upper;
};

template <class T>
struct NodeStep {
  const PreparedNetwork<T>& prepared;
  NodeId node;
  Index rows;
  const Semantics& semantics;
  const Interval<const T>* inputs;  // of node.inputs, in order
  Interval<T> out;                  // may be the first input for elementwise nodes
  std::uint8_t* overflow;           // of each row; set here when a row may overflow
  Workspace& workspace;
};

// Bounds the node, then gives [-inf, inf] to the rows that are marked.
template <class T>
void bound_step(const NodeStep<T>& step);

// What bound_step does for the input node.
template <class T>
void bound_input(const Network& network, const T* lower, const T* upper, Index rows, Interval<T> out,
                 std::uint8_t* overflow);

// Whether the output may be written over the first input.
bool works_in_place(const Op& op);

}  // namespace verikit::bounds
