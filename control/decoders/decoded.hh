// What was decoded of a vendor's message: values, each with its class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Crosses stored events by name alone.
enum class ValueClass : std::uint8_t {
  other,       // of a key that no table knows
  device_id,   // stands for one device: serials, hashes of them, ids that a vendor gave out
  imei,        // the radio's number (3GPP TS 23.003 section 6), IMSI and ICCID with it
  account_id,  // stands for a person at a service
  session_id,  // joins requests for a while
  phone_number,
  location,      // coordinates, cells
  wifi_name,     // SSID
  wifi_address,  // BSSID, and other MAC addresses
  network_address,
  host_name,     // a name that HTTPDNS is asked for
  url,           // visited, or the referring one
  typed_text,    // keyboard input, words searched for
  app_list,      // apps installed or used
  app,           // the sender
  model,         // and maker
  build,         // of the operating system
  os,            // its name and version
  locale,        // language, country, time zone
  network_type,  // and carrier
  sdk,           // name and version of what sends
  time,
  event,      // what an analytics SDK calls what happened
  encrypted,  // bytes that the message itself says are encrypted
};
[[nodiscard]] std::string_view text_of(ValueClass value_class) noexcept;

// Whether that value may be stored and shown as it is; all others are redacted. A value that does not look like one of
// its class is not: a sender may put anything under any key.
[[nodiscard]] bool is_shown(ValueClass value_class, std::string_view value) noexcept;
// Whether nothing but the length of that value is kept: digests of short texts can be found by trying.
[[nodiscard]] bool is_measured_only(ValueClass value_class) noexcept;

// The name of a value as it may be stored: words that no table knows become "*", since names may hold data too
// ("apps.com.example.game").
[[nodiscard]] std::string shown_name(std::string_view name);

// The class that a key of JSON or of a form tells, as SDKs use it: upper and lower case, '_', '-' and a leading '$' do
// not count ("deviceId" is "device_id").
[[nodiscard]] ValueClass class_of_key(std::string_view key);

struct DecodedValue {
  ValueClass value_class{};
  std::string name;   // the protocol's own word for it, with the path to it in JSON: "properties.$model"
  std::string value;  // bytes as sent, decoded; of class `encrypted` still encrypted

  bool operator==(const DecodedValue&) const = default;
};

struct DecodedMessage {
  static constexpr std::size_t value_limit = 64;
  static constexpr std::size_t text_limit = 4096;  // bytes of a name or a value

  std::string_view protocol;  // README.md
  std::vector<DecodedValue> values;
  bool is_cut = false;  // more stood in the message than came by, or than the bounds allow

  // Whether it says more than that something encrypted was sent, and when.
  [[nodiscard]] bool is_decoded() const noexcept;

  // Values without text are left out.
  void add(ValueClass value_class, std::string_view name, std::string_view value);
  // Of the class that its key tells.
  void add(std::string_view name, std::string_view value) { add(class_of_key(name), name, value); }
};

}  // namespace sluice
