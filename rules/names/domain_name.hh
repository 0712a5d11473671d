// A domain name as lists write it, brought to the one form in which names are compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sluice {

// RFC 1035 section 2.3.4: 63 bytes a label; 255 on the wire are 253 as text without the trailing dot.
constexpr std::size_t label_size_limit = 63;
constexpr std::size_t domain_name_size_limit = 253;

enum class DomainNameError : std::uint8_t {
  empty,          // nothing, or the root alone
  wildcard,       // a leading "*.": the kind of a row says whether what stands below a name is meant
  empty_label,    // two dots in a row, or a leading dot
  long_label,     // more than label_size_limit bytes as an A-label
  long_name,      // more than domain_name_size_limit bytes
  character,      // outside letters, digits, hyphen and underscore
  hyphen,         // a label begins or ends with a hyphen (RFC 5890 section 2.3.1)
  numeric,        // the last label is a number: an address, or part of one
  international,  // not UTF-8, or letters that IDNA (RFC 5891) refuses
};
// What is wrong and what to do, half a sentence to put after the name.
[[nodiscard]] std::string_view explain(DomainNameError error) noexcept;

// Lower case, A-labels (RFC 5891 with UTS 46 mapping), no trailing dot. Letters, digits, hyphen and underscore (the
// last because service names on the wire carry it). A leading "*." is refused and not dropped: in one list it means
// the name and all below it, in another only what stands below, and a silent choice would match what nobody asked for.
// One label is enough here ("localhost"); a list asks for more.
[[nodiscard]] tl::expected<std::string, DomainNameError> parse_domain_name(std::string_view text);

// The same where the reason does not matter.
[[nodiscard]] std::optional<std::string> normal_domain(std::string_view text);

}  // namespace sluice
