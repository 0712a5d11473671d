#include "control/eve_address.hh"

namespace sluice {

std::string eve_address(const Address& address) {
  if (address.is_v4()) return address.text();
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    if (i != 0 && i % 2 == 0) text += ':';
    text += digits[address.bytes[i] >> 4];
    text += digits[address.bytes[i] & 0x0f];
  }
  return text;
}

std::string eve_address(std::string_view text) {
  const auto address = Address::parse(text);
  return address ? eve_address(*address) : std::string{text};
}

}  // namespace sluice
