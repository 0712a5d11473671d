#include "control/eve/eve_http.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace sluice {
namespace {

struct Authority {
  std::string_view host;
  std::optional<unsigned> port;
};

// RFC 3986 section 3.2: a bracketed IPv6 address keeps its brackets; what follows the last colon is a port only where
// it is a number of 16 bits, else the text is left whole.
Authority split_authority(std::string_view authority) {
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos) return {authority, {}};
  const auto host = authority.substr(0, colon);
  const auto digits = authority.substr(colon + 1);
  constexpr std::size_t port_digits = 5;
  if (host.find(':') != std::string_view::npos && !host.starts_with('[')) return {authority, {}};
  if (digits.empty() || digits.size() > port_digits) return {authority, {}};
  unsigned port = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return {authority, {}};
    port = port * 10 + static_cast<unsigned>(digit - '0');
  }
  if (port > 0xffff) return {authority, {}};
  return {host, port};
}

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lowered;
}

void put_host(Json& http, std::string_view authority) {
  const auto [host, port] = split_authority(authority);
  put(http, "hostname", stored_text(lower(host)));
  if (port) put(http, "http_port", *port);
}

// RFC 9113 section 6.5.2, in Suricata's spelling.
std::string setting_text(std::uint64_t identifier) {
  constexpr std::array<std::string_view, 6> names{"HEADERTABLESIZE",   "ENABLEPUSH",   "MAXCONCURRENTSTREAMS",
                                                  "INITIALWINDOWSIZE", "MAXFRAMESIZE", "MAXHEADERLISTSIZE"};
  if (identifier == 0 || identifier > names.size()) return fmt::format("{}", identifier);
  return fmt::format("SETTINGS{}", names[identifier - 1]);
}

// RFC 9113 section 7, in Suricata's spelling.
std::string error_text(std::uint64_t code) {
  constexpr std::array<std::string_view, 14> names{
      "NOERROR",      "PROTOCOLERROR",   "INTERNALERROR",      "FLOWCONTROLERROR", "SETTINGSTIMEOUT",
      "STREAMCLOSED", "FRAMESIZEERROR",  "REFUSEDSTREAM",      "CANCEL",           "COMPRESSIONERROR",
      "CONNECTERROR", "ENHANCEYOURCALM", "INADEQUATESECURITY", "HTTP11REQUIRED"};
  if (code >= names.size()) return fmt::format("{}", code);
  return std::string{names[code]};
}

// The media type without its parameters, as Suricata writes it.
std::string media_type(std::string_view value) {
  const auto type = value.substr(0, value.find(';'));
  return stored_text(type.substr(0, type.find_last_not_of(" \t") + 1));
}

void put_http2(Json& http, const Event& event, std::uint64_t stream) {
  Json sides[] = {Json::object(), Json::object()};
  Json* settings = nullptr;
  for (const auto& field : event) {
    if (field.field == Field::http2_request_setting || field.field == Field::http2_response_setting) {
      settings = &sides[field.field == Field::http2_response_setting ? 1 : 0]["settings"];
      settings->push_back({{"settings_id", setting_text(field.integer())}});
    } else if (field.field == Field::http2_setting_value && settings != nullptr) {
      put(settings->back(), "settings_value", field.integer());
    } else if (field.field == Field::http2_request_error || field.field == Field::http2_response_error) {
      put(sides[field.field == Field::http2_response_error ? 1 : 0], "error_code", error_text(field.integer()));
    }
  }
  put(http, "http2", {{"stream_id", stream}, {"request", std::move(sides[0])}, {"response", std::move(sides[1])}});
}

// A name, then its value in the next field.
void put_header(Json& headers, const EventField& field) {
  if (field.field == Field::http_header_name || field.field == Field::http_response_name)
    headers.push_back({{"name", stored_text(field.text())}});
  else if (auto* header = last(headers))
    put_text(*header, "value", field);
}

}  // namespace

Json http_object(const Event& event) {
  Json http = Json::object();
  Json request_headers = Json::array();
  Json response_headers = Json::array();
  const auto stream = event.find(Field::http2_stream_id);
  if (stream) put(http, "version", "2");
  for (const auto& field : event) {
    switch (field.field) {
      case Field::http_host:
        if (!http.contains("hostname")) put_host(http, field.text());
        break;
      case Field::http_uri: put_text(http, "url", field); break;
      case Field::http_user_agent: put_text(http, "http_user_agent", field); break;
      case Field::http_referer: put_text(http, "http_refer", field); break;
      case Field::http_content_type: put(http, "http_content_type", media_type(field.text())); break;
      case Field::http_method: put_text(http, "http_method", field); break;
      case Field::http_protocol:
        if (!stream) put_text(http, "protocol", field);
        break;
      case Field::http_status:
        if (field.integer() != 0) put(http, "status", field.integer());
        break;
      case Field::http_status_text: put_text(http, "status_string", field); break;
      case Field::http_redirect: put_text(http, "redirect", field); break;
      case Field::http_length: put(http, "length", field.integer()); break;
      case Field::http_header_name:
      case Field::http_header_value: put_header(request_headers, field); break;
      case Field::http_response_name:
      case Field::http_response_value: put_header(response_headers, field); break;
      default: break;
    }
  }
  if (!request_headers.empty()) put(http, "request_headers", std::move(request_headers));
  if (!response_headers.empty()) put(http, "response_headers", std::move(response_headers));
  if (stream) put_http2(http, event, stream->integer());
  return http;
}

Json form_parts(const Event& event) {
  Json parts = Json::array();
  for (const auto& field : event) {
    if (field.field == Field::http_part_name) parts.push_back({{"name", stored_text(field.text())}});
    auto* part = last(parts);
    if (part == nullptr) continue;
    if (field.field == Field::http_part_file) put_text(*part, "filename", field);
    if (field.field == Field::http_part_type) put_text(*part, "content_type", field);
  }
  return parts;
}

}  // namespace sluice
