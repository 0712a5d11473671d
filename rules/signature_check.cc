#include "rules/signature_check.hh"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "rules/signature_header.hh"

namespace sluice {
namespace {

// The protocol whose messages have that buffer.
SignatureProtocol protocol_of(Buffer buffer) {
  switch (buffer) {
    case Buffer::payload: return SignatureProtocol::ip;
    case Buffer::dns_query: return SignatureProtocol::dns;
    case Buffer::tls_sni: return SignatureProtocol::tls;
    case Buffer::quic_sni: return SignatureProtocol::quic;
    case Buffer::http_method:
    case Buffer::http_uri:
    case Buffer::http_host:
    case Buffer::http_user_agent:
    case Buffer::http_header:
    case Buffer::http_request_body:
    case Buffer::http_response_body:
    case Buffer::http_stat_code:
    case Buffer::http_stat_msg:
    case Buffer::http_response_line:
    case Buffer::http_content_type: return SignatureProtocol::http;
  }
  return SignatureProtocol::ip;
}

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
  PartsCheck(const std::vector<PlacedPart>& parts, SignatureProtocol protocol, bool whole, RuleFaults& faults)
      : parts_(parts), protocol_(protocol), whole_(whole), faults_(faults) {}

  void check() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      check_buffer(parts_[i]);
      if (whole_) check_relative(i);
      check_absent(i);
      if (!parts_[i].part.content) continue;
      check_positions(parts_[i]);
      check_fast_pattern(parts_[i]);
    }
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
    const auto application = protocol_of(buffer);
    if (!fields) {
      if (!is_transport(protocol_))
        fail(placed.at, fmt::format("messages of {} are matched by their fields: write a sticky buffer before this, "
                                    "or tcp or udp in the header to look in the payload",
                                    text_of(protocol_)));
    } else if (!carries(protocol_, application)) {
      fail(placed.at, fmt::format("{} is of {}, and the header says {}: write {} there", text_of(buffer),
                                  text_of(application), text_of(protocol_), text_of(application)));
    } else if (application != protocol_of(first.buffer())) {
      fail(placed.at, fmt::format("{} and {} are of different protocols, so that no message has both: write two rules",
                                  text_of(first.buffer()), text_of(buffer)));
    }
    const bool other_way = is_of_request(first.buffer()) ? is_of_response(buffer)
                                                         : is_of_response(first.buffer()) && is_of_request(buffer);
    if (other_way)
      fail(placed.at,
           fmt::format("{} is of the request and {} of the response, which are matched one by one: write two "
                       "rules",
                       text_of(is_of_request(buffer) ? buffer : first.buffer()),
                       text_of(is_of_request(buffer) ? first.buffer() : buffer)));
    if (buffer == Buffer::http_host) check_host(placed);
    if (buffer == Buffer::http_method && placed.part.content) check_method(placed);
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

  void check_something_is_looked_for() {
    const bool found =
        std::any_of(parts_.begin(), parts_.end(), [](const PlacedPart& part) { return !part.negated(); });
    if (is_transport(protocol_) && !found)
      fail(0, fmt::format("a rule for {} without a content or pcre that must be there would match nearly every packet: "
                          "add one, or write the addresses into an indicator list",
                          text_of(protocol_)));
  }

  const std::vector<PlacedPart>& parts_;
  SignatureProtocol protocol_;
  bool whole_;
  RuleFaults& faults_;
  bool fast_pattern_seen_ = false;
};

}  // namespace

void check_parts(const std::vector<PlacedPart>& parts, SignatureProtocol protocol, bool whole, RuleFaults& faults) {
  PartsCheck(parts, protocol, whole, faults).check();
}

}  // namespace sluice
