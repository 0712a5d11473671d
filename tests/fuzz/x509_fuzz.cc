// Any bytes as a certificate, and as a name.
#include "dataplane/tls/x509.hh"

#include <array>
#include <cstdlib>

namespace {

void check_name(sluice::Bytes name) {
  std::array<char, 64> room;
  const auto text = sluice::x509_name_text(name, room);
  if (text.size() > room.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sluice::Bytes bytes{data, size};
  check_name(bytes);
  sluice::X509AlternativeNames loose{bytes};
  while (loose.next()) {
  }
  const auto certificate = sluice::parse_x509(bytes);
  if (!certificate) return 0;
  check_name(certificate->issuer);
  check_name(certificate->subject);
  static_cast<void>(certificate->is_self_signed());
  // The years 0 to 9999.
  for (const auto& time : {certificate->not_before, certificate->not_after})
    if (time && (*time < -62'167'219'200 || *time > 253'402'300'799 + 1)) std::abort();
  sluice::X509AlternativeNames names{certificate->alternative_names};
  std::size_t total = 0;
  while (const auto name = names.next()) total += 2 + name->value.size();
  if (total > certificate->alternative_names.size()) std::abort();
  return 0;
}
