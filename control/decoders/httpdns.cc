// HTTPDNS: names resolved by HTTP, past the network's resolver. Alibaba (its SDKs' `d`, `resolve` and `sign_d`),
// Tencent (its public service's `d`), and Xiaomi's own lists of servers.
#include <algorithm>
#include <array>

#include "control/decoders/vendor_request.hh"

namespace sluice {
namespace {

// `asked`: the parameter with the names that are being resolved, of class `asked_class`.
DecodedMessage every_pair(std::string_view protocol, const Form& query, std::string_view asked,
                          ValueClass asked_class = ValueClass::host_name) {
  DecodedMessage message{protocol, {}, false};
  for (const auto& [name, value] : query) {
    if (name == asked)
      message.add(asked_class, name, value);
    else
      message.add(name, value);
  }
  return message;
}

// "/ACCOUNT/d": the account is a number, and the way it asks is one of three.
bool is_alibaba(std::string_view path) noexcept {
  const auto slash = path.find('/', 1);
  if (slash == std::string_view::npos || slash < 2) return false;
  const auto account = path.substr(1, slash - 1);
  const auto way = path.substr(slash + 1);
  return std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         (way == "d" || way == "resolve" || way == "sign_d");
}

}  // namespace

std::optional<DecodedMessage> decode_httpdns(const VendorRequest& request, const Form& query, const Form&) {
  const auto path = request.path();
  if (is_alibaba(path) && query.has("host")) {
    auto message = every_pair("alibaba-httpdns", query, "host");
    message.add(ValueClass::app, "account", path.substr(1, path.find('/', 1) - 1));
    return message;
  }
  // With a key's number the name is encrypted (DES, by the service's documentation).
  if (path == "/d" && query.has("dn"))
    return every_pair("tencent-httpdns", query, "dn", query.has("id") ? ValueClass::encrypted : ValueClass::host_name);
  if (path == "/gslb/" && query.has("list")) return every_pair("xiaomi-gslb", query, "list");
  if (path == "/gslb" && query.has("dm")) {
    auto message = every_pair("xiaomi-gslb", query, "dm");
    for (auto& value : message.values)
      if (value.name == "id") value.value_class = ValueClass::device_id;
    return message;
  }
  return std::nullopt;
}

}  // namespace sluice
