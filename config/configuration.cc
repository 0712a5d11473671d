#include "config/configuration.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "config/check.hh"
#include "config/typed_value.hh"

namespace sluice::config {
namespace {

tl::unexpected<ConfigErrors> about_file(std::string_view file, std::string message) {
  return tl::unexpected(ConfigErrors{{std::string(file), 0, 0, std::move(message)}});
}

std::string too_large() { return fmt::format("larger than {} bytes", file_size_limit); }

// Faults at byte offsets, in order, become errors at lines and columns.
ConfigErrors errors_of(Faults faults, std::string_view text, std::string_view file) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.offset < b.offset; });
  ConfigErrors errors;
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  std::size_t line = 1;
  std::size_t column = 1;
  for (auto& fault : faults) {
    if (errors.size() == errors_limit) {
      errors.push_back({std::string(file), line, column,
                        fmt::format("and {} further errors from here on", faults.size() - errors_limit)});
      break;
    }
    for (; at < std::min(fault.offset, text.size()); ++at) {
      const bool inside_character = (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
      column += inside_character ? 0 : 1;
      if (text[at] == '\n') {
        ++line;
        column = 1;
      }
    }
    errors.push_back({std::string(file), line, column, std::move(fault.message)});
  }
  return errors;
}

Loaded parse_text(std::string_view text, std::string_view file, Use use) {
  if (text.size() > file_size_limit) return about_file(file, too_large());
  Faults faults;
  const auto root = read_json(text, faults);
  if (root.kind != JsonNode::Kind::absent) {
    const auto values = check(root, schema(), faults);
    check_relations(values, root, use, faults);
    if (faults.empty()) return to_typed(values);
  }
  return tl::unexpected(errors_of(std::move(faults), text, file));
}

}  // namespace

Loaded parse(std::string_view text, std::string_view file_name, Use use) {
  try {
    return parse_text(text, file_name, use);
  } catch (const std::exception& failure) {
    // Nothing that a file can say leads here; the libraries below may still throw, memory above all.
    return about_file(file_name, fmt::format("not read: {}", failure.what()));
  }
}

Loaded load(const std::filesystem::path& file, Use use) {
  std::error_code failure;
  const auto status = std::filesystem::status(file, failure);
  if (failure) return about_file(file.string(), failure.message());
  // A pipe or a device could keep the caller waiting for ever.
  if (!std::filesystem::is_regular_file(status)) return about_file(file.string(), "is no regular file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return about_file(file.string(), std::generic_category().message(errno));
  std::string text(file_size_limit + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return about_file(file.string(), "cannot be read to its end");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse(text, file.string(), use);
}

ConfigurationT defaults() {
  Faults none;
  return to_typed(check(empty_object(), schema(), none));
}

}  // namespace sluice::config
