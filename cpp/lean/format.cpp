#include <string_view>

#include "base/error.h"
#include "base/excerpt.h"
#include "lean/readers.h"

namespace verikit::lean {

ExportFormat detect_format(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.substr(0, 5) == "olean") return ExportFormat::kOlean;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos) {
    if (text[first] == '{') return ExportFormat::kNdjson;
    // A version alone in the first line: 2.0.0
    std::size_t i = first, dots = 0;
    for (; i < text.size() && ((text[i] >= '0' && text[i] <= '9') || text[i] == '.'); ++i) {
      if (text[i] == '.') ++dots;
    }
    if (first == 0 && dots == 2 && (i == text.size() || text[i] == '\n' || text[i] == '\r' || text[i] == ' ')) {
      return ExportFormat::kText;
    }
  }
  fail(ErrorCode::kExportFormat,
       bytes.empty() ? std::string("an empty file; expected a lean4export file or an .olean")
                     : "expected a lean4export file (NDJSON or text) or an .olean, got a file that begins with " +
                           excerpt(text.substr(0, 24)));
}

}  // namespace verikit::lean
