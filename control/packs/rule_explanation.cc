#include "control/packs/rule_explanation.hh"

#include <fmt/format.h>
#include <hs/hs_compile.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "dataplane/signatures/payload_window.hh"
#include "dataplane/signatures/signature_set_parts.hh"
#include "rules/databases/prefilter.hh"
#include "rules/facts/classtype.hh"
#include "rules/signatures/signature_conditions.hh"
#include "rules/signatures/signature_facts.hh"
#include "rules/signatures/signature_flow_conditions.hh"
#include "rules/signatures/signature_message_number.hh"
#include "rules/signatures/signature_option.hh"
#include "rules/signatures/signature_span.hh"
#include "rules/signatures/signature_state.hh"

namespace sluice {
namespace {

// Below that, a pattern stands in much of what passes: a guess from Suricata's documentation (fast_pattern) and ours.
constexpr std::size_t short_pattern = 4;

// Of an expression that make_prefilter() wrote for a content (each byte as \xNN): as a rule has it.
std::string content_text(std::string_view expression) {
  std::string text;
  bool in_hex = false;
  for (; expression.size() >= 4; expression.remove_prefix(4)) {
    const auto byte = static_cast<char>(std::stoi(std::string{expression.substr(2, 2)}, nullptr, 16));
    const bool is_plain = byte > ' ' && byte < 0x7f && byte != '|' && byte != '"';
    if (is_plain == in_hex) text += '|';
    if (!is_plain && in_hex) text += ' ';
    in_hex = !is_plain;
    if (is_plain)
      text += byte;
    else
      text += expression.substr(2, 2);
  }
  if (in_hex) text += '|';
  return text;
}

std::string_view action_text(SignatureAction action) {
  switch (action) {
    case SignatureAction::alert: return "says that it matched";
    case SignatureAction::drop: return "drops";
    case SignatureAction::pass: return "lets pass, before any rule that drops or alerts";
    case SignatureAction::reject: return "drops, and tells the sender of the packet";
    case SignatureAction::reject_destination: return "drops, and tells the receiver of the packet";
    case SignatureAction::reject_both: return "drops, and tells both ends";
  }
  return "";
}

std::string moment_text(Moments moments) {
  constexpr std::pair<Moments, std::string_view> names[] = {
      {when::request_head, "the head of an HTTP request"},
      {when::request_body, "the body of an HTTP request, or as much of it as is looked at"},
      {when::response_head, "the head of an HTTP response"},
      {when::response_body, "the body of an HTTP response, or as much of it as is looked at"},
      {when::client_hello, "a ClientHello"},
      {when::server_hello, "a ServerHello"},
      {when::certificate, "the first certificate of a chain"},
      {when::issuer, "each further certificate"},
      {when::chain_end, "the last certificate of a chain"},
      {when::dns, "a DNS message"},
      {when::http2_frame, "each frame of HTTP/2"}};
  std::string text;
  for (const auto& [moment, name] : names)
    if ((moments & moment) != 0) text.append(text.empty() ? "once there is " : ", or ").append(name);
  return text;
}

bool is_named(std::span<const std::string_view> keywords, std::string_view name) {
  return std::find(keywords.begin(), keywords.end(), name) != keywords.end();
}

bool has_payload(const Signature& signature) {
  return std::any_of(signature.parts.begin(), signature.parts.end(),
                     [](const SignaturePart& part) { return part.buffer() == Buffer::payload; });
}

bool may_be_tcp(const Signature& signature) {
  return is_tcp(signature.protocol) || signature.protocol == SignatureProtocol::ip ||
         signature.protocol == SignatureProtocol::ip4 || signature.protocol == SignatureProtocol::ip6;
}

class Explaining {
 public:
  explicit Explaining(const Signature& signature)
      : signature_(signature),
        prefilter_(make_prefilter({signature})),
        moments_(moments_of(signature)),
        of_packets_((moments_ & static_cast<std::uint8_t>(SignatureMoment::content)) == 0) {}

  RuleExplanation take() {
    facts();
    moment();
    patterns();
    conditions();
    expressions();
    return std::move(out_);
  }

 private:
  void line(std::string_view title, std::string text) { out_.lines.push_back({title, std::move(text)}); }
  void cost(std::string text) { out_.costs.push_back(std::move(text)); }

  void facts() {
    const auto& facts = signature_.facts;
    line("rule", facts.rule_id + (signature_.line == 0 ? "" : fmt::format(", line {}", signature_.line)));
    if (!facts.subject.empty()) line("msg", facts.subject);
    line("action",
         fmt::format(
             "{}{}; priority {}{}", action_text(signature_.action), scope_text(), facts.priority,
             facts.classtype == no_classtype ? "" : fmt::format(" ({})", classtype_description(facts.classtype))));
    line("header", std::string{signature_.text.substr(0, signature_.text.find('('))});
  }

  // What the action is done to.
  [[nodiscard]] std::string_view scope_text() const {
    const bool on_messages =
        message_moments_of(signature_) != when::any && (message_moments_of(signature_) & ~when::payload) != 0;
    if (signature_.action == SignatureAction::alert) return "";
    if (of_packets_)
      return signature_.parts.empty() ? ": the packet, or where it asks for addresses or an application alone, the flow"
                                      : ": the packet";
    if (on_messages || is_tcp(signature_.protocol)) return ": the flow, from there on";
    return may_be_tcp(signature_) ? ": of TCP the flow, from there on, else the packet" : ": the packet";
  }

  void moment() {
    const auto messages = message_moments_of(signature_);
    const bool of_messages = messages != when::any && (messages & ~when::payload) != 0;
    std::string_view title = "looked for";
    const auto say = [&](std::string text) { line(std::exchange(title, ""), std::move(text)); };
    if (of_packets_ || (moments_ & static_cast<std::uint8_t>(SignatureMoment::packet_end)) != 0)
      say(of_packets_ ? "in each packet, those of decided flows too" : "in each packet that is neither TCP nor UDP");
    if (of_packets_) {
      cost("every packet is tried against its header: as long as such a rule is in use, decided flows are not free");
      return;
    }
    if (of_messages) say(moment_text(messages));
    if (!has_payload(signature_)) return;
    if (signature_.protocol != SignatureProtocol::udp && may_be_tcp(signature_)) stream(say);
    if (!is_tcp(signature_.protocol)) say("in each datagram of UDP, as one piece");
    if (of_messages) say("it matches when both halves were seen in one flow");
  }

  template <class Say>
  void stream(const Say& say) {
    const auto& patterns = prefilter_.patterns[static_cast<std::size_t>(Buffer::payload)];
    const bool is_literal =
        std::any_of(patterns.begin(), patterns.end(), [](const auto& one) { return one.is_literal(); });
    say(fmt::format("in each direction of TCP as it comes, {}; its parts are confirmed in the last {} bytes",
                    is_literal ? "by the stream database" : "piece by piece, as blocks", PayloadWindow::size));
    if (signature_.parts.size() < 2) return;
    const auto span = signature_span(signature_);
    if (!span || *span > PayloadWindow::size)
      cost(
          fmt::format("in a stream its parts may lie further apart than {} bytes, and are then not found: write "
                      "within, or offset and depth",
                      PayloadWindow::size));
  }

  void patterns() {
    std::string_view title = "pattern";
    for (std::size_t number = 0; number < buffer_count; ++number)
      for (const auto& pattern : prefilter_.patterns[number]) {
        line(std::exchange(title, ""), pattern_text(static_cast<Buffer>(number), pattern));
        line("", fmt::format("it stands in the database of {}, with those of all other rules there",
                             text_of(static_cast<Buffer>(number))));
      }
    if (prefilter_.unfiltered.empty()) return;
    line(title, fmt::format("none: {}", reason_for_none()));
    cost(of_packets_ ? "no pattern is searched for first: its conditions are tried on each packet that fits the header"
                     : "no pattern is searched for first: it is tried on each message that has its buffers");
  }

  std::string pattern_text(Buffer buffer, const PrefilterPattern& pattern) {
    if (!pattern.is_literal()) {
      cost(
          "it is searched for by its expression, of which Hyperscan takes a superset: a content that must stand there "
          "would be faster");
      return fmt::format("{} /{}/, as Hyperscan's prefilter: no content of two bytes or more must stand there",
                         text_of(buffer), pattern.expression);
    }
    const auto size = pattern.expression.size() / 4;
    const bool is_asked = std::any_of(signature_.parts.begin(), signature_.parts.end(), [&](const SignaturePart& part) {
      return part.content && part.content->fast_pattern && part.buffer() == buffer;
    });
    const auto contents = std::count_if(
        signature_.parts.begin(), signature_.parts.end(),
        [](const SignaturePart& part) { return part.content && !part.content->negated && part.is_plain(); });
    if (size < short_pattern)
      cost(fmt::format("its pattern has {} bytes: it stands in much that passes, and the rule is tried each time",
                       size));
    return fmt::format("{} \"{}\", {} bytes{}: {}", text_of(buffer), content_text(pattern.expression), size,
                       (pattern.flags & HS_FLAG_CASELESS) != 0 ? ", in any case" : "",
                       is_asked       ? "the rule asks for it (fast_pattern)"
                       : contents > 1 ? "the longest of its contents that must stand there"
                                      : "its only content that must stand there");
  }

  std::string_view reason_for_none() const {
    if (signature_.parts.empty()) return "it has no contents";
    bool has_positive = false;
    bool has_plain = false;
    for (const auto& part : signature_.parts) {
      const bool is_positive = (part.content || part.pcre) && !part.negated();
      has_positive = has_positive || is_positive;
      has_plain = has_plain || (is_positive && part.is_plain());
    }
    if (!has_positive) return "it only says what must not be there, or how long a buffer is";
    if (!has_plain) return "what must be there stands behind transforms or base64_data";
    return "what must be there has one byte, or may be absent, or stands behind what moves its place";
  }

  // As they are written, in the order in which they are tried.
  void conditions() {
    const auto& text = signature_.text;
    const auto open = text.find('(');
    RuleFaults faults;
    const auto options = open == std::string::npos ? std::vector<SignatureOption>{}
                                                   : split_options(text, open + 1, text.size() - 1, faults);
    const auto tell = [&](std::string_view title, const auto& wanted) {
      for (const auto& option : options) {
        if (!wanted(option.name)) continue;
        line(std::exchange(title, ""),
             option.value ? fmt::format("{}:{}", option.name, *option.value) : std::string{option.name});
      }
    };
    const auto is_of_packet = [](std::string_view name) {
      return name == "flow" || is_named(SignatureConditions::keywords(), name) ||
             is_named(SignatureFlowConditions::keywords(), name);
    };
    const auto is_of_state = [](std::string_view name) { return is_named(SignatureStateWords::keywords(), name); };
    const auto is_number = [](std::string_view name) { return is_named(SignatureNumbers::keywords(), name); };
    const auto is_fact = [](std::string_view name) { return is_named(SignatureFacts::keywords(), name); };
    tell("packet", is_of_packet);
    tell("message", is_number);
    tell("buffers", [&](std::string_view name) {
      return !is_of_packet(name) && !is_of_state(name) && !is_number(name) && !is_fact(name);
    });
    tell("state", is_of_state);
  }

  void expressions() {
    bool has_any = false;
    std::optional<Buffer> narrowed;  // a content before it stands in the same buffer
    for (const auto& part : signature_.parts) {
      if (part.content && !part.content->negated) narrowed = part.buffer();
      if (!part.pcre) continue;
      has_any = true;
      const auto& pcre = *part.pcre;
      for (const auto& capture : pcre.captures)
        line("captures",
             fmt::format("group {} of /{}/, for the {} as \"{}\": shown where the content of packets is", capture.group,
                         pcre.expression, capture.of_flow ? "flow" : "packet", capture.name));
      const bool is_bound = pcre.anchored || pcre.relative || pcre.expression.starts_with('^');
      if (!is_bound && narrowed != part.buffer())
        cost(fmt::format("/{}/ is bound to no place: PCRE2 tries it at each byte of {}", pcre.expression,
                         text_of(part.buffer())));
      if (pcre.expression.find(".*") != std::string::npos || pcre.expression.find(".+") != std::string::npos)
        cost(fmt::format("/{}/ has a .* or .+: how far it may run decides what a message without a match costs",
                         pcre.expression));
    }
    if (has_any)
      line("pcre", "its expressions are matched by PCRE2, with limits on steps and memory, once all before them match");
  }

  const Signature& signature_;
  Prefilter prefilter_;
  std::uint8_t moments_;
  bool of_packets_;
  RuleExplanation out_;
};

}  // namespace

RuleExplanation explain(const Signature& signature) { return Explaining{signature}.take(); }

}  // namespace sluice
