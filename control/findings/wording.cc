#include "control/findings/wording.hh"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "control/findings/wording_text.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

// Which of a stage's texts is meant, by where the value stood.
std::string_view place_of(Field matched_field) noexcept {
  switch (matched_field) {
    case Field::tls_sni: return "tls";
    case Field::quic_sni: return "quic";
    case Field::http_host: return "http";
    case Field::resolved_name: return "resolved";
    case Field::ja3_hash:
    case Field::ja4: return "fingerprint";
    case Field::cert_sha1:
    case Field::cert_sha256: return "certificate";
    default: return {};
  }
}

std::string_view subject_of(RuleKind kind, bool by_address) noexcept {
  if (by_address) return "subject.address";
  if (is_certificate(kind)) return "subject.certificate";
  return is_fingerprint(kind) ? "subject.fingerprint" : "subject.name";
}

std::string key_of(std::string_view first, std::string_view second, std::string_view third = {}) {
  return fmt::format("{}.{}{}", first, second, third);
}

// What happened, up to the noun that it happened to.
std::string_view lead_of(Stage stage, Field matched_field, bool by_address) {
  auto place = by_address ? std::string_view{"address"} : place_of(matched_field);
  if (place == "certificate") place = "fingerprint";
  return wording_of(key_of("lead", text_of(stage)), place);
}

// What a signature says of itself is prose of a rule, and stands in the metadata alone.
std::string signature_message(const Finding& finding) {
  const auto& rule = *finding.rule;
  const auto number = fmt::to_string(rule.signature_id);
  const auto host = stored_text(finding.destination());
  return fill_slots(wording_of("finding.signature", text_of(finding.stage)),
                    {{"class", text_of(rule.finding_class)},
                     {"lead", lead_of(finding.stage, finding.matched_field, false)},
                     {"host", host},
                     {"rule", number}});
}

// What tells a device or what it asks for, as it was sent; of the rest the classes, or all of it where that is wanted.
std::string decoded_words(const DecodedMessage& message, bool reveals) {
  std::string words{message.protocol};
  std::vector<ValueClass> hidden;
  for (const auto& value : message.values) {
    const auto value_class = value.value_class;
    const bool tells = value_class == ValueClass::host_name || value_class == ValueClass::model ||
                       value_class == ValueClass::build || value_class == ValueClass::os ||
                       value_class == ValueClass::locale;
    const bool is_minor = value_class == ValueClass::other || value_class == ValueClass::event;
    const bool shows = is_shown(value_class, value.value);
    if (reveals || (tells && shows))
      words.append(", ").append(text_of(value_class)).append(" ").append(value.value);
    else if (!shows && !is_minor && std::find(hidden.begin(), hidden.end(), value_class) == hidden.end())
      hidden.push_back(value_class);
  }
  std::string_view link = ", redacted: ";
  for (const auto value_class : hidden) {
    words.append(link).append(text_of(value_class));
    link = ", ";
  }
  return words;
}

}  // namespace

std::string_view text_of(Stage stage) noexcept {
  switch (stage) {
    case Stage::name_looked_up: return "name-looked-up";
    case Stage::connection_tried: return "connection-tried";
    case Stage::connected: return "connected";
    case Stage::name_in_handshake: return "name-in-handshake";
    case Stage::data_sent: return "data-sent";
    case Stage::content_matched: return "content-matched";
    case Stage::content_decoded: return "content-decoded";
  }
  return "unknown";
}

std::string_view stage_words(Stage stage, Field matched_field) {
  return wording_of(key_of("words", text_of(stage)), place_of(matched_field));
}

std::string_view text_of(Action action) noexcept { return action == Action::drop ? "drop" : "pass"; }

std::string_view text_of(Lowered lowered) noexcept {
  switch (lowered) {
    case Lowered::no: return "";
    case Lowered::address_alone: return "address-alone";
    case Lowered::expired: return "expired";
  }
  return "";
}

std::string_view text_of(Field field) noexcept {
  switch (field) {
    case Field::dns_query_name: return "dns.queries.rrname";
    case Field::dns_answer_name: return "dns.answers.rrname";
    case Field::dns_answer_data: return "dns.answers.rdata";
    case Field::tls_sni: return "tls.sni";
    case Field::tls_alpn: return "tls.client_alpns";
    case Field::quic_sni: return "quic.sni";
    case Field::http_method: return "http.http_method";
    case Field::http_host: return "http.hostname";
    case Field::http_uri: return "http.url";
    case Field::http_user_agent: return "http.http_user_agent";
    case Field::http_header_name: return "http.request_headers.name";
    case Field::http_header_value: return "http.request_headers.value";
    case Field::destination_ip: return "dest_ip";
    case Field::resolved_name: return "sluice.resolved_name";
    case Field::vendor_server: return "xiaomi_push.server";
    case Field::device_model: return "xiaomi_push.model";
    case Field::device_build: return "xiaomi_push.build";
    case Field::ja3_hash: return "ja3.hash";
    case Field::ja4: return "ja4";
    case Field::cert_sha1: return "tls.certificates.sha1";
    case Field::cert_sha256: return "tls.certificates.sha256";
    default: return "";  // numbers: no rule matches them by their text
  }
}

std::string alert_message(const Finding& finding) {
  if (finding.rule == nullptr) {
    const auto row = fmt::to_string(finding.rule_row);
    return fill_slots(wording_of("finding.unknown"), {{"rule", row}});
  }
  if (finding.rule->kind == RuleKind::signature) return signature_message(finding);
  const auto by_address = finding.is_by_address();
  const auto finding_class = text_of(finding.rule->finding_class);
  const auto recipient = stored_text(finding.rule->recipient);
  return fill_slots(wording_of("finding.row"),
                    {{"class", finding_class},
                     {"lead", lead_of(finding.stage, finding.matched_field, by_address)},
                     {"alias", finding.alias_target.empty() ? std::string_view{} : wording_of("alias")},
                     {"subject", wording_of(subject_of(finding.rule->kind, by_address))},
                     {"as", wording_of(key_of("class", finding_class, ".as"))},
                     {"recipient", recipient.empty() ? wording_of("recipient.unnamed") : recipient}});
}

std::vector<std::string_view> other_explanations(FindingClass finding_class, Stage stage, bool by_address) {
  std::vector<std::string_view> texts{wording_of(key_of("other", text_of(finding_class))),
                                      wording_of(key_of("other", text_of(stage)))};
  if (by_address) texts.push_back(wording_of("other.address"));
  std::erase(texts, std::string_view{});
  return texts;
}

std::string seen_words(const Finding& finding, const Event& alert, bool reveals) {
  auto words = finding.destination();
  if (finding.decoded) return words + ": " + decoded_words(*finding.decoded, reveals);
  std::string_view link = ": ";
  const auto add = [&](std::string_view before, std::string_view value) {
    words.append(link).append(before).append(value);
    link = ", ";
  };
  const auto add_hidden = [&](std::string_view before, std::string_view value) {
    if (!value.empty()) add(before, reveals ? value : "redacted");
  };
  if (finding.stage != Stage::content_decoded) return words;
  const auto said = [&](Field id) {
    const auto field = alert.find(id);
    return field ? field->text() : std::string_view{};
  };
  if (const auto model = said(Field::device_model); !model.empty()) add("", model);
  if (const auto build = said(Field::device_build); !build.empty()) add("build ", build);
  add_hidden("device-id ", said(Field::device_id));
  add_hidden("network-name ", said(Field::network_name));
  return words;
}

std::string_view uninspected_words(UninspectedReason reason) noexcept {
  switch (reason) {
    case UninspectedReason::link_type: return "the capture's link layer has no decoder";
    case UninspectedReason::not_ip: return "not IP (ARP, LLDP, STP, MACsec and the like)";
    case UninspectedReason::malformed: return "a header is cut or contradicts itself";
    case UninspectedReason::checksum: return "a wrong transport checksum";
    case UninspectedReason::fragment: return "part of an IP datagram that never was whole";
    case UninspectedReason::transport: return "an IP protocol without a decoder (SCTP, OSPF and the like)";
    case UninspectedReason::flow_table_full: return "no room for a new flow";
    case UninspectedReason::buffer_full: return "no reassembly buffer was free";
    case UninspectedReason::stream_gap: return "bytes of the stream never came by, or came too far ahead";
    case UninspectedReason::handshake_size: return "a handshake or header larger than the reassembly window";
    case UninspectedReason::parse_error: return "the protocol was recognised and its message broken";
    case UninspectedReason::unknown_protocol: return "no parser knows this payload";
    case UninspectedReason::ciphertext: return "encrypted payload after the handshake";
    case UninspectedReason::compressed: return "a WebSocket message that is compressed";
    case UninspectedReason::http2_limit: return "HTTP/2 with headers or resets beyond a bound";
    case UninspectedReason::tcp_refused: return "a TCP segment that its receiver would not take";
    case UninspectedReason::fragment_overlap: return "part of an IP datagram whose fragments overlap";
    case UninspectedReason::fragment_table_full: return "part of an IP datagram that gave way to others";
    case UninspectedReason::exempt: return "of a device that the site's policy exempts";
    case UninspectedReason::tunnel_depth: return "tunnels in tunnels, deeper than they are followed";
    case UninspectedReason::midstream: return "of a connection whose start was not seen";
    case UninspectedReason::overload_payload: return "clear text that was not searched: too much traffic at once";
    case UninspectedReason::overload_handshake: return "of a connection that began in too much traffic at once";
    case UninspectedReason::depth: return "clear text beyond what signatures shall see of a direction";
  }
  return "unknown reason";
}

std::string_view visibility_text(Visibility visibility) noexcept {
  return shows_nothing(visibility) ? "nothing" : visibility_names[static_cast<std::size_t>(visibility)];
}

std::string_view opacity_words(Visibility visibility) noexcept {
  switch (visibility) {
    case Visibility::clear_text:
    case Visibility::name_only:
    case Visibility::no_payload: return "";
    case Visibility::ech: return "Encrypted Client Hello";
    case Visibility::vpn: return "VPN or relay";
    case Visibility::encrypted_dns: return "encrypted DNS";
    case Visibility::ciphertext_without_name: return "encrypted, no name";
    case Visibility::unknown_protocol: return "unknown protocol";
    case Visibility::not_followed: return "not followed";
  }
  return "";
}

std::string_view text_of(EncryptedDns encrypted_dns) noexcept {
  switch (encrypted_dns) {
    case EncryptedDns::none: return "";
    case EncryptedDns::dot: return "dot";
    case EncryptedDns::doh: return "doh";
    case EncryptedDns::doq: return "doq";
  }
  return "";
}

}  // namespace sluice
