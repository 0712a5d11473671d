#include "control/eve/eve_file_info.hh"

#include <fmt/format.h>

#include "control/text/safe_text.hh"
#include "dataplane/http/followed_body.hh"

namespace sluice {
namespace {

std::string hex_text(Bytes bytes) {
  std::string text(2 * bytes.size(), '0');
  write_hex(bytes, text);
  return text;
}

std::string_view state_text(std::uint64_t number) {
  switch (static_cast<FileState>(number)) {
    case FileState::closed: return "CLOSED";
    case FileState::truncated: return "TRUNCATED";
  }
  return "UNKNOWN";
}

}  // namespace

Json fileinfo_object(const Event& event) {
  Json file = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::file_name: put_text(file, "filename", field); break;
      case Field::file_size: put(file, "size", field.integer()); break;
      case Field::file_state: put(file, "state", state_text(field.integer())); break;
      case Field::file_gaps: put(file, "gaps", field.integer() != 0); break;
      case Field::file_md5: put(file, "md5", hex_text(field.value)); break;
      case Field::file_sha1: put(file, "sha1", hex_text(field.value)); break;
      case Field::file_sha256: put(file, "sha256", hex_text(field.value)); break;
      case Field::transaction: put(file, "tx_id", field.integer()); break;
      default: break;
    }
  }
  put(file, "stored", false);
  return file;
}

}  // namespace sluice
