#include "rules/signatures/signature_flow_conditions.hh"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_header.hh"
#include "rules/signatures/signature_number.hh"
#include "rules/text/list_file.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::uint64_t most_u32 = 0xffff'ffff;
constexpr std::uint64_t most_u64 = std::numeric_limits<std::uint64_t>::max();

constexpr std::array<std::string_view, 11> all_keywords{
    "decode-event",        "stream-event",       "app-layer-event",    "flow.pkts",
    "flow.bytes",          "flow.pkts_toserver", "flow.pkts_toclient", "flow.bytes_toserver",
    "flow.bytes_toclient", "stream_size",        "app-layer-protocol"};

std::string_view value_of(const SignatureOption& option) { return option.value.value_or(std::string_view{}); }

std::optional<FlowSubject> subject_of(std::string_view text) {
  if (text == "toserver" || text == "client") return FlowSubject::to_server;  // what the client sends
  if (text == "toclient" || text == "server") return FlowSubject::to_client;
  if (text == "either") return FlowSubject::either;
  if (text == "both") return FlowSubject::both;
  return std::nullopt;
}

SignatureCondition compared(ConditionKind kind, const ComparedNumber& number) {
  SignatureCondition condition;
  condition.kind = kind;
  condition.comparison = number.comparison;
  condition.first = number.first;
  condition.second = number.second;
  return condition;
}

}  // namespace

std::span<const std::string_view> SignatureFlowConditions::keywords() noexcept { return all_keywords; }

bool SignatureFlowConditions::read(const SignatureOption& option, Signature& signature) {
  const auto name = option.name;
  if (std::find(all_keywords.begin(), all_keywords.end(), name) == all_keywords.end()) return false;
  if (name == "flow.pkts") {
    read_flow_count(option, ConditionKind::flow_packets, signature);
  } else if (name == "flow.bytes") {
    read_flow_count(option, ConditionKind::flow_bytes, signature);
  } else if (name == "stream_size") {
    read_stream_size(option, signature);
  } else if (name == "decode-event") {
    read_event(option, ConditionKind::decode_event, AnomalyLayer::decode, signature);
  } else if (name == "stream-event") {
    read_event(option, ConditionKind::stream_event, AnomalyLayer::stream, signature);
  } else if (name == "app-layer-event") {
    read_event(option, ConditionKind::application_event, AnomalyLayer::applayer, signature);
  } else if (name == "app-layer-protocol") {
    read_application(option, signature);
  } else {
    read_old_flow_count(option, signature);
  }
  return true;
}

void SignatureFlowConditions::add(const SignatureOption& option, Signature& signature, SignatureCondition condition) {
  if (signature.conditions.size() == signature_condition_limit)
    return fail(option.at, fmt::format("more than {} conditions: split the rule", signature_condition_limit));
  signature.conditions.push_back(std::move(condition));
}

// flow.pkts:toserver,>10
void SignatureFlowConditions::read_flow_count(const SignatureOption& option, ConditionKind kind, Signature& signature) {
  const auto text = value_of(option);
  const auto comma = std::min(text.find(','), text.size());
  const auto subject = subject_of(trimmed(text.substr(0, comma)));
  const auto number =
      comma == text.size() ? std::optional<ComparedNumber>{} : compared_number(text.substr(comma + 1), most_u64);
  if (!subject || !number)
    return fail(option.value_at,
                fmt::format("{}:{}: write toserver, toclient, either or both, a comma and a number such "
                            "as >10",
                            option.name, printable(text)));
  auto condition = compared(kind, *number);
  condition.subject = static_cast<std::uint8_t>(*subject);
  add(option, signature, std::move(condition));
}

// flow.pkts_toserver:>10
void SignatureFlowConditions::read_old_flow_count(const SignatureOption& option, Signature& signature) {
  const auto number = compared_number(value_of(option), most_u64);
  if (!number)
    return fail(option.value_at,
                fmt::format("{}:{}: write a number such as >10", option.name, printable(value_of(option))));
  auto condition =
      compared(option.name.starts_with("flow.pkts") ? ConditionKind::flow_packets : ConditionKind::flow_bytes, *number);
  condition.subject =
      static_cast<std::uint8_t>(option.name.ends_with("toserver") ? FlowSubject::to_server : FlowSubject::to_client);
  add(option, signature, std::move(condition));
}

// stream_size:client,>,1000
void SignatureFlowConditions::read_stream_size(const SignatureOption& option, Signature& signature) {
  const auto text = value_of(option);
  const auto first = std::min(text.find(','), text.size());
  const auto second = std::min(text.find(',', std::min(first + 1, text.size())), text.size());
  const auto subject = subject_of(trimmed(text.substr(0, first)));
  std::optional<ComparedNumber> number;
  if (second < text.size()) {
    const auto sign = trimmed(text.substr(first + 1, second - first - 1));
    if (!sign.empty() && sign.find_first_not_of("<>=!") == std::string_view::npos)
      number = compared_number(std::string{sign} + std::string{trimmed(text.substr(second + 1))}, most_u32);
  }
  if (!subject || !number)
    return fail(option.value_at,
                fmt::format("stream_size:{}: write client, server, both or either, then a comparison and "
                            "a number: stream_size:client,>,1000;",
                            printable(text)));
  auto condition = compared(ConditionKind::stream_size, *number);
  condition.subject = static_cast<std::uint8_t>(*subject);
  add(option, signature, std::move(condition));
}

// decode-event:ipv4.trunc_pkt
void SignatureFlowConditions::read_event(const SignatureOption& option, ConditionKind kind, AnomalyLayer layer,
                                         Signature& signature) {
  const auto text = value_of(option);
  const auto anomaly = anomaly_named(layer, text);
  if (!anomaly)
    return fail(option.value_at, fmt::format("{} \"{}\" is none of Suricata's", option.name, printable(text)));
  SignatureCondition condition;
  condition.kind = kind;
  condition.first = static_cast<std::uint64_t>(*anomaly);
  add(option, signature, std::move(condition));
}

// app-layer-protocol:!http,final
void SignatureFlowConditions::read_application(const SignatureOption& option, Signature& signature) {
  const auto text = value_of(option);
  const auto comma = std::min(text.find(','), text.size());
  auto name = trimmed(text.substr(0, comma));
  SignatureCondition condition;
  condition.kind = ConditionKind::application;
  if (name.starts_with('!')) {
    condition.negated = true;
    name = trimmed(name.substr(1));
  }
  if (name == "failed" || name == "unknown") {
    condition.first = name == "failed" ? failed_application : unknown_application;
  } else {
    const auto protocol = application_of(name);
    if (!protocol)
      return fail(option.value_at,
                  fmt::format("app-layer-protocol \"{}\" is not parsed by this version: write one of the "
                              "header's application protocols, failed or unknown",
                              printable(name)));
    condition.first = static_cast<std::uint64_t>(*protocol);
  }
  if (comma < text.size()) {
    constexpr std::array<std::string_view, 6> modes{"", "to_server", "to_client", "either", "final", "original"};
    auto mode = trimmed(text.substr(comma + 1));
    if (mode == "toserver") mode = "to_server";
    if (mode == "toclient") mode = "to_client";
    const auto* const found = std::find(modes.begin() + 1, modes.end(), mode);
    if (found == modes.end())
      return fail(option.value_at,
                  fmt::format("app-layer-protocol mode \"{}\": write final, original, either, to_server or "
                              "to_client",
                              printable(mode)));
    condition.subject = static_cast<std::uint8_t>(found - modes.begin());
  }
  add(option, signature, std::move(condition));
}

}  // namespace sluice
