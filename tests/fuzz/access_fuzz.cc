// An Authorization header, an account as its file has it, and a line of the audit. What is taken is written again as
// the same: a digest of a line that was read back has to be the line's.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "control/access/account.hh"
#include "control/access/audit_line.hh"
#include "control/access/secret_token.hh"

namespace {

using namespace sluice;
using Json = nlohmann::ordered_json;

void require(bool truth) {
  if (!truth) std::abort();
}

void check_line(std::string_view text) {
  const auto line = parse_audit_line(text);
  if (!line) return;
  const auto written = text_of(*line);
  const auto again = parse_audit_line(written);
  require(again.has_value() && text_of(*again) == written);
}

void check_account(std::string_view text) {
  const auto document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return;
  const auto account = account_from(document);
  if (!account) return;
  const auto stored = stored_document(*account);
  const auto again = account_from(stored);
  require(again.has_value() && stored_document(*again) == stored);
  for (const auto& token : account->tokens)
    require(shown_document(*account).dump(-1, ' ', false, Json::error_handler_t::replace).find(token.digest) ==
            std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto token = bearer_token(text);
  require(token.empty() || (token.starts_with("sluice_") && text.ends_with(token)));
  check_line(text);
  check_account(text);
  return 0;
}
