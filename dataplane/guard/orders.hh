// What an operator orders: datagrams on a Unix socket of mode 0660, each of them one of three words ("auto", "on",
// "off") and nothing else. The kernel says who sent it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/base/descriptor.hh"
#include "dataplane/exchange/guard_page.hh"

namespace sluice {

class Orders {
 public:
  struct Given {
    BypassOrder order{};
    std::uint32_t user = 0;
    std::int32_t process = 0;
  };

  // Makes the socket, in the place of one that a guard which was killed left, and its folder where that is missing.
  // The guard's page is locked before that, so that no other guard has it.
  [[nodiscard]] static tl::expected<Orders, std::string> open(const std::string& path);
  Orders(Orders&& other) noexcept = default;
  Orders& operator=(Orders&&) = delete;
  ~Orders();

  // The last of those that wait, at most `looked_at` of them; nothing where there is none. Never waits.
  [[nodiscard]] std::optional<Given> take() noexcept;

 private:
  static constexpr int looked_at = 8;
  Orders(Descriptor socket, std::string path) noexcept : socket_(std::move(socket)), path_(std::move(path)) {}
  Descriptor socket_;
  std::string path_;
};

}  // namespace sluice
