#include "lean/loader.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/error.h"

namespace verikit::lean {
namespace fs = std::filesystem;
namespace {

constexpr const char* kExtension = ".olean";

// A module's path below a folder, without the extension. Imports are untrusted: a component is one component of a path.
fs::path relative_path(const NameTable& names, NameId name) {
  if (name == kAnonymous) fail(ErrorCode::kInput, "a module without a name is imported");
  fs::path path;
  std::vector<NameId> parts;
  for (NameId n = name; n != kAnonymous; n = names.prefix(n)) parts.push_back(n);
  for (std::size_t i = parts.size(); i-- > 0;) {
    const std::string text(names.text(parts[i]));
    if (names.is_numeral(parts[i]) || text.empty() || text == "." || text == ".." ||
        text.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) {
      fail(ErrorCode::kExportFormat, "the module name " + names.to_string(name) + " is not one that a file can have");
    }
    path /= text;
  }
  return path;
}

fs::path with_extension(fs::path path) { return path += kExtension; }

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::string canonical(const std::string& path) {
  std::error_code error;
  const fs::path found = fs::weakly_canonical(path, error);
  return error ? path : found.string();
}

}  // namespace

std::vector<std::string> split_search_path(const std::string& lean_path) {
  std::vector<std::string> folders;
  for (std::size_t begin = 0; begin <= lean_path.size();) {
    const std::size_t end = std::min(lean_path.find(':', begin), lean_path.size());
    if (end > begin) folders.push_back(lean_path.substr(begin, end - begin));
    begin = end + 1;
  }
  return folders;
}

Loader::Loader(Environment& into, LoadOptions options)
    : env_(into),
      options_(std::move(options)),
      first_module_(static_cast<std::uint32_t>(into.modules().size())),
      first_rank_(static_cast<std::uint32_t>(into.num_declarations())),
      next_rank_(first_rank_) {
  NameTable& names = env_.names();
  for (const char* n : {"Nat", "Nat.zero", "Nat.succ"}) nat_literal_.push_back(names.parse(n));
  for (const char* n :
       {"String", "String.ofList", "String.mk", "Char", "Char.ofNat", "List", "List.nil", "List.cons", "Nat"}) {
    string_literal_.push_back(names.parse(n));
  }
  for (const char* n : {"Quot", "Quot.mk", "Quot.lift", "Quot.ind"}) quotients_.push_back(names.parse(n));
  eq_ = names.parse("Eq");
}

Loader::~Loader() = default;

// --- modules -------------------------------------------------------------------------------------------------------

std::uint32_t Loader::add_source(const std::vector<ByteSource>& parts, const std::string& name,
                                 const std::string& identity) {
  if (sources_.size() >= options_.max_modules) {
    fail(ErrorCode::kMemoryLimit, "more than " + std::to_string(options_.max_modules) + " modules are imported");
  }
  auto file = std::make_unique<OleanModule>(parts, env_, options_.limits);
  const auto module = static_cast<std::uint32_t>(env_.modules().size());
  if (module != first_module_ + sources_.size()) fail(ErrorCode::kInternal, "modules were added beside the loader");
  env_.modules().push_back({name, parts.front().path.empty() ? parts.front().name : parts.front().path, false, ""});
  Source source;
  source.first = static_cast<ConstantId>(env_.num_constants());
  for (const OleanModule::Entry& entry : file->constants()) {
    Constant c;
    c.name = entry.name;
    c.kind = entry.kind;
    c.module = module;
    c.loaded = c.value_loaded = false;
    env_.add(std::move(c));
  }
  source.file = std::move(file);
  sources_.push_back(std::move(source));
  by_name_.emplace(name, module);
  if (!identity.empty()) by_identity_.emplace(identity, module);
  return module;
}

std::uint32_t Loader::open_file(const std::string& path, const std::string& name) {
  const std::string identity = canonical(path);
  if (const auto found = by_identity_.find(identity); found != by_identity_.end()) {
    by_name_.emplace(name, found->second);
    return found->second;
  }
  // Two files of one module's name would define everything twice; the second is not what the first's importers mean.
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    fail(ErrorCode::kInput, "'" + path + "' and '" + env_.modules()[found->second].path + "' are both the module " +
                                name + "; give one of them, or another name");
  }
  std::vector<ByteSource> parts{{path, path, {}}};
  // A module of the module system keeps proofs and private definitions in parts of their own. Beside another module
  // such files are left over from an earlier build.
  if (is_file(path + ".private") && OleanModule::is_module_file(parts.front(), options_.limits)) {
    if (is_file(path + ".server")) parts.push_back({path + ".server", path + ".server", {}});
    parts.push_back({path + ".private", path + ".private", {}});
  }
  return add_source(parts, name, identity);
}

std::string Loader::find_module(NameId name, const std::string& wanted_by) const {
  const fs::path relative = relative_path(env_.names(), name);
  const fs::path package = *relative.begin();
  std::string looked;
  for (const std::string& folder : options_.search_path) {
    std::error_code error;
    // The first folder that has the package is where all of the package is.
    if (!fs::is_directory(fs::path(folder) / package, error) && !is_file(with_extension(fs::path(folder) / package))) {
      looked += (looked.empty() ? "" : ", ") + folder;
      continue;
    }
    const fs::path path = with_extension(fs::path(folder) / relative);
    if (is_file(path)) return path.string();
    looked = path.string();
    break;
  }
  fail(ErrorCode::kInput, "there is no compiled module " + env_.names().to_string(name) +
                              (wanted_by.empty() ? "" : ", which " + wanted_by + " imports,") +
                              (looked.empty() ? " and no search path" : " at " + looked) +
                              ": build it, or name its folder in the search path (LEAN_PATH)");
}

std::uint32_t Loader::add_with_imports(std::uint32_t module) {
  if (!options_.imports) return module;
  std::vector<std::uint32_t> todo{module};
  while (!todo.empty()) {
    const std::uint32_t m = todo.back();
    todo.pop_back();
    const std::vector<NameId> imports = sources_[m - first_module_].file->imports();
    for (const NameId import : imports) {
      const std::string name = env_.names().to_string(import);
      if (by_name_.contains(name)) continue;
      const std::size_t before = sources_.size();
      const std::uint32_t added = open_file(find_module(import, env_.modules()[m].name), name);
      if (sources_.size() > before) todo.push_back(added);
    }
  }
  return module;
}

std::uint32_t Loader::add_file(const std::string& path, const std::string& name) {
  if (!is_file(path)) fail(ErrorCode::kInput, "there is no file '" + path + "'");
  std::string module_name = name;
  if (module_name.empty()) {
    const fs::path file(canonical(path));
    fs::path relative = file.filename();
    for (const std::string& folder : options_.search_path) {
      const fs::path below = file.lexically_relative(canonical(folder));
      if (!below.empty() && *below.begin() != "..") {
        relative = below;
        break;
      }
    }
    if (relative.extension() == kExtension) relative.replace_extension();
    NameId id = kAnonymous;
    for (const fs::path& part : relative) id = env_.names().string(id, part.string());
    module_name = env_.names().to_string(id);
  } else {
    module_name = env_.names().to_string(env_.names().parse(name));
  }
  return add_with_imports(open_file(path, module_name));
}

std::uint32_t Loader::add_module(const std::string& name) {
  const NameId id = env_.names().parse(name);
  const std::string module_name = env_.names().to_string(id);
  if (const auto found = by_name_.find(module_name); found != by_name_.end()) return found->second;
  return add_with_imports(open_file(find_module(id, ""), module_name));
}

std::uint32_t Loader::add_bytes(const std::vector<std::span<const std::uint8_t>>& parts, const std::string& name) {
  if (parts.empty()) fail(ErrorCode::kInput, "a module has at least one part");
  const std::string module_name = env_.names().to_string(env_.names().parse(name));
  if (by_name_.contains(module_name)) fail(ErrorCode::kInput, "the module " + module_name + " is there already");
  std::vector<ByteSource> sources;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sources.push_back({i == 0 ? name : name + " (part " + std::to_string(i + 1) + ")", "", parts[i]});
  }
  return add_with_imports(add_source(sources, module_name, ""));
}

std::vector<std::uint32_t> Loader::add_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) fail(ErrorCode::kInput, "there is no folder '" + folder + "'");
  std::vector<fs::path> files;
  for (auto it = fs::recursive_directory_iterator(folder, error); !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    if (it->path().extension() == kExtension && is_file(it->path())) {
      files.push_back(it->path().lexically_relative(folder));
    }
  }
  if (error) fail(ErrorCode::kInput, "cannot list '" + folder + "': " + error.message());
  std::sort(files.begin(), files.end());
  std::vector<std::uint32_t> modules;
  for (const fs::path& file : files) {
    NameId id = kAnonymous;
    fs::path bare = file;
    bare.replace_extension();
    for (const fs::path& part : bare) id = env_.names().string(id, part.string());
    const std::string name = env_.names().to_string(id);
    modules.push_back(add_with_imports(open_file((fs::path(folder) / file).string(), name)));
  }
  return modules;
}

std::vector<ConstantId> Loader::constants_of(std::uint32_t module) const {
  const Source& source = sources_.at(module - first_module_);
  std::vector<ConstantId> ids(source.file->constants().size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = source.first + static_cast<ConstantId>(i);
  return ids;
}

const std::string& Loader::digest(std::uint32_t module) {
  std::string& digest = env_.modules()[module].sha256;
  if (digest.empty()) digest = sources_.at(module - first_module_).file->digest();
  return digest;
}

bool Loader::trusted(std::uint32_t module) {
  if (options_.trusted.empty() || trust_dropped_ || module < first_module_) return false;
  Source& source = sources_[module - first_module_];
  if (!source.trust_known) {
    source.trust_known = true;
    env_.modules()[module].trusted = options_.trusted.contains(digest(module));
  }
  return env_.modules()[module].trusted;
}

LoadStats Loader::stats() const {
  LoadStats stats;
  stats.modules = sources_.size();
  for (const Source& source : sources_) {
    stats.bytes += source.file->bytes();
    stats.bytes_read += source.file->bytes_read();
    for (std::size_t i = 0; i < source.file->constants().size(); ++i) {
      const Constant& c = env_.constant(source.first + static_cast<ConstantId>(i));
      ++stats.constants;
      stats.loaded_constants += c.loaded ? 1 : 0;
      stats.loaded_values += c.value != kNone ? 1 : 0;
    }
  }
  return stats;
}

}  // namespace verikit::lean
