// The paths of the API about findings: what is stored, what people make of it, and the table of this run.
#pragma once

#include <httplib.h>

#include "control/store/store_desk.hh"
#include "control/tap/event_loop.hh"

namespace sluice {

class FindingRoutes {
 public:
  // Both outlive it, and this the server.
  FindingRoutes(EventLoop& events, StoreDesk& store) : events_(&events), store_(&store) {}

  void add_to(httplib::Server& server);

 private:
  void table(const httplib::Request& request, httplib::Response& response);
  void list(const httplib::Request& request, httplib::Response& response);
  void one(const httplib::Request& request, httplib::Response& response);
  void change(const httplib::Request& request, httplib::Response& response);
  void settle();

  EventLoop* events_;
  StoreDesk* store_;
};

}  // namespace sluice
