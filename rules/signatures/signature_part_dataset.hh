// dataset and datarep, from their text.
#pragma once

#include <optional>

#include "rules/signatures/dataset_file.hh"
#include "rules/signatures/part_words.hh"

namespace sluice {

// Nothing and a fault where it is none. What it loads stands in it then.
[[nodiscard]] std::optional<DatasetCheck> read_dataset(const SignatureOption& option, DatasetFiles& files,
                                                       RuleFaults& faults);

}  // namespace sluice
