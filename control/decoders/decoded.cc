#include "control/decoders/decoded.hh"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

using Key = std::pair<std::string_view, ValueClass>;

// Keys without case, '_', '-' and '$'. Sources: Sensors Analytics' Android SDK (preset properties), Umeng's and
// Getui's documentation, Liu, Patras, Leith 2021 (what phones send), the reports that TELEMETRY's packs name.
constexpr std::array keys{
    Key{"deviceid", ValueClass::device_id},
    Key{"did", ValueClass::device_id},
    Key{"udid", ValueClass::device_id},
    Key{"uuid", ValueClass::device_id},
    Key{"oaid", ValueClass::device_id},
    Key{"gaid", ValueClass::device_id},
    Key{"idfa", ValueClass::device_id},
    Key{"idfv", ValueClass::device_id},
    Key{"androidid", ValueClass::device_id},
    Key{"anonymousid", ValueClass::device_id},
    Key{"distinctid", ValueClass::device_id},
    Key{"instanceid", ValueClass::device_id},
    Key{"serial", ValueClass::device_id},
    Key{"sn", ValueClass::device_id},
    Key{"cid", ValueClass::device_id},
    Key{"clientid", ValueClass::device_id},
    Key{"idtracking", ValueClass::device_id},
    Key{"advertisingid", ValueClass::device_id},
    Key{"imei", ValueClass::imei},
    Key{"imei1", ValueClass::imei},
    Key{"imei2", ValueClass::imei},
    Key{"meid", ValueClass::imei},
    Key{"imsi", ValueClass::imei},
    Key{"iccid", ValueClass::imei},
    Key{"userid", ValueClass::account_id},
    Key{"uid", ValueClass::account_id},
    Key{"loginid", ValueClass::account_id},
    Key{"accountid", ValueClass::account_id},
    Key{"miid", ValueClass::account_id},
    Key{"email", ValueClass::account_id},
    Key{"sid", ValueClass::session_id},
    Key{"sessionid", ValueClass::session_id},
    Key{"session", ValueClass::session_id},
    Key{"token", ValueClass::session_id},
    Key{"phone", ValueClass::phone_number},
    Key{"phonenumber", ValueClass::phone_number},
    Key{"msisdn", ValueClass::phone_number},
    Key{"mobile", ValueClass::phone_number},
    Key{"lat", ValueClass::location},
    Key{"latitude", ValueClass::location},
    Key{"lng", ValueClass::location},
    Key{"lon", ValueClass::location},
    Key{"longitude", ValueClass::location},
    Key{"gps", ValueClass::location},
    Key{"location", ValueClass::location},
    Key{"cellid", ValueClass::location},
    Key{"lac", ValueClass::location},
    Key{"geo", ValueClass::location},
    Key{"ssid", ValueClass::wifi_name},
    Key{"wifissid", ValueClass::wifi_name},
    Key{"bssid", ValueClass::wifi_address},
    Key{"mac", ValueClass::wifi_address},
    Key{"macaddress", ValueClass::wifi_address},
    Key{"wifimac", ValueClass::wifi_address},
    Key{"ip", ValueClass::network_address},
    Key{"host", ValueClass::url},
    Key{"url", ValueClass::url},
    Key{"referrer", ValueClass::url},
    Key{"referer", ValueClass::url},
    Key{"title", ValueClass::url},
    Key{"urlhost", ValueClass::url},
    Key{"urlpath", ValueClass::url},
    Key{"referrerhost", ValueClass::url},
    Key{"searchword", ValueClass::typed_text},
    Key{"keyword", ValueClass::typed_text},
    Key{"query", ValueClass::typed_text},
    Key{"elementcontent", ValueClass::typed_text},
    Key{"applist", ValueClass::app_list},
    Key{"apps", ValueClass::app_list},
    Key{"installedapps", ValueClass::app_list},
    Key{"packages", ValueClass::app_list},
    Key{"bidata", ValueClass::app_list},
    Key{"appid", ValueClass::app},
    Key{"appkey", ValueClass::app},
    Key{"appname", ValueClass::app},
    Key{"appversion", ValueClass::app},
    Key{"package", ValueClass::app},
    Key{"packagename", ValueClass::app},
    Key{"channel", ValueClass::app},
    Key{"project", ValueClass::app},
    Key{"model", ValueClass::model},
    Key{"manufacturer", ValueClass::model},
    Key{"brand", ValueClass::model},
    Key{"product", ValueClass::model},
    Key{"devicemodel", ValueClass::model},
    Key{"build", ValueClass::build},
    Key{"miuiversion", ValueClass::build},
    Key{"romversion", ValueClass::build},
    Key{"incremental", ValueClass::build},
    Key{"os", ValueClass::os},
    Key{"osversion", ValueClass::os},
    Key{"androidversion", ValueClass::os},
    Key{"sdkint", ValueClass::os},
    Key{"apilevel", ValueClass::os},
    Key{"language", ValueClass::locale},
    Key{"lang", ValueClass::locale},
    Key{"la", ValueClass::locale},
    Key{"locale", ValueClass::locale},
    Key{"country", ValueClass::locale},
    Key{"countrycode", ValueClass::locale},
    Key{"region", ValueClass::locale},
    Key{"timezone", ValueClass::locale},
    Key{"timezoneoffset", ValueClass::locale},
    Key{"net", ValueClass::network_type},
    Key{"networktype", ValueClass::network_type},
    Key{"carrier", ValueClass::network_type},
    Key{"wifi", ValueClass::wifi_name},  // or whether it is used
    Key{"sdk", ValueClass::sdk},
    Key{"sdkversion", ValueClass::sdk},
    Key{"lib", ValueClass::sdk},
    Key{"libversion", ValueClass::sdk},
    Key{"libmethod", ValueClass::sdk},
    Key{"time", ValueClass::time},
    Key{"timestamp", ValueClass::time},
    Key{"ts", ValueClass::time},
    Key{"t", ValueClass::time},
    Key{"event", ValueClass::event},
    Key{"action", ValueClass::event},
    Key{"statvalue", ValueClass::encrypted},
};

// Names of what has no class, and of what lies around values: of the protocols in README.md.
constexpr std::array words{
    std::string_view{"app"},        std::string_view{"account"}, std::string_view{"body"},
    std::string_view{"clientInfo"}, std::string_view{"crc"},     std::string_view{"data_list"},
    std::string_view{"deviceInfo"}, std::string_view{"dm"},      std::string_view{"dn"},
    std::string_view{"envelope"},   std::string_view{"events"},  std::string_view{"gzip"},
    std::string_view{"id"},         std::string_view{"id_type"}, std::string_view{"identities"},
    std::string_view{"interval"},   std::string_view{"lib"},     std::string_view{"list"},
    std::string_view{"mistatv"},    std::string_view{"policy"},  std::string_view{"properties"},
    std::string_view{"request"},    std::string_view{"s"},       std::string_view{"sdk_more"},
    std::string_view{"sign"},       std::string_view{"size"},    std::string_view{"ttl"},
    std::string_view{"tver"},       std::string_view{"type"},    std::string_view{"upId"},
    std::string_view{"v"},          std::string_view{"ver"},     std::string_view{"version"},
    std::string_view{"BIType"},
};

bool is_any_of(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Hexadecimal digits alone, and many of them: hashes, serials, UUIDs, MAC addresses.
bool is_like_an_identifier(std::string_view value) noexcept {
  constexpr std::size_t many = 12;
  std::size_t digits = 0;
  for (const char c : value) {
    if (is_any_of(c, ":-")) continue;
    if (!is_any_of(c, "0123456789abcdefABCDEF")) return false;
    ++digits;
  }
  return digits >= many;
}

std::string plain(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '_' || c == '-' || c == '$') continue;
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

}  // namespace

std::string_view text_of(ValueClass value_class) noexcept {
  switch (value_class) {
    case ValueClass::other: return "other";
    case ValueClass::device_id: return "device-id";
    case ValueClass::imei: return "imei";
    case ValueClass::account_id: return "account-id";
    case ValueClass::session_id: return "session-id";
    case ValueClass::phone_number: return "phone-number";
    case ValueClass::location: return "location";
    case ValueClass::wifi_name: return "ssid";
    case ValueClass::wifi_address: return "bssid";
    case ValueClass::network_address: return "network-address";
    case ValueClass::host_name: return "host-name";
    case ValueClass::url: return "url";
    case ValueClass::typed_text: return "typed-text";
    case ValueClass::app_list: return "app-list";
    case ValueClass::app: return "app";
    case ValueClass::model: return "model";
    case ValueClass::build: return "build";
    case ValueClass::os: return "os";
    case ValueClass::locale: return "locale";
    case ValueClass::network_type: return "network-type";
    case ValueClass::sdk: return "sdk";
    case ValueClass::time: return "time";
    case ValueClass::event: return "event";
    case ValueClass::encrypted: return "encrypted";
  }
  return "other";
}

bool is_shown(ValueClass value_class, std::string_view value) noexcept {
  constexpr std::size_t longest = 64;
  constexpr std::size_t longest_word = 16;
  constexpr std::size_t digits_of_time = 16;  // microseconds since 1970
  switch (value_class) {
    case ValueClass::model:
    case ValueClass::build:
    case ValueClass::os:
    case ValueClass::locale:
    case ValueClass::sdk: return value.size() <= longest && !is_like_an_identifier(value);
    case ValueClass::host_name:
      return std::all_of(value.begin(), value.end(), [](char c) { return is_alphanumeric(c) || is_any_of(c, ".-_,"); });
    case ValueClass::network_type:  // nothing behind it: "mobile-lte-APN"
      return value.size() <= longest_word &&
             std::all_of(value.begin(), value.end(), [](char c) { return is_alphanumeric(c) || c == ' '; });
    case ValueClass::time:
      return value.size() <= digits_of_time &&
             std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    default: return false;
  }
}

bool is_measured_only(ValueClass value_class) noexcept {
  return value_class == ValueClass::typed_text || value_class == ValueClass::encrypted;
}

std::string shown_name(std::string_view name) {
  std::string shown;
  for (;;) {
    const auto dot = name.find('.');
    const auto word = name.substr(0, dot);
    const bool is_known =
        class_of_key(word) != ValueClass::other || std::find(words.begin(), words.end(), word) != words.end();
    shown += is_known ? word : "*";
    if (dot == std::string_view::npos) return shown;
    shown += '.';
    name.remove_prefix(dot + 1);
  }
}

ValueClass class_of_key(std::string_view key) {
  const auto dot = key.rfind('.');
  const auto wanted = plain(dot == std::string_view::npos ? key : key.substr(dot + 1));
  const auto* const found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.first == wanted; });
  return found == keys.end() ? ValueClass::other : found->second;
}

bool DecodedMessage::is_decoded() const noexcept {
  return std::any_of(values.begin(), values.end(), [](const DecodedValue& value) {
    return value.value_class != ValueClass::encrypted && value.value_class != ValueClass::time;
  });
}

void DecodedMessage::add(ValueClass value_class, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (values.size() >= value_limit) {
    is_cut = true;
    return;
  }
  is_cut = is_cut || value.size() > text_limit;
  values.push_back({value_class, std::string{name.substr(0, text_limit)}, std::string{value.substr(0, text_limit)}});
}

}  // namespace sluice
