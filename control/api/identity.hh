// Who the tap is: the id that every event of it carries.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace sluice {

// The configured id, else the one that the file `tap_id` in the state directory holds; at the first start it is drawn
// at random (UUID version 4) and written there. A damaged file is an error: a new id would part the tap's history.
[[nodiscard]] tl::expected<std::string, std::string> tap_identity(const std::string& configured,
                                                                  const std::string& state_directory);

}  // namespace sluice
