// One cell of a CSV file as it is written (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// In quotes where it needs them; a line that would begin like a comment does.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace sluice
