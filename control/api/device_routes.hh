// What is asked and said of devices: lists, one with what it stands on, its name and group, that two are one, that one
// is two.
#pragma once

#include <httplib.h>

#include "control/devices/inventory.hh"

namespace sluice {

class DeviceRoutes {
 public:
  static constexpr std::size_t page_limit = 1000;

  explicit DeviceRoutes(Inventory& inventory) : inventory_(&inventory) {}
  void add_to(httplib::Server& server);

 private:
  void list(const httplib::Request& request, httplib::Response& response);
  void one(const httplib::Request& request, httplib::Response& response);
  void change(const httplib::Request& request, httplib::Response& response);
  void join(const httplib::Request& request, httplib::Response& response);
  void split(const httplib::Request& request, httplib::Response& response);
  void show(httplib::Response& response, const Uuid& id);

  Inventory* inventory_;
};

}  // namespace sluice
