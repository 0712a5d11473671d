// The paths of the API about who may ask it, what they did, and what it offers.
#pragma once

#include "control/access/account_list.hh"
#include "control/access/audit_log.hh"
#include "control/api/api_router.hh"

namespace sluice {

class AccessRoutes {
 public:
  static constexpr std::size_t page_limit = 1000;  // lines of the audit

  // Both outlive it, and this the server.
  AccessRoutes(AccountList& accounts, AuditLog& audit) : accounts_(&accounts), audit_(&audit) {}
  void add_to(ApiRouter& router);

 private:
  void me(const ApiCall& call, httplib::Response& response);
  void list(const ApiCall& call, httplib::Response& response);
  void add(const ApiCall& call, httplib::Response& response);
  void change(const ApiCall& call, httplib::Response& response);
  void remove(const ApiCall& call, httplib::Response& response);
  void grant(const ApiCall& call, httplib::Response& response);
  void revoke(const ApiCall& call, httplib::Response& response);
  void audit(const ApiCall& call, httplib::Response& response);
  void verify(const ApiCall& call, httplib::Response& response);

  AccountList* accounts_;
  AuditLog* audit_;
};

}  // namespace sluice
