#include "control/api/device_routes.hh"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/devices/device_document.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;
using Json = nlohmann::ordered_json;

constexpr std::size_t change_limit = 4096;  // bytes of a body
constexpr const char* list_remedy = "GET /v1/devices lists them";

struct Query {
  std::string vendor, group, address;
  std::size_t limit = 100;
  std::optional<std::pair<std::int64_t, Uuid>> after;  // the last of the page before
};

std::optional<std::int64_t> number_from(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "LAST.ID" of `next`.
std::optional<std::pair<std::int64_t, Uuid>> place_from(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto last = number_from(text.substr(0, dot));
  const auto id = Uuid::parse(text.substr(dot + 1));
  if (!last || !id) return std::nullopt;
  return std::pair{*last, *id};
}

tl::expected<Query, std::string> query_of(const HttpRequest& request) {
  Query query;
  for (const auto& [name, value] : request.params) {
    if (name == "vendor") {
      query.vendor = value;
    } else if (name == "group") {
      query.group = value;
    } else if (name == "address") {
      if (!Address::parse(value)) return tl::unexpected(std::string{"address: is none"});
      query.address = Address::parse(value)->text();
    } else if (name == "limit") {
      const auto limit = number_from(value);
      if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(DeviceRoutes::page_limit))
        return tl::unexpected(fmt::format("limit: is none from 1 to {}", DeviceRoutes::page_limit));
      query.limit = static_cast<std::size_t>(*limit);
    } else if (name == "after") {
      query.after = place_from(value);
      if (!query.after) return tl::unexpected(std::string{"after: is no `next` of a page"});
    } else {
      return tl::unexpected("\"" + name + "\" is no parameter of it");
    }
  }
  return query;
}

bool is_asked_for(const Device& device, const Query& query) {
  if (!query.vendor.empty() && device.identification.vendor != query.vendor) return false;
  if (!query.group.empty() && device.group != query.group) return false;
  return query.address.empty() || (device.place && device.place->address.text() == query.address);
}

// A name is a line of text.
tl::expected<std::string, std::string> text_from(const std::string& key, const Json& value) {
  if (!value.is_string()) return tl::unexpected(key + ": is no text");
  auto text = value.get<std::string>();
  if (text.size() > Device::text_limit)
    return tl::unexpected(fmt::format("{}: has more than {} bytes", key, Device::text_limit));
  for (const char c : text)
    if (static_cast<unsigned char>(c) < ' ') return tl::unexpected(key + ": has control characters");
  return text;
}

}  // namespace

void DeviceRoutes::add_to(ApiRouter& router) {
  const auto add = [&](ApiRoute route, void (DeviceRoutes::*handler)(const ApiCall&, HttpResponse&)) {
    route.roles = RoleSet{Role::analyst};
    route.handler = [this, handler](const ApiCall& call, HttpResponse& response) { (this->*handler)(call, response); };
    router.add(std::move(route));
  };
  add({.path = "/v1/devices",
       .about = "The devices, the one seen last first",
       .parameters = {{"vendor", "of that maker"},
                      {"group", "of that group"},
                      {"address", "at that address"},
                      {"after", "`next` of the page before"},
                      {"limit", "devices of a page, 1 to 1000 (100)"}}},
      &DeviceRoutes::list);
  add({.path = "/v1/devices/{id}", .about = "One device, with its identifiers and votes"}, &DeviceRoutes::one);
  add({.method = ApiMethod::patch,
       .path = "/v1/devices/{id}",
       .about = "Names a device, or puts it into a group",
       .body = ApiBody::json,
       .body_about = R"({"name": TEXT, "group": TEXT}, each where it changes)",
       .changes = true},
      &DeviceRoutes::change);
  add({.method = ApiMethod::post,
       .path = "/v1/devices/{id}/join",
       .about = "Says that two are one device",
       .parameters = {{"into", "id of the one that it is from here on"}},
       .changes = true},
      &DeviceRoutes::join);
  add({.method = ApiMethod::post,
       .path = "/v1/devices/{id}/split",
       .about = "Says that an identifier is another device's",
       .parameters = {{"identifier", "as the device shows it: KIND:DIGEST"}},
       .changes = true},
      &DeviceRoutes::split);
}

void DeviceRoutes::list(const ApiCall& call, HttpResponse& response) {
  const auto query = query_of(call.request);
  if (!query)
    return refuse(response, http_bad_request, query.error(),
                  "give vendor, group, address, after, limit, or leave them out");
  Json devices = Json::array();
  Json next = nullptr;
  std::string last;
  inventory_->for_each([&](const Device& device) {
    if (query->after && std::pair{device.last_ns, device.id} >= *query->after) return true;
    if (!call.who.sees(device.group) || !is_asked_for(device, *query)) return true;
    if (devices.size() == query->limit) {
      next = last;
      return false;
    }
    last = fmt::format("{}.{}", device.last_ns, device.id.text());
    devices.push_back(device_summary(device));
    return true;
  });
  answer(response, Json{{"devices", std::move(devices)}, {"next", std::move(next)}});
}

// Of one of another group nothing is said, not even that it is there.
std::optional<Device> DeviceRoutes::found(const ApiCall& call, HttpResponse& response, const std::string& id) {
  const auto parsed = Uuid::parse(id);
  auto device = parsed ? inventory_->find(*parsed) : std::nullopt;
  if (device && call.who.sees(device->group)) return device;
  refuse(response, http_not_found, "there is no such device", list_remedy);
  return std::nullopt;
}

void DeviceRoutes::show(HttpResponse& response, const Uuid& id) {
  const auto device = inventory_->find(id);
  if (!device) return refuse(response, http_not_found, "there is no such device", list_remedy);
  answer(response, device_document(*device));
}

void DeviceRoutes::one(const ApiCall& call, HttpResponse& response) {
  if (const auto device = found(call, response, call.id())) answer(response, device_document(*device));
}

void DeviceRoutes::change(const ApiCall& call, HttpResponse& response) {
  const auto wrong = [&](const std::string& what) {
    refuse(response, http_bad_request, what, R"(send an object of texts: "name", "group", each where it changes)");
  };
  if (call.request.body.size() > change_limit)
    return refuse(response, http_too_large, "the change is too large", fmt::format("{} bytes at most", change_limit));
  const auto body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object() || body.empty()) return wrong("the body is no JSON object, or an empty one");
  std::optional<std::string> name, group;
  for (const auto& [key, value] : body.items()) {
    if (key != "name" && key != "group") return wrong("\"" + key + "\" cannot be changed");
    auto text = text_from(key, value);
    if (!text) return wrong(text.error());
    (key == "name" ? name : group) = std::move(*text);
  }
  const auto device = found(call, response, call.id());
  if (!device) return;
  if (group && !call.who.sees(*group))
    return refuse(response, http_forbidden, "the account does not see that group", "take one of the account's groups");
  if (!inventory_->rename(device->id, name, group))
    return refuse(response, http_not_found, "there is no such device", list_remedy);
  show(response, device->id);
}

void DeviceRoutes::join(const ApiCall& call, HttpResponse& response) {
  const auto into = Uuid::parse(call.request.get_param_value("into"));
  if (!into) return refuse(response, http_bad_request, "into: is no id of a device", "give ?into=ID");
  const auto device = found(call, response, call.id());
  if (!device) return;
  if (const auto other = inventory_->find(*into);
      !other || !call.who.sees(other->group) || !inventory_->join(device->id, *into))
    return refuse(response, http_not_found, "one of the two is no device, or both are the same", list_remedy);
  show(response, *into);
}

void DeviceRoutes::split(const ApiCall& call, HttpResponse& response) {
  const auto device = found(call, response, call.id());
  if (!device) return;
  const auto other = inventory_->split(device->id, call.request.get_param_value("identifier"));
  if (!other)
    return refuse(response, http_unprocessable, "the device has no such identifier, or no other one",
                  "GET /v1/devices/ID shows its identifiers; give ?identifier=KIND:DIGEST");
  show(response, *other);
}

}  // namespace sluice
