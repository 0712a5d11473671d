#include "rules/signatures/buffer_name.hh"

#include <algorithm>
#include <array>
#include <vector>

namespace sluice {
namespace {

struct Spelling {
  std::string_view name;
  Buffer buffer;
};

constexpr auto older_buffers = std::to_array<Spelling>({
    {"dns_query", Buffer::dns_query},
    {"dns.query.name", Buffer::dns_queries_rrname},
    {"dns.answer.name", Buffer::dns_answers_rrname},
    {"tls_sni", Buffer::tls_sni},
    {"tls_cert_subject", Buffer::tls_cert_subject},
    {"tls_cert_issuer", Buffer::tls_cert_issuer},
    {"tls_cert_serial", Buffer::tls_cert_serial},
    {"tls_cert_fingerprint", Buffer::tls_cert_fingerprint},
    {"ja3_hash", Buffer::ja3_hash},
    {"ja3_string", Buffer::ja3_string},
    {"http_accept", Buffer::http_accept},
    {"http_accept_enc", Buffer::http_accept_enc},
    {"http_accept_lang", Buffer::http_accept_lang},
    {"http_connection", Buffer::http_connection},
    {"http_content_len", Buffer::http_content_len},
    {"http_content_type", Buffer::http_content_type},
    {"http_header_names", Buffer::http_header_names},
    {"http_protocol", Buffer::http_protocol},
    {"http_referer", Buffer::http_referer},
    {"http_request_line", Buffer::http_request_line},
    {"http_response_line", Buffer::http_response_line},
    {"http_start", Buffer::http_start},
    {"file_data", Buffer::file_data},
});

constexpr auto modifiers = std::to_array<Spelling>({
    {"http_method", Buffer::http_method},
    {"http_uri", Buffer::http_uri},
    {"http_raw_uri", Buffer::http_uri_raw},
    {"http_host", Buffer::http_host},
    {"http_raw_host", Buffer::http_host_raw},
    {"http_header", Buffer::http_header},
    {"http_raw_header", Buffer::http_header_raw},
    {"http_user_agent", Buffer::http_user_agent},
    {"http_cookie", Buffer::http_cookie},
    {"http_client_body", Buffer::http_request_body},
    {"http_server_body", Buffer::http_response_body},
    {"http_stat_code", Buffer::http_stat_code},
    {"http_stat_msg", Buffer::http_stat_msg},
});

constexpr auto valued = std::to_array<Spelling>({
    {"tls.subject", Buffer::tls_cert_subject},
    {"tls.issuerdn", Buffer::tls_cert_issuer},
    {"tls.fingerprint", Buffer::tls_cert_fingerprint},
    {"filename", Buffer::file_name},
    {"fileext", Buffer::file_name},
});

struct Flag {
  char flag;
  Buffer buffer;
};
constexpr auto flags = std::to_array<Flag>({
    {'U', Buffer::http_uri},
    {'I', Buffer::http_uri_raw},
    {'H', Buffer::http_header},
    {'D', Buffer::http_header_raw},
    {'P', Buffer::http_request_body},
    {'Q', Buffer::http_response_body},
    {'S', Buffer::http_stat_code},
    {'Y', Buffer::http_stat_msg},
    {'W', Buffer::http_host},
    {'Z', Buffer::http_host_raw},
    {'V', Buffer::http_user_agent},
    {'M', Buffer::http_method},
    {'C', Buffer::http_cookie},
});

std::optional<Buffer> find(std::span<const Spelling> names, std::string_view name) noexcept {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Spelling& entry) { return entry.name == name; });
  if (found == names.end()) return std::nullopt;
  return found->buffer;
}

std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names{buffer_names.begin() + 1, buffer_names.end()};  // behind the payload
  for (const std::span<const Spelling> list : {std::span<const Spelling>{older_buffers}, {modifiers}, {valued}})
    for (const auto& entry : list) names.push_back(entry.name);
  return names;
}

}  // namespace

std::span<const std::string_view> buffer_keywords() noexcept {
  static const auto names = all_names();
  return names;
}

std::optional<Buffer> sticky_buffer(std::string_view keyword) noexcept {
  const auto* const first = buffer_names.begin() + 1;  // behind the payload
  const auto* const found = std::find(first, buffer_names.end(), keyword);
  if (found == buffer_names.end()) return find(older_buffers, keyword);
  return static_cast<Buffer>(found - buffer_names.begin());
}

std::optional<Buffer> modifier_buffer(std::string_view keyword) noexcept { return find(modifiers, keyword); }
std::optional<Buffer> valued_buffer(std::string_view keyword) noexcept { return find(valued, keyword); }

std::optional<Buffer> pcre_flag_buffer(char flag) noexcept {
  const auto* const found =
      std::find_if(flags.begin(), flags.end(), [&](const Flag& entry) { return entry.flag == flag; });
  if (found == flags.end()) return std::nullopt;
  return found->buffer;
}

}  // namespace sluice
