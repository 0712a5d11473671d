#include "control/api/identity.hh"

#include "control/text/text_file.hh"
#include "control/text/uuid.hh"

namespace sluice {
namespace {

constexpr std::size_t identity_limit = 64;  // bytes: a UUID and a line end have 37

}  // namespace

tl::expected<std::string, std::string> tap_identity(const std::string& configured, const std::string& state_directory) {
  if (!configured.empty()) return configured;
  const auto path = state_directory + "/tap_id";
  const auto stored = read_text_file(path, identity_limit);
  if (!stored) return tl::unexpected(stored.error());
  if (*stored) {
    auto text = **stored;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    const auto id = Uuid::parse(text);
    if (!id)
      return tl::unexpected(path +
                            " holds no UUID: write the tap's id there (events and findings of before carry it), " +
                            "or remove the file for a new one");
    return id->text();
  }
  const auto id = Uuid::random().text();
  if (const auto written = replace_text_file(path, id + "\n"); !written) return tl::unexpected(written.error());
  return id;
}

}  // namespace sluice
