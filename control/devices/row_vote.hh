// Votes that stand on a row of the vendor table.
#pragma once

#include <optional>
#include <string_view>

#include "control/devices/vendor_table.hh"
#include "control/devices/vote.hh"

namespace sluice {

// What the table says of a text of that kind; nothing where it knows none.
[[nodiscard]] std::optional<Vote> row_vote(const VendorTable& vendors, PatternKind kind, std::string_view text,
                                           FactKind from, int weight);
// A model is a vote whether the table knows it or not; nothing where it cannot be shown.
[[nodiscard]] std::optional<Vote> model_vote(const VendorTable& vendors, std::string_view model, FactKind from,
                                             int weight);

}  // namespace sluice
