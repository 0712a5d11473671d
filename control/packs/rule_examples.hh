// What a rule must match and what it must not: conversations described in a text file beside a list or a file of
// signatures. rules/README.md describes the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/indicators/indicator.hh"
#include "rules/text/list_file.hh"

namespace sluice {

// One device talks with one server; or all packets of a capture.
struct Conversation {
  enum class By : std::uint8_t { tcp, udp, capture };
  struct Turn {
    bool is_device = true;
    std::string bytes;
  };

  By by = By::tcp;
  Address server;
  std::uint16_t port = 0;
  std::vector<Turn> turns;
  std::string capture;  // a path
};

struct RuleExample {
  std::string rule;  // its id within the list: of a row its id, of a signature its sid
  bool matches = true;
  std::size_t line = 0;  // 0 where it was derived
  std::string words;     // of the conversation, for messages
  Conversation conversation;
};

struct RuleExamples {
  std::vector<RuleExample> examples;
  std::vector<ListError> errors;  // all of them
};

// `path` names the file in errors; captures are looked for in its folder.
[[nodiscard]] RuleExamples parse_rule_examples(std::string_view text, const std::string& path);

// What follows from the row alone: its name or address and the nearest one that it must not match. Empty for kinds of
// which no traffic can be derived (digests).
[[nodiscard]] std::vector<RuleExample> derived_examples(const Indicator& row);

}  // namespace sluice
