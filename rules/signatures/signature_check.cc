#include "rules/signatures/signature_check.hh"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "rules/signatures/buffer_protocol.hh"
#include "rules/signatures/signature_header.hh"

namespace sluice {
namespace {

// Whether messages of `application` travel in what the header names.
bool carries(SignatureProtocol header, SignatureProtocol application) {
  switch (header) {
    case SignatureProtocol::ip:
    case SignatureProtocol::ip4:
    case SignatureProtocol::ip6: return true;
    case SignatureProtocol::tcp:
    case SignatureProtocol::tcp_stream: return application != SignatureProtocol::quic;
    case SignatureProtocol::udp: return application == SignatureProtocol::quic || application == SignatureProtocol::dns;
    case SignatureProtocol::http1:
    case SignatureProtocol::http2: return application == SignatureProtocol::http;
    default: return header == application;
  }
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
  PartsCheck(const std::vector<PlacedPart>& parts, const std::vector<PlacedNumber>& numbers, const Signature& signature,
             bool whole, RuleFaults& faults)
      : parts_(parts), numbers_(numbers), signature_(signature), whole_(whole), faults_(faults) {
    for (const auto& part : parts_) {
      if (is_of_packet(part.buffer()) && first_of_packet_ == nullptr) first_of_packet_ = &part;
    }
  }

  void check() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      check_buffer(parts_[i]);
      if (whole_) check_relative(i);
      check_absent(i);
      if (!parts_[i].part.content) continue;
      check_positions(parts_[i]);
      check_fast_pattern(parts_[i]);
    }
    for (const auto& placed : numbers_) {
      const auto number = placed.condition.number;
      check_message(placed.at, text_of(number), protocols_of(number), moments_of(number));
    }
    if (whole_) check_moment();
  }

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }

  void check_buffer(const PlacedPart& placed) {
    const auto buffer = placed.buffer();
    if (!is_of_message(buffer)) return;
    check_message(placed.at, text_of(buffer), protocols_of(buffer), moments_of(buffer));
    if (buffer == Buffer::http_host) check_host(placed);
    if (buffer == Buffer::http_method && placed.part.content) check_method(placed);
  }

  // What a rule names must come in messages of what its header names, and all of it at one moment.
  void check_message(std::size_t at, std::string_view name, ProtocolSet protocols, Moments moments) {
    if (carried(signature_.protocol, protocols) == 0)
      return fail(at, fmt::format("{} is of {}, and the header says {}: write {} there", name, names_of(protocols),
                                  text_of(signature_.protocol), names_of(protocols)));
    if ((protocols & protocols_) == 0)
      return fail(at, fmt::format("{} and {} are of different protocols, so that no message has both: write two rules",
                                  first_name_, name));
    if ((moments & moments_) == 0)
      return fail(at, fmt::format("{} and {} come at different moments, and are matched one by one: write two rules",
                                  first_name_, name));
    protocols_ &= protocols;
    moments_ &= moments;
    if (!first_name_.empty()) return;
    first_name_ = name;
    first_at_ = at;
  }

  void check_host(const PlacedPart& placed) {
    if (placed.nocase_at != 0)
      fail(placed.nocase_at, "nocase on http.host: the host is matched in lower case, write it so and remove nocase");
    if (!placed.part.is_plain()) return;
    const bool upper = placed.part.content
                           ? has_upper_case(placed.part.content->bytes)
                           : placed.part.pcre && expression_has_upper_case(placed.part.pcre->expression);
    if (upper) fail(placed.at, "upper case in http.host, which is matched in lower case: write it in lower case");
  }

  void check_method(const PlacedPart& placed) {
    const auto& bytes = placed.part.content->bytes;
    if (std::any_of(bytes.begin(), bytes.end(), [](unsigned char c) { return std::isspace(c) != 0; }))
      fail(placed.at, "a blank in http.method, which holds the method alone: remove it");
  }

  void check_relative(std::size_t index) {
    const auto& placed = parts_[index];
    // A content counts from the start where nothing stands before it, as in Suricata.
    if (placed.relative_at == 0 || !placed.part.pcre || placed.part.in_base64) return;
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

  // Suricata: "absent" says all of a buffer that is to be said, but for what or_else leads to.
  void check_absent(std::size_t index) {
    const auto& part = parts_[index].part;
    const auto* const absent = part.check ? std::get_if<Absent>(&*part.check) : nullptr;
    if (absent == nullptr) return;
    const auto same = [&](const PlacedPart& other) {
      return other.buffer() == part.buffer() && other.part.transforms == part.transforms;
    };
    const auto here = parts_.begin() + static_cast<std::ptrdiff_t>(index);
    const bool before = std::any_of(parts_.begin(), here, same);
    const bool behind = std::any_of(here + 1, parts_.end(), same);
    if (before || (behind && !absent->or_else))
      fail(parts_[index].at,
           fmt::format("absent beside other parts in {}: write absent:or_else; before them", text_of(part.buffer())));
    if (absent->or_else && !behind)
      fail(parts_[index].at, fmt::format("absent:or_else with nothing behind it in {}: write what must hold else",
                                         text_of(part.buffer())));
  }

  void check_fast_pattern(const PlacedPart& placed) {
    if (placed.fast_pattern_at == 0) return;
    if (placed.part.in_base64)
      fail(placed.fast_pattern_at, "fast_pattern behind base64_data, which nothing is searched in first: remove it");
    if (placed.negated())
      fail(placed.fast_pattern_at,
           "fast_pattern on a negated content, whose absence cannot be searched for: mark "
           "another one");
    if (placed.fast_pattern_only && (placed.relative_at != 0 || placed.absolute_at != 0))
      fail(placed.fast_pattern_at, "fast_pattern:only stands for a content without a position: write fast_pattern;");
    if (fast_pattern_seen_) fail(placed.fast_pattern_at, "a second fast_pattern: a rule has one, remove the others");
    fast_pattern_seen_ = true;
  }

  // What is looked at when: a message when it is complete, a packet when it comes.
  void check_moment() {
    if (first_name_.empty()) return;
    if (first_of_packet_ != nullptr)
      fail(first_of_packet_->at,
           fmt::format("{} is of a packet and {} of a message, which may come in several: write two rules",
                       text_of(first_of_packet_->buffer()), first_name_));
    if (signature_.protocol == SignatureProtocol::tcp_packet ||
        signature_.flow.contents == SignatureFlow::Contents::packet)
      fail(first_at_,
           fmt::format("{} is of a message, and the rule is about packets by themselves: write tcp, and flow without "
                       "no_stream",
                       first_name_));
  }

  const std::vector<PlacedPart>& parts_;
  const std::vector<PlacedNumber>& numbers_;
  const Signature& signature_;
  const PlacedPart* first_of_packet_ = nullptr;
  bool whole_;
  RuleFaults& faults_;
  bool fast_pattern_seen_ = false;
  // What was named so far of messages.
  std::string_view first_name_;
  std::size_t first_at_ = 0;
  ProtocolSet protocols_ = ~ProtocolSet{0};
  Moments moments_ = when::any;
};

}  // namespace

void check_parts(const std::vector<PlacedPart>& parts, const std::vector<PlacedNumber>& numbers,
                 const Signature& signature, bool whole, RuleFaults& faults) {
  PartsCheck(parts, numbers, signature, whole, faults).check();
}

}  // namespace sluice
