// Tokens: 256 random bits that are shown once. What is kept is their digest, which is of no use to who reads it.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// "sluice_" and 43 characters of base64url (RFC 4648 section 5). The prefix is for those who search files for secrets.
[[nodiscard]] std::string make_token();
// SHA-256 in hex. A token is drawn at random: it needs no salt and no slow digest, as a password would.
[[nodiscard]] std::string digest_of_token(std::string_view token);
// The token of an Authorization header (RFC 6750 section 2.1); empty where it holds none.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization) noexcept;

}  // namespace sluice
