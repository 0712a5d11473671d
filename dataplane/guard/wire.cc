#include "dataplane/guard/wire.hh"

#include <net/if.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "config/device.hh"
#include "dataplane/guard/redirect.hh"
#include "dataplane/guard/say.hh"

namespace sluice {
namespace {

bool is_of_kernel(config::Driver driver) noexcept {
  return driver == config::Driver::af_xdp || driver == config::Driver::af_packet;
}

void complain(const std::string& interface, const char* what, int error) {
  say("interface %s: %s: %s", interface.c_str(), what, std::strerror(error));
}

}  // namespace

tl::expected<Wires, std::string> Wires::prepare(const config::ConfigurationT& configuration, GuardPage& page) {
  auto kernel = Netlink::open();
  if (!kernel) return tl::unexpected(kernel.error());
  Wires wires{std::move(*kernel), std::nullopt};
  for (std::size_t pair = 0; pair < configuration.port_pairs.size(); ++pair) {
    const auto& wanted = configuration.port_pairs[pair];
    const std::array drivers{config::driver_in_use(*wanted.inside), config::driver_in_use(*wanted.outside)};
    if (!is_of_kernel(drivers[0]) || !is_of_kernel(drivers[1])) {
      wires.relayed_.push_back(wanted.name);
      continue;
    }
    for (std::size_t side = 0; side < 2; ++side) {
      const auto& name = (side == 0 ? wanted.inside : wanted.outside)->device;
      auto prepared = PreparedInterface::prepare(name, wanted.mtu_bytes);
      if (!prepared) return tl::unexpected(prepared.error());
      const bool xdp = drivers[side] == config::Driver::af_xdp;
      if (xdp && !wires.passing_) {
        auto passing = PassingProgram::load();
        if (!passing) return tl::unexpected(passing.error());
        wires.passing_.emplace(std::move(*passing));
      }
      wires.ends_.push_back({std::move(*prepared), name, xdp, 0, false, {}, {}, &page.made[2 * pair + side]});
    }
  }
  wires.look_for_interfaces();
  for (const auto& end : wires.ends_)
    if (end.number == 0) return tl::unexpected("interface " + end.name + " has gone");
  return wires;
}

void Wires::look_for_interfaces() {
  for (auto& end : ends_) {
    const auto number = static_cast<int>(::if_nametoindex(end.name.c_str()));
    if (number == end.number) continue;
    if (end.number != 0) say("interface %s %s", end.name.c_str(), number == 0 ? "has gone" : "is another one now");
    end.number = number;
    end.redirected = false;
    end.aside = PutAside{};
    end.sockets = SocketMap{};
    if (end.made->interface == number)
      end.aside = PutAside::of(end.made->put_aside);  // an earlier guard's
    else
      *end.made = {number, 0, 0};
    if (number == 0) continue;
    if (const int error = add_filter_place(kernel_, number); error == 0)
      end.made->filter_place = 1;
    else if (error != EEXIST)
      complain(end.name, "there is no place for its filters (is CAP_NET_ADMIN there?)", error);
  }
  // A way leads to a number, so the other end's are made anew too.
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (!ends_[i].redirected || !other(i).redirected) {
      ends_[i].redirected = false;
      if (ends_[i].xdp && !is_shut_) redirect(i);
    }
}

void Wires::redirect(std::size_t i) {
  auto& end = ends_[i];
  if (end.redirected || end.number == 0 || other(i).number == 0) return;
  const int error = add_redirect(kernel_, end.number, other(i).number);
  end.redirected = error == 0;
  if (error != 0) complain(end.name, "its frames cannot be led past the data plane", error);
}

void Wires::unredirect(End& end) {
  end.redirected = false;
  if (end.number == 0) return;
  if (const int error = remove_redirect(kernel_, end.number); error != 0 && error != ENOENT)
    complain(end.name, "the way past the data plane cannot be closed", error);
}

void Wires::open(bool programs_too) {
  is_shut_ = false;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    auto& end = ends_[i];
    redirect(i);
    if (!programs_too || !end.xdp || end.number == 0) continue;
    const int error = put_aside(kernel_, end.number, *passing_, end.aside, end.made->put_aside);
    if (error != 0) complain(end.name, "the data plane's XDP program cannot be put aside", error);
  }
}

bool Wires::unplug() noexcept {
  bool all = true;
  for (const auto& end : ends_) {
    if (!end.xdp || end.number == 0) continue;
    const int error = end.sockets.is_known() ? end.sockets.clear() : 0;
    if (error != 0) complain(end.name, "the data plane's sockets cannot be taken off", error);
    all = all && end.sockets.is_known() && error == 0;
  }
  return all;
}

void Wires::close_visible() {
  for (auto& end : ends_)
    if (!end.xdp) unredirect(end);
}

void Wires::hide() {
  for (auto& end : ends_) {
    if (!end.xdp || end.number == 0) continue;
    const int error = put_back(kernel_, end.number, end.aside, end.made->put_aside);
    if (error != 0) complain(end.name, "the data plane's XDP program cannot be put back", error);
    end.sockets = socket_map_of(kernel_, end.number);
  }
}

void Wires::shut() {
  is_shut_ = true;
  for (auto& end : ends_) unredirect(end);
  hide();
}

void Wires::stand_by() {
  is_shut_ = false;
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (ends_[i].xdp) redirect(i);
  hide();
}

void Wires::undo(bool data_plane_lives) {
  for (auto& end : ends_) {
    unredirect(end);
    if (end.number != 0 && end.made->filter_place != 0) (void)remove_filter_place(kernel_, end.number);
    *end.made = {};
    if (data_plane_lives) end.prepared.keep();
  }
  ends_.clear();
}

}  // namespace sluice
