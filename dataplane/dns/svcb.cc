#include "dataplane/dns/svcb.hh"

namespace sluice {
namespace {

// RFC 9849 section 4; the number of the last drafts too
constexpr std::uint16_t ech_version = 0xfe0d;

Bytes list_body(Bytes bytes) noexcept {
  Reader reader{bytes};
  return reader.vector16();
}

}  // namespace

bool SvcParams::next(SvcParam& parameter) noexcept {
  if (reader_.left() == 0) return false;
  parameter.key = reader_.be16();
  parameter.value = reader_.vector16();
  if (!reader_.ok() || parameter.key < least_key_) return false;
  least_key_ = parameter.key + 1U;
  return true;
}

EchConfigList::EchConfigList(Bytes bytes) noexcept : reader_(list_body(bytes)) {}

bool EchConfigList::next(EchConfig& config) noexcept {
  while (reader_.left() != 0) {
    const auto version = reader_.be16();
    Reader contents{reader_.vector16()};
    if (!reader_.ok()) return false;
    if (version != ech_version) continue;
    config.id = contents.u8();
    contents.skip(2);           // kem_id
    (void)contents.vector16();  // public_key
    (void)contents.vector16();  // cipher_suites
    contents.skip(1);           // maximum_name_length
    config.public_name = as_text(contents.vector8());
    return contents.ok() && !config.public_name.empty();
  }
  return false;
}

}  // namespace sluice
