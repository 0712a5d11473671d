// What is asked and said of devices: lists, one with what it stands on, its name and group, that two are one, that one
// is two.
#pragma once

#include "control/api/api_router.hh"
#include "control/devices/inventory.hh"

namespace sluice {

class DeviceRoutes {
 public:
  static constexpr std::size_t page_limit = 1000;

  explicit DeviceRoutes(Inventory& inventory) : inventory_(&inventory) {}
  void add_to(ApiRouter& router);

 private:
  void list(const ApiCall& call, httplib::Response& response);
  void one(const ApiCall& call, httplib::Response& response);
  void change(const ApiCall& call, httplib::Response& response);
  void join(const ApiCall& call, httplib::Response& response);
  void split(const ApiCall& call, httplib::Response& response);
  // Nothing where there is none that the account sees, which is answered.
  [[nodiscard]] std::optional<Device> found(const ApiCall& call, httplib::Response& response, const std::string& id);
  void show(httplib::Response& response, const Uuid& id);

  Inventory* inventory_;
};

}  // namespace sluice
