#include "rules/signature_check.hh"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "rules/buffer_protocol.hh"
#include "rules/signature_header.hh"

namespace sluice {
namespace {

bool is_transport(SignatureProtocol protocol) {
  return protocol == SignatureProtocol::ip || protocol == SignatureProtocol::tcp || protocol == SignatureProtocol::udp;
}

// Whether messages of `application` travel in what the header names.
bool carries(SignatureProtocol header, SignatureProtocol application) {
  if (header == SignatureProtocol::ip || header == application) return true;
  if (application == SignatureProtocol::dns) return is_transport(header);
  const bool over_udp = application == SignatureProtocol::quic;
  return header == (over_udp ? SignatureProtocol::udp : SignatureProtocol::tcp);
}

constexpr std::array<SignatureProtocol, 4> applications{SignatureProtocol::dns, SignatureProtocol::tls,
                                                        SignatureProtocol::quic, SignatureProtocol::http};

// Of `set`, those that travel in what the header names.
ProtocolSet carried(SignatureProtocol header, ProtocolSet set) {
  ProtocolSet fitting = 0;
  for (const auto application : applications)
    if ((set & set_of(application)) != 0 && carries(header, application)) fitting |= set_of(application);
  return fitting;
}

// "tls", or "tls or quic".
std::string names_of(ProtocolSet set) {
  std::string names;
  for (const auto application : applications)
    if ((set & set_of(application)) != 0)
      names += fmt::format("{}{}", names.empty() ? "" : " or ", text_of(application));
  return names;
}

bool has_upper_case(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Without what a backslash makes a class or an assertion of: \W, \S, \B.
bool expression_has_upper_case(std::string_view expression) {
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\') {
      ++i;
    } else if (expression[i] >= 'A' && expression[i] <= 'Z') {
      return true;
    }
  }
  return false;
}

class PartsCheck {
 public:
  PartsCheck(const std::vector<PlacedPart>& parts, const std::vector<PlacedNumber>& numbers, SignatureProtocol protocol,
             bool whole, RuleFaults& faults)
      : parts_(parts), numbers_(numbers), protocol_(protocol), whole_(whole), faults_(faults) {}

  void check() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      check_buffer(parts_[i]);
      if (whole_) check_relative(i);
      if (!parts_[i].part.content) continue;
      check_positions(parts_[i]);
      check_fast_pattern(parts_[i]);
    }
    for (const auto& placed : numbers_) check_number(placed);
    if (whole_) check_something_is_looked_for();
  }

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }

  void check_buffer(const PlacedPart& placed) {
    const auto buffer = placed.buffer();
    const auto& first = parts_.front();
    const bool fields = buffer != Buffer::payload;
    // What was refused may have named the buffer of those that seem to look in the payload.
    if (!whole_ && !(fields && first.buffer() != Buffer::payload)) return;
    if (fields != (first.buffer() != Buffer::payload))
      return fail(placed.at,
                  "this rule looks in the payload and in fields of a parsed message, which are matched at "
                  "different moments: write two rules, or name a sticky buffer for every content");
    if (fields)
      check_moment(placed.at, text_of(buffer), protocols_of(buffer), moments_of(buffer));
    else if (!is_transport(protocol_))
      fail(placed.at, fmt::format("messages of {} are matched by their fields: write a sticky buffer before this, "
                                  "or tcp or udp in the header to look in the payload",
                                  text_of(protocol_)));
    if (buffer == Buffer::http_host) check_host(placed);
    if (buffer == Buffer::http_method && placed.part.content) check_method(placed);
  }

  void check_number(const PlacedNumber& placed) {
    const auto number = placed.condition.number;
    if (whole_ && !parts_.empty() && parts_.front().buffer() == Buffer::payload)
      return fail(placed.at, fmt::format("{} is of a parsed message, and this rule looks in the payload, which is "
                                         "matched at another moment: write two rules",
                                         text_of(number)));
    check_moment(placed.at, text_of(number), protocols_of(number), moments_of(number));
  }

  // What a rule names must come in messages of what its header names, and all of it at one moment.
  void check_moment(std::size_t at, std::string_view name, ProtocolSet protocols, Moments moments) {
    if (carried(protocol_, protocols) == 0)
      return fail(at, fmt::format("{} is of {}, and the header says {}: write {} there", name, names_of(protocols),
                                  text_of(protocol_), names_of(protocols)));
    if ((protocols & protocols_) == 0)
      return fail(at, fmt::format("{} and {} are of different protocols, so that no message has both: write two rules",
                                  first_name_, name));
    if ((moments & moments_) == 0)
      return fail(at, fmt::format("{} and {} come at different moments, and are matched one by one: write two rules",
                                  first_name_, name));
    protocols_ &= protocols;
    moments_ &= moments;
    if (first_name_.empty()) first_name_ = name;
  }

  void check_host(const PlacedPart& placed) {
    if (placed.nocase_at != 0)
      fail(placed.nocase_at, "nocase on http.host: the host is matched in lower case, write it so and remove nocase");
    const bool upper = placed.part.content ? has_upper_case(placed.part.content->bytes)
                                           : expression_has_upper_case(placed.part.pcre->expression);
    if (upper) fail(placed.at, "upper case in http.host, which is matched in lower case: write it in lower case");
  }

  void check_method(const PlacedPart& placed) {
    const auto& bytes = placed.part.content->bytes;
    if (std::any_of(bytes.begin(), bytes.end(), [](unsigned char c) { return std::isspace(c) != 0; }))
      fail(placed.at, "a blank in http.method, which holds the method alone: remove it");
  }

  void check_relative(std::size_t index) {
    const auto& placed = parts_[index];
    if (placed.relative_at == 0) return;
    const auto end = parts_.begin() + static_cast<std::ptrdiff_t>(index);
    // A buffer that is named a second time is looked through anew, as in Suricata 7.
    const bool found = std::any_of(parts_.begin(), end, [&](const PlacedPart& before) {
      return before.buffer() == placed.buffer() && before.run == placed.run && !before.negated();
    });
    if (!found)
      fail(placed.relative_at,
           fmt::format("this counts from the match before it in {}, and there is none: write offset "
                       "and depth, or a content before it",
                       text_of(placed.buffer())));
  }

  void check_positions(const PlacedPart& placed) {
    const auto later = std::max(placed.relative_at, placed.absolute_at);
    if (placed.relative_at != 0 && placed.absolute_at != 0)
      fail(later, "offset and depth count from the start, distance and within from the match before: use one pair");
    else if (placed.part.content->startswith && later != 0)
      fail(later, "startswith says where the content stands: remove it, or this position");
  }

  void check_fast_pattern(const PlacedPart& placed) {
    if (placed.fast_pattern_at == 0) return;
    if (placed.negated())
      fail(placed.fast_pattern_at,
           "fast_pattern on a negated content, whose absence cannot be searched for: mark "
           "another one");
    if (placed.fast_pattern_only && (placed.relative_at != 0 || placed.absolute_at != 0))
      fail(placed.fast_pattern_at, "fast_pattern:only stands for a content without a position: write fast_pattern;");
    if (fast_pattern_seen_) fail(placed.fast_pattern_at, "a second fast_pattern: a rule has one, remove the others");
    fast_pattern_seen_ = true;
  }

  void check_something_is_looked_for() {
    const bool found = !numbers_.empty() || std::any_of(parts_.begin(), parts_.end(),
                                                        [](const PlacedPart& part) { return !part.negated(); });
    if (is_transport(protocol_) && !found)
      fail(0, fmt::format("a rule for {} without a content or pcre that must be there would match nearly every packet: "
                          "add one, or write the addresses into an indicator list",
                          text_of(protocol_)));
  }

  const std::vector<PlacedPart>& parts_;
  const std::vector<PlacedNumber>& numbers_;
  SignatureProtocol protocol_;
  bool whole_;
  RuleFaults& faults_;
  bool fast_pattern_seen_ = false;
  // Of what was named so far.
  std::string_view first_name_;
  ProtocolSet protocols_ = ~ProtocolSet{0};
  Moments moments_ = when::any;
};

}  // namespace

void check_parts(const std::vector<PlacedPart>& parts, const std::vector<PlacedNumber>& numbers,
                 SignatureProtocol protocol, bool whole, RuleFaults& faults) {
  PartsCheck(parts, numbers, protocol, whole, faults).check();
}

}  // namespace sluice
