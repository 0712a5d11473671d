// The wires of the configuration, and the ways past the data plane on each: through the kernel where both ends are its
// interfaces, by a relay (relay.hh) elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "config/configuration.hh"
#include "dataplane/exchange/guard_page.hh"
#include "dataplane/guard/netlink.hh"
#include "dataplane/guard/xdp.hh"
#include "dataplane/wire/interface.hh"

namespace sluice {

class Wires {
 public:
  // Makes the interfaces fit (interface.hh), as the data plane does, and opens the ways that its ports hide while it
  // lives (AF_XDP). `page`: where what is made is noted for a guard that comes after this one.
  [[nodiscard]] static tl::expected<Wires, std::string> prepare(const config::ConfigurationT& configuration,
                                                                GuardPage& page);

  // Opens every way; what is open already stays as it is. `programs_too`: a data plane lives whose sockets its XDP
  // programs feed. (Not while it opens them: it looks for its program then, and for no other.)
  void open(bool programs_too);
  // The same for AF_XDP, of a data plane that is at its end, and sooner: its sockets get no frames any more. True where
  // that holds of all of its interfaces. There is no way back but another start of the data plane.
  [[nodiscard]] bool unplug() noexcept;
  // Those that a data plane on AF_PACKET would see twice.
  void close_visible();
  // The others: XDP programs come back before them. What unplug() needs is looked for then.
  void hide();
  // All of them, also those that stand hidden; an interface that comes gets none either, until stand_by() or open().
  void shut();
  void stand_by();
  // At the end: what was made goes; the settings of the interfaces stay where a data plane uses them.
  void undo(bool data_plane_lives);

  // Wires that only a relay can close, by name.
  [[nodiscard]] const std::vector<std::string>& relayed() const noexcept { return relayed_; }
  // An interface may have gone and come back under another number.
  void look_for_interfaces();

 private:
  struct End {
    PreparedInterface prepared;
    std::string name;
    bool xdp = false;  // AF_XDP; else AF_PACKET
    int number = 0;    // the kernel's; 0 = it is not there
    bool redirected = false;
    PutAside aside;
    SocketMap sockets;  // of the data plane, as far as it is known
    GuardPage::Made* made = nullptr;
  };
  Wires(Netlink kernel, std::optional<PassingProgram> passing) noexcept
      : kernel_(std::move(kernel)), passing_(std::move(passing)) {}

  [[nodiscard]] End& other(std::size_t end) noexcept { return ends_[end ^ 1U]; }
  void redirect(std::size_t end);
  void unredirect(End& end);

  Netlink kernel_;
  std::optional<PassingProgram> passing_;  // where a port is AF_XDP
  std::vector<End> ends_;                  // inside and outside of each wire between interfaces of the kernel
  std::vector<std::string> relayed_;
  bool is_shut_ = false;
};

}  // namespace sluice
