#include "dataplane/guard/redirect.hh"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace sluice {
namespace {

tcmsg qdisc_of(int interface) noexcept {
  tcmsg fixed{};
  fixed.tcm_family = AF_UNSPEC;
  fixed.tcm_ifindex = interface;
  fixed.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
  fixed.tcm_parent = TC_H_CLSACT;
  return fixed;
}

tcmsg filter_of(int interface) noexcept {
  tcmsg fixed{};
  fixed.tcm_family = AF_UNSPEC;
  fixed.tcm_ifindex = interface;
  fixed.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
  fixed.tcm_info = TC_H_MAKE(std::uint32_t{redirect_priority} << 16, htons(ETH_P_ALL));
  return fixed;
}

}  // namespace

int add_filter_place(Netlink& kernel, int interface) noexcept {
  NetlinkRequest request{RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, qdisc_of(interface)};
  request.add_text(TCA_KIND, "clsact");
  return kernel.order(request);
}

int remove_filter_place(Netlink& kernel, int interface) noexcept {
  NetlinkRequest request{RTM_DELQDISC, 0, qdisc_of(interface)};
  return kernel.order(request);
}

int add_redirect(Netlink& kernel, int from, int to) noexcept {
  // Of an earlier life of ours: where it leads to is not known. (A u32 filter cannot be changed in place.)
  if (const int error = remove_redirect(kernel, from); error != 0 && error != ENOENT) return error;
  NetlinkRequest request{RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, filter_of(from)};
  request.add_text(TCA_KIND, "u32");
  const auto options = request.begin(TCA_OPTIONS);
  // Every frame: of its first four bytes no bit has to be anything.
  std::array<std::uint8_t, sizeof(tc_u32_sel) + sizeof(tc_u32_key)> all{};  // the key: all zero
  all[offsetof(tc_u32_sel, flags)] = TC_U32_TERMINAL;
  all[offsetof(tc_u32_sel, nkeys)] = 1;
  request.add(TCA_U32_SEL, all);
  const auto actions = request.begin(TCA_U32_ACT);
  const auto first = request.begin(1);
  request.add_text(TCA_ACT_KIND, "mirred");
  const auto action = request.begin(TCA_ACT_OPTIONS);
  tc_mirred redirect{};
  redirect.action = TC_ACT_STOLEN;
  redirect.eaction = TCA_EGRESS_REDIR;
  redirect.ifindex = static_cast<std::uint32_t>(to);
  request.add(TCA_MIRRED_PARMS, redirect);
  request.end(action);
  request.end(first);
  request.end(actions);
  request.end(options);
  return kernel.order(request);
}

int remove_redirect(Netlink& kernel, int from) noexcept {
  NetlinkRequest request{RTM_DELTFILTER, 0, filter_of(from)};
  return kernel.order(request);
}

}  // namespace sluice
