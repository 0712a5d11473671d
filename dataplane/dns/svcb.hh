// Service parameters of SVCB and HTTPS records (RFC 9460 section 2.2), and the list of ECH configurations that one of
// them may hold (RFC 9849 section 4). Views point into the message.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/base/bytes.hh"

namespace sluice {

// RFC 9460 section 14.3.2, RFC 9461 (dohpath)
enum class SvcParamKey : std::uint16_t {
  mandatory = 0,
  alpn = 1,
  no_default_alpn = 2,
  port = 3,
  ipv4hint = 4,
  ech = 5,
  ipv6hint = 6,
  dohpath = 7,
};

struct SvcParam {
  std::uint16_t key = 0;
  Bytes value;
};

class SvcParams {
 public:
  // `bytes`: what follows the target name.
  explicit SvcParams(Bytes bytes) noexcept : reader_(bytes) {}
  // False at the end, and where a parameter is cut or the keys do not rise: what is left then means nothing.
  [[nodiscard]] bool next(SvcParam& parameter) noexcept;

 private:
  Reader reader_;
  std::uint32_t least_key_ = 0;  // that may come next
};

struct EchConfig {
  std::uint8_t id = 0;
  std::string_view public_name;  // not empty
};

class EchConfigList {
 public:
  // `bytes`: an ECHConfigList with its length in front.
  explicit EchConfigList(Bytes bytes) noexcept;
  // False at the end and where a configuration is cut. Versions that we do not know are passed over.
  [[nodiscard]] bool next(EchConfig& config) noexcept;

 private:
  Reader reader_;
};

}  // namespace sluice
