// A signature, public key or secret key made of any bytes: nothing but what minisign wrote is accepted, and a refusal
// has a text that a terminal can show.
#include <algorithm>
#include <cstdlib>

#include "rules/signing/minisign_sign.hh"
#include "rules/text/utf8.hh"
#include "tests/unit/minisign_samples.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

void check_refusal(const std::string& text) {
  require(!text.empty() && std::ranges::none_of(text, sluice::is_control) && !sluice::first_invalid_utf8(text));
}

// What a signature covers: its lines but the first, which is free, and without the ends of the lines.
std::string signed_part(std::string_view signature) {
  std::string out(signature.substr(std::min(signature.find('\n'), signature.size())));
  std::erase_if(out, [](char c) { return c == '\n' || c == '\r'; });
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const std::vector keys{*sluice::parse_minisign_public_key(minisign_public_key)};
  const std::span signed_data{reinterpret_cast<const std::uint8_t*>(minisign_data.data()), minisign_data.size()};
  const auto verified = sluice::verify_minisign(signed_data, text, keys);
  if (verified)
    require(signed_part(text) == signed_part(minisign_signature) ||
            signed_part(text) == signed_part(minisign_legacy_signature));
  else
    check_refusal(verified.error());

  if (const auto key = sluice::parse_minisign_public_key(text); !key) check_refusal(key.error());

  // Without a password: opening a protected key is libsodium's work, and takes as long as the file says.
  const auto secret = sluice::MinisignSecretKey::parse(text, std::nullopt);
  if (!secret) {
    check_refusal(secret.error());
    return 0;
  }
  const auto signature = secret->sign(signed_data, "any");
  require(signature && sluice::verify_minisign(signed_data, *signature, std::vector{secret->public_key()}));
  return 0;
}
