// The ONNX reader: every way of storing numbers, protobuf's merging, and totality on malformed bytes.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/error.h"
#include "bounds/model.h"
#include "bounds/network.h"
#include "check.h"
#include "wire_writer.h"

namespace {

namespace fs = std::filesystem;
using namespace verikit;
using namespace verikit::bounds;

Tensor read_back(const std::string& initializer) {
  return parse_onnx(wire::model(wire::add_graph(initializer)), "").initializers.at("c");
}
ErrorCode error_of(const std::string& bytes, const std::string& folder = "", const ReadLimits& limits = {}) {
  try {
    (void)lower(parse_onnx(bytes, folder, limits));
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kCount;  // no error
}

const std::string kRaw = wire::bytes(9, wire::raw<float>({1.5F, -2.0F}));

struct Folder {
  fs::path path = fs::temp_directory_path() / ("verikit_reader_" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path / "model"); }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& data) const { std::ofstream(path / name, std::ios::binary) << data; }
};
std::string external(const std::string& location, const std::string& more = "") {
  return wire::tensor("c", {2}, 1, wire::bytes(13, wire::bytes(1, "location") + wire::bytes(2, location)) + more + wire::integer(14, 1));
}
std::string entry(const std::string& key, const std::string& value) {
  return wire::bytes(13, wire::bytes(1, key) + wire::bytes(2, value));
}

}  // namespace

TEST(reader_takes_every_storage_of_numbers) {
  const std::vector<double> want = {1.5, -2.0};
  CHECK(read_back(wire::tensor("c", {2}, 1, kRaw)).reals == want);
  CHECK(read_back(wire::tensor("c", {2}, 1, wire::bytes(4, wire::raw<float>({1.5F, -2.0F})))).reals == want);
  // one by one, and mixed with packed
  const std::string one = wire::key(4, 5) + wire::raw<float>({1.5F});
  CHECK(read_back(wire::tensor("c", {2}, 1, one + wire::bytes(4, wire::raw<float>({-2.0F})))).reals == want);
  CHECK(read_back(wire::tensor("c", {2}, 11, wire::bytes(10, wire::raw<double>({1.5, -2.0})))).reals == want);
  CHECK(read_back(wire::tensor("c", {2}, 11, wire::bytes(9, wire::raw<double>({1.5, -2.0})))).reals == want);
  CHECK(read_back(wire::tensor("c", {2}, 10, wire::bytes(9, wire::raw<std::uint16_t>({0x3E00, 0xC000})))).reals == want);
  CHECK(read_back(wire::tensor("c", {2}, 10, wire::bytes(5, wire::varint(0x3E00) + wire::varint(0xC000)))).reals == want);
  CHECK(read_back(wire::tensor("c", {2}, 16, wire::bytes(9, wire::raw<std::uint16_t>({0x3FC0, 0xC000})))).reals == want);
  const std::vector<std::int64_t> ints = {7, -9};
  CHECK(read_back(wire::tensor("c", {2}, 7, wire::bytes(9, wire::raw<std::int64_t>({7, -9})))).ints == ints);
  CHECK(read_back(wire::tensor("c", {2}, 7, wire::integer(7, 7) + wire::integer(7, -9))).ints == ints);
  CHECK(read_back(wire::tensor("c", {2}, 6, wire::integer(5, 7) + wire::integer(5, -9))).ints == ints);
  CHECK(read_back(wire::tensor("c", {2}, 6, wire::bytes(9, wire::raw<std::int32_t>({7, -9})))).ints == ints);
  CHECK((read_back(wire::tensor("c", {2}, 9, wire::bytes(9, std::string("\x02\x00", 2)))).ints == std::vector<std::int64_t>{1, 0}));
  CHECK(read_back(wire::tensor("c", {2}, 8, wire::bytes(6, "text"))).dtype == DType::kOther);
}

TEST(reader_keeps_half_precision_exactly) {
  // smallest subnormal, largest finite
  const Tensor t = read_back(wire::tensor("c", {2}, 10, wire::bytes(9, wire::raw<std::uint16_t>({0x0001, 0x7BFF}))));
  CHECK(t.reals[0] == 0x1p-24);
  CHECK(t.reals[1] == 65504.0);
}

TEST(reader_lets_the_last_scalar_win_and_merges_messages) {
  const std::string graph = wire::add_graph(wire::tensor("c", {2}, 7, wire::integer(2, 1) + kRaw));
  CHECK(parse_onnx(wire::model(graph), "").initializers.at("c").dtype == DType::kFloat32);
  const std::string more = wire::model(wire::add_graph(wire::tensor("c", {2}, 1, kRaw))) + wire::bytes(7, wire::bytes(1, wire::node("Relu", {"y"}, "z")));
  CHECK(parse_onnx(more, "").nodes.size() == 2);
  CHECK(parse_onnx(wire::integer(1, 3) + wire::model(graph, 13, 8), "").ir_version == 8);
}

TEST(reader_skips_what_it_does_not_know) {
  const std::string unknown = wire::integer(99, 5) + wire::bytes(98, "x") + wire::key(97, 1) + std::string(8, 'a') + wire::key(96, 5) + std::string(4, 'a');
  CHECK(parse_onnx(wire::model(wire::add_graph(wire::tensor("c", {2}, 1, kRaw)) + unknown) + unknown, "").nodes.size() == 1);
}

TEST(reader_leaves_initializers_out_of_the_inputs) {
  const std::string graph = wire::add_graph(wire::tensor("c", {2}, 1, kRaw)) + wire::bytes(11, wire::value_info("c", {2}));
  const Model model = parse_onnx(wire::model(graph, 8, 3), "");
  CHECK(model.inputs.size() == 1 && model.inputs[0].name == "x");
  CHECK(model.opset == 8 && model.ir_version == 3);
}

TEST(reader_accepts_the_default_operator_set_twice_unless_it_differs) {
  const std::string good = wire::model(wire::add_graph(wire::tensor("c", {2}, 1, kRaw)));
  CHECK(error_of(good + wire::bytes(8, wire::bytes(1, "ai.onnx") + wire::integer(2, 13))) == ErrorCode::kCount);
  CHECK(error_of(good + wire::bytes(8, wire::integer(2, 12))) == ErrorCode::kModelFormat);
  CHECK(error_of(good + wire::bytes(8, wire::bytes(1, "ai.onnx.ml") + wire::integer(2, 3))) == ErrorCode::kCount);
}

TEST(reader_refuses_malformed_tensors) {
  const auto code = [](const std::string& tensor) { return error_of(wire::model(wire::add_graph(tensor))); };
  const ErrorCode bad = ErrorCode::kModelFormat;
  CHECK(code(wire::tensor("c", {3}, 1, kRaw)) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, wire::bytes(9, "1234567"))) == bad);
  CHECK(code(wire::tensor("c", {-1}, 1, kRaw)) == bad);
  CHECK(code(wire::tensor("c", {std::int64_t{1} << 62, 8}, 1, kRaw)) == bad);
  CHECK(code(wire::tensor("c", {std::int64_t{1} << 40}, 1, "")) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, kRaw + wire::bytes(4, wire::raw<float>({1, 2})))) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, wire::bytes(10, wire::raw<double>({1, 2})))) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, wire::bytes(4, "12345"))) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, kRaw + wire::bytes(3, ""))) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, kRaw + wire::integer(14, 7))) == bad);
  CHECK(code(wire::tensor("", {2}, 1, kRaw)) == bad);
  CHECK(code(wire::tensor("\xFF", {2}, 1, kRaw)) == bad);
  CHECK(code(wire::tensor("c", std::vector<std::int64_t>(65, 1), 1, kRaw)) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, wire::bytes(9, wire::raw<float>({1, NAN})))) == bad);
  CHECK(code(wire::tensor("c", {2}, 1, wire::bytes(9, wire::raw<float>({1, INFINITY})))) == bad);
}

TEST(reader_refuses_malformed_wire_data) {
  const ErrorCode bad = ErrorCode::kModelFormat;
  CHECK(error_of("") == bad);
  CHECK(error_of("\x0b") == bad);                              // a group
  CHECK(error_of(wire::varint(7)) == bad);                     // wire type 7
  CHECK(error_of(wire::varint(2)) == bad);                     // field 0
  CHECK(error_of(std::string(11, '\x80')) == bad);             // a number that does not end
  CHECK(error_of(wire::key(7, 2) + wire::varint(1000)) == bad);  // longer than the file
  CHECK(error_of(wire::key(7, 2) + wire::varint(~std::uint64_t{0})) == bad);
  CHECK(error_of(wire::key(7, 0) + wire::varint(3)) == bad);   // a graph that is a number
  CHECK(error_of("<html><body>not found</body></html>") == bad);
}

TEST(reader_refuses_what_it_does_not_support) {
  const std::string good = wire::model(wire::add_graph(wire::tensor("c", {2}, 1, kRaw)));
  CHECK(error_of(good) == ErrorCode::kCount);
  CHECK(error_of(good + wire::bytes(20, "")) == ErrorCode::kUnsupported);
  CHECK(error_of(good + wire::bytes(25, "")) == ErrorCode::kUnsupported);
  CHECK(error_of(wire::integer(1, 2) + wire::model("", 13, 2)) == ErrorCode::kUnsupported);
  CHECK(error_of(good + wire::bytes(7, wire::bytes(15, ""))) == ErrorCode::kUnsupported);
  const std::string subgraph = wire::bytes(5, wire::bytes(1, "body") + wire::bytes(6, "") + wire::integer(20, 5));
  CHECK(error_of(good + wire::bytes(7, wire::bytes(1, wire::node("Loop", {"y"}, "z", subgraph)))) == ErrorCode::kUnsupported);
}

TEST(reader_keeps_its_limits) {
  const std::string good = wire::model(wire::add_graph(wire::tensor("c", {2}, 1, kRaw)));
  ReadLimits limits;
  limits.max_bytes = good.size() - 1;
  CHECK(error_of(good, "", limits) == ErrorCode::kModelFormat);
  limits = {};
  limits.max_elements = 1;
  CHECK(error_of(good, "", limits) == ErrorCode::kModelFormat);
  limits = {};
  limits.max_nodes = 0;
  CHECK(error_of(good, "", limits) == ErrorCode::kModelFormat);
}

TEST(reader_survives_every_truncation_and_flipped_byte) {
  const std::string good = wire::model(wire::add_graph(wire::tensor("c", {2}, 1, kRaw)));
  for (std::size_t n = 0; n < good.size(); ++n) CHECK(error_of(good.substr(0, n)) != ErrorCode::kCount);
  std::mt19937 random(1);
  for (std::size_t n = 0; n < good.size(); ++n) {
    for (int value = 0; value < 256; ++value) {
      std::string mutant = good;
      mutant[n] = static_cast<char>(value);
      (void)error_of(mutant);
    }
  }
  for (int round = 0; round < 20000; ++round) {
    std::string mutant = good;
    for (int k = 0; k < 3; ++k) mutant[random() % mutant.size()] = static_cast<char>(random());
    (void)error_of(mutant);
  }
}

TEST(reader_reads_external_data_inside_the_folder_only) {
  const Folder folder;
  folder.write("model/weights.bin", "abcd" + wire::raw<float>({1.5F, -2.0F}));
  folder.write("secret.bin", wire::raw<float>({1.5F, -2.0F}));
  const std::string home = (folder.path / "model").string();
  const auto code = [&](const std::string& t, const std::string& where) { return error_of(wire::model(wire::add_graph(t)), where); };
  const std::string exact = entry("offset", "4") + entry("length", "8");
  CHECK(code(external("weights.bin", exact), home) == ErrorCode::kCount);
  CHECK(code(external("weights.bin", entry("offset", "4")), home) == ErrorCode::kCount);
  CHECK(code(external("../model/weights.bin", exact), home) == ErrorCode::kCount);  // comes back inside
  const ErrorCode bad = ErrorCode::kModelFormat;
  CHECK(code(external("weights.bin", exact), "") == bad);  // from memory
  CHECK(code(external("../secret.bin"), home) == bad);
  CHECK(code(external((folder.path / "secret.bin").string()), home) == bad);
  CHECK(code(external("missing.bin"), home) == bad);
  CHECK(code(external("."), home) == bad);
  CHECK(code(external(""), home) == bad);
  CHECK(code(external(std::string("weights.bin\0x", 13), exact), home) == bad);
  CHECK(code(external("weights.bin", entry("offset", "5")), home) == bad);
  CHECK(code(external("weights.bin", entry("offset", "400")), home) == bad);
  CHECK(code(external("weights.bin", entry("offset", "-4")), home) == bad);
  CHECK(code(external("weights.bin", entry("offset", "99999999999999999999")), home) == bad);
  CHECK(code(external("weights.bin", entry("offset", "4") + entry("length", "9")), home) == bad);
  CHECK(code(external("weights.bin", exact + kRaw), home) == bad);
  fs::create_symlink("../secret.bin", folder.path / "model" / "link.bin");
  fs::create_symlink("weights.bin", folder.path / "model" / "inner.bin");
  CHECK(code(external("link.bin"), home) == bad);
  CHECK(code(external("inner.bin", exact), home) == ErrorCode::kCount);
  fs::create_directory_symlink("..", folder.path / "model" / "up");
  CHECK(code(external("up/secret.bin"), home) == bad);
}

TEST(reader_reports_files_that_cannot_be_opened) {
  CHECK_THROWS(read_onnx("/nonexistent/model.onnx"), ErrorCode::kInput);
  CHECK_THROWS(read_onnx("/"), ErrorCode::kInput);
}

CHECK_MAIN()
