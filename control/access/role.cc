#include "control/access/role.hh"

#include <algorithm>

namespace sluice {

std::optional<Role> role_from(std::string_view name) noexcept {
  const auto* const found = std::find(role_names.begin(), role_names.end(), name);
  if (found == role_names.end()) return std::nullopt;
  return static_cast<Role>(found - role_names.begin());
}

std::string RoleSet::text() const {
  std::string text;
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (has(static_cast<Role>(i))) text += (text.empty() ? "" : ", ") + std::string{role_names[i]};
  return text;
}

}  // namespace sluice
