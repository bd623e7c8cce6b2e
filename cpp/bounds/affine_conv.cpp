// Convolutions without im2col: the image is copied once into a zero-padded buffer, in which the products
// of an output pixel are a few runs of neighbouring values. The transposed convolution is, for each phase
// of the stride, such a convolution over a padded output.
#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "bounds/affine.h"
#include "bounds/packed.h"

namespace verikit::bounds {
namespace {

constexpr Index kRowsAtOnce = 96;              // pixels wanted in one product
constexpr Index kPaddedBytes = Index{1} << 18;  // that the images of one product may take

struct Padding {
  Index h = 0, w = 0, c = 0;                // of the image
  Index top = 0, left = 0;                  // zeros before it
  Index padded_h = 0, padded_w = 0;         // in all
  [[nodiscard]] Index image() const { return h * w * c; }
  [[nodiscard]] Index padded() const { return padded_h * padded_w * c; }
  [[nodiscard]] bool trivial() const { return padded_h == h && padded_w == w; }
};

// A dense convolution over padded images, several at a time.
template <class T>
struct Plan {
  PackedMatrix<T> weights;
  std::vector<simd::Run> runs;
  std::vector<Index> x_offsets, y_offsets;  // of the pixels of `images` images
  Index pixels = 0;

  void add_run(Index offset, Index length) {
    if (!runs.empty() && runs.back().offset + runs.back().length == offset) {
      runs.back().length += length;
    } else {
      runs.push_back({offset, length});
    }
  }
  // From the offsets of one image to those of several.
  void replicate(Index images, Index x_image, Index y_image) {
    pixels = static_cast<Index>(x_offsets.size());
    for (Index image = 1; image < images; ++image) {
      for (Index p = 0; p < pixels; ++p) {
        x_offsets.push_back(x_offsets[static_cast<std::size_t>(p)] + image * x_image);
        y_offsets.push_back(y_offsets[static_cast<std::size_t>(p)] + image * y_image);
      }
    }
  }
};

template <class T>
Index images_at_once(Index pixels, const Padding& padding) {
  const Index by_rows = (kRowsAtOnce + pixels - 1) / pixels;
  const Index by_bytes = kPaddedBytes / (2 * Index{sizeof(T)} * std::max<Index>(padding.padded(), 1));
  return std::max<Index>(1, std::min(by_rows, by_bytes));
}

void check(const ConvOp& op) {
  if (op.pad_top < 0 || op.pad_left < 0 || op.pad_bottom < 0 || op.pad_right < 0) {
    fail(ErrorCode::kUnsupported, "convolution with negative padding: expected pads >= 0; crop the input instead");
  }
}

template <class T>
class ConvKernel final : public AffineKernel<T> {
 public:
  explicit ConvKernel(const ConvOp& op) : op_(op) {
    check(op);
    padding_ = {op.in_h, op.in_w, op.in_c, op.pad_top, op.pad_left, 0, 0};
    padding_.padded_h = std::max(op.in_h + op.pad_top + op.pad_bottom,
                                 (op.out_h - 1) * op.stride_h + (op.kernel_h - 1) * op.dilation_h + 1);
    padding_.padded_w = std::max(op.in_w + op.pad_left + op.pad_right,
                                 (op.out_w - 1) * op.stride_w + (op.kernel_w - 1) * op.dilation_w + 1);
    const Index depth = fan_in();
    forward_.weights = PackedMatrix<T>(op.out_c, depth, [&](Index o, Index k) {
      return static_cast<T>(op.weight[static_cast<std::size_t>(o * depth + k)]);
    });
    for (Index kh = 0; kh < op.kernel_h; ++kh) {
      for (Index kw = 0; kw < op.kernel_w; ++kw) {
        forward_.add_run((kh * op.dilation_h * padding_.padded_w + kw * op.dilation_w) * op.in_c, op.in_c);
      }
    }
    for (Index oh = 0; oh < op.out_h; ++oh) {
      for (Index ow = 0; ow < op.out_w; ++ow) {
        forward_.x_offsets.push_back((oh * op.stride_h * padding_.padded_w + ow * op.stride_w) * op.in_c);
        forward_.y_offsets.push_back((oh * op.out_w + ow) * op.out_c);
      }
    }
    images_ = images_at_once<T>(op.out_h * op.out_w, padding_);
    forward_.replicate(images_, padding_.padded(), out_size());
    op_.weight = {};
    op_.terms = {};
  }

  [[nodiscard]] Index in_size() const override { return op_.in_h * op_.in_w * op_.in_c; }
  [[nodiscard]] Index out_size() const override { return op_.out_h * op_.out_w * op_.out_c; }
  [[nodiscard]] Index fan_in() const override { return op_.kernel_h * op_.kernel_w * op_.in_c; }
  [[nodiscard]] Index fan_out() const override {
    const auto most = [](Index kernel, Index stride, Index out) {
      return std::min((kernel + stride - 1) / stride, out);
    };
    // With dilation the taps that meet one input may all have the same phase.
    const Index taps_h = op_.dilation_h == 1 ? most(op_.kernel_h, op_.stride_h, op_.out_h)
                                             : std::min(op_.kernel_h, op_.out_h);
    const Index taps_w = op_.dilation_w == 1 ? most(op_.kernel_w, op_.stride_w, op_.out_w)
                                             : std::min(op_.kernel_w, op_.out_w);
    return taps_h * taps_w * op_.out_c;
  }

  void apply(const T* x, Index rows, T* y, Workspace& workspace) const override {
    plain(simd::kernels<T>().product, x, rows, y, workspace);
  }
  void apply_absolute(const T* x, Index rows, T* y, Workspace& workspace) const override {
    plain(simd::kernels<T>().product_absolute, x, rows, y, workspace);
  }
  void apply_dual(const T* center, const T* radius, Index rows, T* center_out, T* radius_out,
                  Workspace& workspace) const override {
    const simd::KernelTable<T>& kernels = simd::kernels<T>();
    const Workspace::Frame frame(workspace);
    const Index held = std::min(rows, images_);
    T* const padded = workspace.take<T>(2 * held * padding_.padded());
    if (!padding_.trivial()) std::fill_n(padded, 2 * held * padding_.padded(), T(0));
    for (Index row = 0; row < rows; row += images_) {
      const Index images = std::min(images_, rows - row);
      for (Index image = 0; image < images; ++image) {
        const T* const c = center + (row + image) * in_size();
        const T* const r = radius + (row + image) * in_size();
        T* const to = padded + 2 * image * padding_.padded();
        if (padding_.trivial()) {
          kernels.interleave(c, r, in_size(), to);
          continue;
        }
        const Index width = padding_.w * padding_.c;
        for (Index h = 0; h < padding_.h; ++h) {
          kernels.interleave(c + h * width, r + h * width, width, to + 2 * line(padding_, h));
        }
      }
      simd::Product<T> product = product_on(forward_, images);
      product.x = padded;
      product.y = center_out + row * out_size();
      product.y_radius = radius_out + row * out_size();
      kernels.product_dual(product);
    }
  }
  void apply_transposed(const T* y, Index rows, T* x, Workspace& workspace) const override {
    std::call_once(once_, [this] { prepare_backward(); });
    const simd::KernelTable<T>& kernels = simd::kernels<T>();
    if (op_.in_c <= simd::kAcrossOutputs) {  // most lanes of a panel would be empty
      const Index across = rows / simd::kAcross * simd::kAcross +
                           (rows % simd::kAcross >= simd::kAcross / 2 ? rows % simd::kAcross : 0);
      transposed_across(y, across, x, workspace);
      y += across * out_size();
      x += across * in_size();
      rows -= across;
      if (rows == 0) return;
    }
    for_images(backward_padding_, backward_images_, y, rows, workspace,
               [&](const T* padded, Index row, Index images) {
                 for (const Plan<T>& phase : backward_) {
                   simd::Product<T> product = product_on(phase, images);
                   product.x = padded;
                   product.y = x + row * in_size();
                   kernels.product(product);
                 }
               });
  }

 private:
  void transposed_across(const T* y, Index rows, T* x, Workspace& workspace) const {
    if (rows == 0) return;
    const simd::KernelTable<T>& kernels = simd::kernels<T>();
    const Workspace::Frame frame(workspace);
    const Padding& padding = backward_padding_;
    T* const padded = workspace.take<T>(padding.padded() * simd::kAcross);
    T* const result = workspace.take<T>(in_size() * simd::kAcross);
    std::fill_n(padded, padding.padded() * simd::kAcross, T(0));
    const Index width = padding.w * padding.c;
    for (Index row = 0; row < rows; row += simd::kAcross) {
      const Index count = std::min(simd::kAcross, rows - row);
      for (Index h = 0; h < padding.h; ++h) {
        kernels.to_across(y + row * out_size() + h * width, count, out_size(), width,
                          padded + line(padding, h) * simd::kAcross);
      }
      for (const Plan<T>& phase : backward_) {
        simd::AcrossProduct<T> product{};
        product.weights = phase.weights.data();
        product.outputs = op_.in_c;
        product.runs = phase.runs.data();
        product.run_count = static_cast<Index>(phase.runs.size());
        product.pixels = phase.pixels;
        product.x = padded;
        product.x_offsets = phase.x_offsets.data();
        product.y = result;
        product.y_offsets = phase.y_offsets.data();
        kernels.product_across(product);
      }
      kernels.from_across(result, count, in_size(), in_size(), x + row * in_size());
    }
  }
  static Index line(const Padding& padding, Index h) {
    return ((padding.top + h) * padding.padded_w + padding.left) * padding.c;
  }
  static simd::Product<T> product_on(const Plan<T>& plan, Index images) {
    simd::Product<T> product =
        product_of(plan.weights, plan.runs.data(), static_cast<Index>(plan.runs.size()));
    product.rows = plan.pixels * images;
    product.x_offsets = plan.x_offsets.data();
    product.y_offsets = plan.y_offsets.data();
    return product;
  }
  // Calls body(padded images, first row, images) until all rows are done.
  template <class Body>
  static void for_images(const Padding& padding, Index at_once, const T* x, Index rows,
                         Workspace& workspace, Body body) {
    const Workspace::Frame frame(workspace);
    T* padded = nullptr;
    if (!padding.trivial()) {
      const Index held = std::min(rows, at_once) * padding.padded();
      padded = workspace.take<T>(held);
      std::fill_n(padded, held, T(0));
    }
    for (Index row = 0; row < rows; row += at_once) {
      const Index images = std::min(at_once, rows - row);
      if (padding.trivial()) {
        body(x + row * padding.image(), row, images);
        continue;
      }
      const Index width = padding.w * padding.c;
      for (Index image = 0; image < images; ++image) {
        const T* const from = x + (row + image) * padding.image();
        T* const to = padded + image * padding.padded();
        for (Index h = 0; h < padding.h; ++h) {
          std::copy_n(from + h * width, width, to + line(padding, h));
        }
      }
      body(padded, row, images);
    }
  }
  void plain(void (*kernel)(const simd::Product<T>&), const T* x, Index rows, T* y,
             Workspace& workspace) const {
    for_images(padding_, images_, x, rows, workspace, [&](const T* padded, Index row, Index images) {
      simd::Product<T> product = product_on(forward_, images);
      product.x = padded;
      product.y = y + row * out_size();
      kernel(product);
    });
  }

  // The taps k of a kernel axis that meet input positions of a phase, with the distance t of the output:
  // input = stride * (i - t) + k * dilation - pad for i = (input + pad - phase) / stride.
  struct Tap {
    Index k, t;
  };
  static std::vector<Tap> taps(Index kernel, Index stride, Index dilation, Index phase) {
    std::vector<Tap> found;
    for (Index k = kernel - 1; k >= 0; --k) {
      if (k * dilation % stride == phase) found.push_back({k, (k * dilation - phase) / stride});
    }
    return found;
  }

  // The sum over the outputs that an input reaches runs over ascending outputs.
  void prepare_backward() const {
    const Index most_h = (op_.kernel_h - 1) * op_.dilation_h / op_.stride_h;
    const Index most_w = (op_.kernel_w - 1) * op_.dilation_w / op_.stride_w;
    Padding& padding = backward_padding_;
    padding = {op_.out_h, op_.out_w, op_.out_c, most_h, most_w, 0, 0};
    // The last input position has i = (in - 1 + pad) / stride and may meet output i.
    padding.padded_h = most_h + std::max(op_.out_h, (op_.in_h - 1 + op_.pad_top) / op_.stride_h + 1);
    padding.padded_w = most_w + std::max(op_.out_w, (op_.in_w - 1 + op_.pad_left) / op_.stride_w + 1);
    Index most_pixels = 1;
    for (Index phase_h = 0; phase_h < op_.stride_h; ++phase_h) {
      for (Index phase_w = 0; phase_w < op_.stride_w; ++phase_w) {
        Plan<T> plan;
        for (Index h = 0; h < op_.in_h; ++h) {
          if ((h + op_.pad_top) % op_.stride_h != phase_h) continue;
          for (Index w = 0; w < op_.in_w; ++w) {
            if ((w + op_.pad_left) % op_.stride_w != phase_w) continue;
            plan.x_offsets.push_back(((h + op_.pad_top) / op_.stride_h * padding.padded_w +
                                      (w + op_.pad_left) / op_.stride_w) * op_.out_c);
            plan.y_offsets.push_back((h * op_.in_w + w) * op_.in_c);
          }
        }
        if (plan.x_offsets.empty()) continue;
        const std::vector<Tap> taps_h = taps(op_.kernel_h, op_.stride_h, op_.dilation_h, phase_h);
        const std::vector<Tap> taps_w = taps(op_.kernel_w, op_.stride_w, op_.dilation_w, phase_w);
        for (const Tap& h : taps_h) {
          for (const Tap& w : taps_w) {
            plan.add_run(((most_h - h.t) * padding.padded_w + (most_w - w.t)) * op_.out_c, op_.out_c);
          }
        }
        const auto across = static_cast<Index>(taps_w.size());
        plan.weights = PackedMatrix<T>(
            op_.in_c, static_cast<Index>(taps_h.size()) * across * op_.out_c, [&](Index c, Index k) {
              const Index tap = k / op_.out_c;
              const Index kh = taps_h[static_cast<std::size_t>(tap / across)].k;
              const Index kw = taps_w[static_cast<std::size_t>(tap % across)].k;
              return forward_.weights.element(k % op_.out_c, (kh * op_.kernel_w + kw) * op_.in_c + c);
            });
        most_pixels = std::max(most_pixels, static_cast<Index>(plan.x_offsets.size()));
        backward_.push_back(std::move(plan));
      }
    }
    backward_images_ = images_at_once<T>(most_pixels, padding);
    for (Plan<T>& plan : backward_) plan.replicate(backward_images_, padding.padded(), in_size());
  }

  ConvOp op_;  // the geometry; weights live in the plans
  Padding padding_;
  Plan<T> forward_;
  Index images_ = 1;
  mutable std::once_flag once_;  // of the transposed convolution, made when first asked for
  mutable Padding backward_padding_;
  mutable std::vector<Plan<T>> backward_;
  mutable Index backward_images_ = 1;
};

}  // namespace

template <class T>
std::unique_ptr<AffineKernel<T>> make_conv_kernel(const ConvOp& op) {
  return std::make_unique<ConvKernel<T>>(op);
}
template std::unique_ptr<AffineKernel<float>> make_conv_kernel<float>(const ConvOp&);
template std::unique_ptr<AffineKernel<double>> make_conv_kernel<double>(const ConvOp&);

}  // namespace verikit::bounds
