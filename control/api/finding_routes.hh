// The paths of the API about findings: what is stored, what people make of it, and the table of this run.
#pragma once

#include "control/api/api_router.hh"
#include "control/store/store_desk.hh"
#include "control/tap/event_loop.hh"

namespace sluice {

class FindingRoutes {
 public:
  // Both outlive it, and this the server.
  FindingRoutes(EventLoop& events, StoreDesk& store) : events_(&events), store_(&store) {}

  void add_to(ApiRouter& router);

 private:
  void table(const ApiCall& call, httplib::Response& response);
  void list(const ApiCall& call, httplib::Response& response);
  void one(const ApiCall& call, httplib::Response& response);
  void change(const ApiCall& call, httplib::Response& response);
  void counts(httplib::Response& response);
  // Null where there is none that the account sees, which is answered, as is a store that cannot be read.
  [[nodiscard]] nlohmann::ordered_json found(const ApiCall& call, httplib::Response& response);
  void settle();

  EventLoop* events_;
  StoreDesk* store_;
};

}  // namespace sluice
