#include "control/eve/eve_vendor.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "control/decoders/form.hh"

namespace sluice {
namespace {

// Headers that describe how a message is sent, or the kind of device, and never name one.
constexpr std::array<std::string_view, 17> usual_headers{"accept",
                                                         "accept-encoding",
                                                         "accept-language",
                                                         "cache-control",
                                                         "connection",
                                                         "content-encoding",
                                                         "content-length",
                                                         "content-type",
                                                         "date",
                                                         "expect",
                                                         "host",
                                                         "keep-alive",
                                                         "msg-type",
                                                         "server",
                                                         "user-agent",
                                                         "vary",
                                                         "transfer-encoding"};

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lowered;
}

std::string measured(std::string_view text) { return fmt::format("[{} bytes]", text.size()); }

bool shows(const DecodedMessage& message, std::string_view name, std::string_view value) {
  return std::any_of(message.values.begin(), message.values.end(), [&](const DecodedValue& decoded) {
    return decoded.name == name && decoded.value == value && is_shown(decoded.value_class, value);
  });
}

bool hides(const DecodedMessage& message, std::string_view value) {
  return std::any_of(message.values.begin(), message.values.end(), [&](const DecodedValue& decoded) {
    return decoded.value == value && !is_shown(decoded.value_class, value);
  });
}

// Path segments that are hidden values, and the values of all parameters but those that are shown.
std::string shown_target(std::string_view target, const DecodedMessage& message) {
  const auto mark = target.find('?');
  auto path = target.substr(0, mark);
  std::string shown;
  for (;;) {
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    shown += !segment.empty() && hides(message, segment) ? measured(segment) : std::string{segment};
    if (slash == std::string_view::npos) break;
    shown += '/';
    path.remove_prefix(slash + 1);
  }
  if (mark == std::string_view::npos) return shown;
  char before = '?';
  for (auto query = target.substr(mark + 1); !query.empty();) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto equals = pair.find('=');
    const auto name = percent_decoded(pair.substr(0, equals));
    shown.append(1, before).append(shown_name(name));
    before = '&';
    if (equals == std::string_view::npos) continue;
    const auto value = pair.substr(equals + 1);
    shown.append(1, '=').append(shows(message, name, percent_decoded(value)) ? std::string{value} : measured(value));
  }
  return shown;
}

void redact_headers(Json& http, const char* list) {
  if (!http.contains(list)) return;
  for (auto& header : http[list]) {
    if (!header.contains("value")) continue;
    const auto name = lower(header["name"].get<std::string>());
    if (std::find(usual_headers.begin(), usual_headers.end(), name) == usual_headers.end())
      header["value"] = measured(header["value"].get<std::string>());
  }
}

}  // namespace

Json vendor_object(const DecodedMessage& message, std::string_view recipient, const Redactor* redactor) {
  const Redactor keyless;
  const auto& redact = redactor != nullptr ? *redactor : keyless;
  Json fields = Json::array();
  for (const auto& value : message.values) {
    const auto kind = text_of(value.value_class);
    Json field = {{"class", kind}, {"name", stored_text(redact.reveals() ? value.name : shown_name(value.name))}};
    if (is_shown(value.value_class, value.value))
      field["value"] = stored_text(value.value);
    else if (is_measured_only(value.value_class))
      field["value"] = redact.measure(kind, value.value);
    else
      field["value"] = redact.redact(kind, value.value);
    fields.push_back(std::move(field));
  }
  Json vendor = {{"protocol", message.protocol}};
  if (!recipient.empty()) vendor["recipient"] = stored_text(recipient);
  if (message.is_cut) vendor["cut"] = true;
  vendor["fields"] = std::move(fields);
  return vendor;
}

void redact_http(Json& http, const DecodedMessage& message) {
  if (http.contains("url")) http["url"] = shown_target(http["url"].get<std::string>(), message);
  for (const auto* const key : {"http_refer", "redirect"})
    if (http.contains(key)) http[key] = measured(http[key].get<std::string>());
  redact_headers(http, "request_headers");
  redact_headers(http, "response_headers");
}

}  // namespace sluice
