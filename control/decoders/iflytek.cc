// iFlytek's keyboard before its mend of 2023: what is typed leaves as protobuf under DES in ECB mode, with a key that
// follows from the time, in seconds, which the request names in the clear (Citizen Lab 2024, "The not-so-silent type").
#include <charconv>

#define OPENSSL_SUPPRESS_DEPRECATED  // DES is what they chose; OpenSSL has it behind this only
#include <fmt/format.h>
#include <openssl/des.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "control/decoders/vendor_request.hh"
#include "dataplane/parsers/protobuf.hh"

namespace sluice {
namespace {

constexpr std::size_t block = sizeof(DES_cblock);
constexpr std::uint64_t modulus = 100'000'000;  // 0x5F5E100
constexpr std::uint64_t mask = 0x1001111;

std::string decrypted(std::string_view bytes, std::uint64_t seconds) {
  const auto digits = fmt::format("{:08}", (seconds % modulus) ^ mask);
  if (digits.size() != block) return "";
  DES_cblock key;
  std::memcpy(&key, digits.data(), block);
  DES_key_schedule schedule;
  DES_set_key_unchecked(&key, &schedule);
  std::string plain(bytes.size() / block * block, '\0');
  for (std::size_t at = 0; at < plain.size(); at += block) {
    DES_cblock in;
    DES_cblock out;
    std::memcpy(&in, bytes.data() + at, block);
    DES_ecb_encrypt(&in, &out, &schedule, DES_DECRYPT);
    std::memcpy(plain.data() + at, &out, block);
  }
  return plain;
}

// Takes the padding off (PKCS #7, RFC 5652 section 6.3); false where it is none.
bool unpad(std::string& plain) {
  const auto count = plain.empty() ? 0 : static_cast<std::size_t>(static_cast<unsigned char>(plain.back()));
  if (count == 0 || count > block || count > plain.size()) return false;
  const auto padding = std::string_view{plain}.substr(plain.size() - count);
  if (std::any_of(padding.begin(), padding.end(), [&](char c) { return c != plain.back(); })) return false;
  plain.resize(plain.size() - count);
  return true;
}

bool is_protobuf(std::string_view text) {
  ProtobufReader fields{as_bytes(text)};
  std::size_t count = 0;
  while (fields.next()) ++count;
  return count != 0 && !fields.error();
}

}  // namespace

std::optional<DecodedMessage> decode_iflytek(const VendorRequest& request, const Form& query, const Form&) {
  const auto time = query.value("time");
  std::uint64_t seconds = 0;
  const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
  if (time.empty() || read.ec != std::errc{} || read.ptr != time.data() + time.size()) return std::nullopt;
  if (!request.is_at("voicecloud.cn") || request.body.size() < block) return std::nullopt;

  DecodedMessage message{"iflytek", {}, request.body.size() % block != 0};
  message.add(ValueClass::time, "time", time);
  auto plain = decrypted(request.body, seconds);
  // Padding fits by chance once in 255 times; with fields that read well behind it, the key was right.
  const bool opens = !message.is_cut && unpad(plain) && is_protobuf(plain);
  if (opens)
    message.add(ValueClass::typed_text, "request", plain);
  else
    message.add(ValueClass::encrypted, "request", request.body);
  return message;
}

}  // namespace sluice
