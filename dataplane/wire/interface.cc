#include "dataplane/wire/interface.hh"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace sluice {
namespace {

// A socket to hang ioctls on; which family does not matter, and at the end this is one that may still be made.
class Control {
 public:
  Control() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Control() {
    if (socket_ >= 0) ::close(socket_);
  }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  [[nodiscard]] bool call(unsigned long request, ifreq& argument) const {
    return socket_ >= 0 && ::ioctl(socket_, request, &argument) == 0;
  }
  [[nodiscard]] bool ethtool(const std::string& interface, std::uint32_t command, std::uint32_t& value) const {
    ethtool_value question{command, value};
    auto argument = request_for(interface);
    argument.ifr_data = reinterpret_cast<char*>(&question);
    if (!call(SIOCETHTOOL, argument)) return false;
    value = question.data;
    return true;
  }
  [[nodiscard]] static ifreq request_for(const std::string& interface) {
    ifreq argument{};
    interface.copy(argument.ifr_name, IFNAMSIZ - 1);
    return argument;
  }

 private:
  int socket_;
};

std::string ipv6_switch(const std::string& interface) {
  return "/proc/sys/net/ipv6/conf/" + interface + "/disable_ipv6";
}

std::string failure(const std::string& what, const std::string& interface) {
  return "interface " + interface + ": " + what + ": " + std::strerror(errno);
}

// What must be off, so that frames arrive as they were on the wire.
struct OffloadCommands {
  std::uint32_t get;
  std::uint32_t set;
};
constexpr OffloadCommands offloads[] = {
    {ETHTOOL_GGRO, ETHTOOL_SGRO},       {ETHTOOL_GGSO, ETHTOOL_SGSO},       {ETHTOOL_GTSO, ETHTOOL_STSO},
    {ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM}, {ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM},
};
// As a data plane leaves it that was killed while it passed the loss of a link on (set_up()): nobody else sets an
// interface down that is promiscuous and without ARP. It must not stay down for good for that.
bool was_left_down(short flags) noexcept {
  return (flags & (IFF_UP | IFF_NOARP | IFF_PROMISC)) == (IFF_NOARP | IFF_PROMISC);
}

constexpr std::uint32_t flag_offloads = ETH_FLAG_LRO | ETH_FLAG_RXVLAN | ETH_FLAG_TXVLAN;

}  // namespace

tl::expected<PreparedInterface, std::string> PreparedInterface::prepare(const std::string& name, std::uint32_t mtu) {
  PreparedInterface interface { name };
  if (const auto changed = interface.change(mtu); !changed) return tl::unexpected(changed.error());
  return interface;
}

tl::expected<void, std::string> PreparedInterface::change(std::uint32_t mtu) {
  const Control control;
  auto request = Control::request_for(name_);
  if (!control.call(SIOCGIFMTU, request)) return tl::unexpected(failure("no such interface", name_));
  mtu_ = static_cast<std::uint32_t>(request.ifr_mtu);
  if (mtu != 0 && mtu != mtu_) {
    request.ifr_mtu = static_cast<int>(mtu);
    if (!control.call(SIOCSIFMTU, request))
      return tl::unexpected(failure("cannot set MTU " + std::to_string(mtu), name_));
    mtu_before_ = mtu_;
    mtu_ = mtu;
  }

  // Before the interface is up, so that it never sends a router solicitation.
  std::ifstream{ipv6_switch(name_)} >> ipv6_before_;
  if (!ipv6_before_.empty() && !(std::ofstream{ipv6_switch(name_)} << "1\n"))
    return tl::unexpected(failure("cannot switch IPv6 off in " + ipv6_switch(name_), name_));

  for (const auto& offload : offloads) {
    std::uint32_t value = 0;
    if (!control.ethtool(name_, offload.get, value) || value == 0) continue;  // not there, or off already
    const auto before = value;
    value = 0;
    if (control.ethtool(name_, offload.set, value)) offloads_.push_back({offload.set, before});
  }
  std::uint32_t flags = 0;
  if (control.ethtool(name_, ETHTOOL_GFLAGS, flags) && (flags & flag_offloads) != 0) {
    const auto before = flags;
    flags &= ~flag_offloads;
    if (control.ethtool(name_, ETHTOOL_SFLAGS, flags)) offloads_.push_back({ETHTOOL_SFLAGS, before});
  }

  request = Control::request_for(name_);
  if (!control.call(SIOCGIFFLAGS, request)) return tl::unexpected(failure("cannot read its flags", name_));
  flags_before_ = was_left_down(request.ifr_flags) ? static_cast<short>(request.ifr_flags | IFF_UP) : request.ifr_flags;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_NOARP | IFF_PROMISC);
  if (!control.call(SIOCSIFFLAGS, request))
    return tl::unexpected(failure("cannot set it up, promiscuous and without ARP (CAP_NET_ADMIN is needed)", name_));
  flags_changed_ = true;
  return {};
}

// What the flags say of it comes up to a second late (the kernel's linkwatch); this does not.
bool PreparedInterface::has_link() const noexcept {
  const Control control;
  std::uint32_t value = 0;
  if (control.ethtool(name_, ETHTOOL_GLINK, value)) return value != 0;
  auto request = Control::request_for(name_);
  constexpr short carries = IFF_UP | IFF_RUNNING;
  return control.call(SIOCGIFFLAGS, request) && (request.ifr_flags & carries) == carries;
}

tl::expected<void, std::string> PreparedInterface::set_up(bool up) const {
  const Control control;
  auto request = Control::request_for(name_);
  if (!control.call(SIOCGIFFLAGS, request)) return tl::unexpected(failure("cannot read its flags", name_));
  request.ifr_flags = static_cast<short>(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
  if (!control.call(SIOCSIFFLAGS, request))
    return tl::unexpected(failure(std::string{"cannot set it "} + (up ? "up" : "down"), name_));
  return {};
}

void PreparedInterface::restore() noexcept {
  const Control control;
  if (flags_changed_) {
    auto request = Control::request_for(name_);
    request.ifr_flags = flags_before_;
    (void)control.call(SIOCSIFFLAGS, request);
  }
  for (auto& offload : offloads_) (void)control.ethtool(name_, offload.set_command, offload.before);
  if (mtu_before_ != 0) {
    auto request = Control::request_for(name_);
    request.ifr_mtu = static_cast<int>(mtu_before_);
    (void)control.call(SIOCSIFMTU, request);
  }
  if (!ipv6_before_.empty()) std::ofstream{ipv6_switch(name_)} << ipv6_before_ << '\n';
}

PreparedInterface::PreparedInterface(PreparedInterface&& other) noexcept
    : name_(std::move(other.name_)),
      mtu_(other.mtu_),
      mtu_before_(other.mtu_before_),
      flags_before_(other.flags_before_),
      flags_changed_(other.flags_changed_),
      ipv6_before_(std::move(other.ipv6_before_)),
      offloads_(std::move(other.offloads_)) {
  other.name_.clear();
}

PreparedInterface::~PreparedInterface() {
  if (!name_.empty()) restore();
}

}  // namespace sluice
