// The certificate of a server that nobody has given one: made once, of a key of its own, and signed with that.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace sluice {

// PEM files.
struct CertificateFiles {
  std::string certificate;
  std::string key;
};

// Those in the folder, made at the first call: ECDSA over P-256, without an end, for `address` (of an interface), this
// machine's name and localhost; the key's file has mode 0600. `address`: without its port.
[[nodiscard]] tl::expected<CertificateFiles, std::string> own_certificate(const std::string& folder,
                                                                          const std::string& address);
// SHA-256 of the certificate, as browsers show it: pairs of hex digits with colons between.
[[nodiscard]] tl::expected<std::string, std::string> fingerprint_of(const std::string& certificate_file);

}  // namespace sluice
