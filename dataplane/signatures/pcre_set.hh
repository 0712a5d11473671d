// The regular expressions of a list of signatures (PCRE2, 8 bit), compiled, and matched without taking memory. They are
// compiled to machine code where the system allows memory that is written and run, and interpreted where it does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "rules/signatures/signature.hh"

struct pcre2_real_code_8;

namespace sluice {

// Memory of one match, in bytes; more than that is a limit like pcre_match_limit.
constexpr std::size_t pcre_stack_limit = 128 * 1024;
// PCRE2 counts its steps anew for every place at which a match may begin. So all places are tried with few steps, and
// only where those do not do, place by place, each that needs it with pcre_match_limit: so many of them in one search.
constexpr std::uint32_t pcre_cautious_limit = 128;
constexpr std::uint32_t pcre_hard_places_limit = 32;

struct PcreFound {
  enum class Outcome : std::uint8_t {
    found,
    none,
    limit,  // steps, hard places or memory ran out: it is not known whether it matches
  };
  Outcome outcome = Outcome::none;
  std::size_t begin = 0;  // of the match in the subject
  std::size_t end = 0;
  std::uint32_t hard_places = 0;
  bool is_second_pass = false;  // place by place
  bool has_group = false;       // the first group of the expression took part, and is
  std::size_t group_begin = 0;
  std::size_t group_end = 0;
};

// What one worker writes while it matches, taken at once: match() asks the system for nothing.
class PcreScratch {
 public:
  [[nodiscard]] static tl::expected<PcreScratch, std::string> make();
  PcreScratch(PcreScratch&&) noexcept;
  ~PcreScratch();

 private:
  friend class PcreSet;
  struct Parts;
  explicit PcreScratch(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

class PcreSet {
 public:
  // A group that is kept, by the number of its name.
  struct Capture {
    std::uint8_t group = 0;
    bool of_flow = false;
    std::uint32_t name = 0;
  };

  // -> the number under which find() knows it. The error quotes the expression and says what is wrong with it, where.
  [[nodiscard]] tl::expected<std::uint32_t, std::string> add(const Pcre& pcre);

  // The first match that begins at or behind `start`; what stands before `start` is seen by look-behinds.
  [[nodiscard]] PcreFound find(std::uint32_t number, Bytes subject, std::size_t start,
                               PcreScratch& scratch) const noexcept;

  [[nodiscard]] std::span<const Capture> captures(std::uint32_t number) const noexcept {
    return expressions_[number].captures;
  }
  [[nodiscard]] std::string_view capture_name(std::uint32_t name) const noexcept { return names_[name]; }
  // What a group of the match that find() has just found took; nothing where it took no part.
  [[nodiscard]] static std::optional<Bytes> group(std::uint8_t group, Bytes subject,
                                                  const PcreScratch& scratch) noexcept;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const noexcept;
  };
  struct Expression {
    std::unique_ptr<pcre2_real_code_8, Free> code;
    bool one_place = false;  // only where the search begins can a match begin
    bool undivided = false;  // what it says depends on where the search begins, or ends it (\G, control verbs)
    std::vector<Capture> captures{};
  };
  [[nodiscard]] static PcreFound run(const Expression& expression, Bytes subject, std::size_t first, std::size_t last,
                                     std::uint32_t steps, PcreScratch& scratch) noexcept;

  std::vector<Expression> expressions_;
  std::vector<std::string> names_;  // of captures
};

}  // namespace sluice
