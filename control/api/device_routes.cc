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

void DeviceRoutes::add_to(httplib::Server& server) {
  server.Get("/v1/devices", [this](const HttpRequest& request, HttpResponse& response) { list(request, response); });
  const std::string path = "/v1/devices/([0-9a-fA-F-]{36})";
  server.Get(path, [this](const HttpRequest& request, HttpResponse& response) { one(request, response); });
  server.Patch(path, [this](const HttpRequest& request, HttpResponse& response) { change(request, response); });
  server.Post(path + "/join", [this](const HttpRequest& request, HttpResponse& response) { join(request, response); });
  server.Post(path + "/split",
              [this](const HttpRequest& request, HttpResponse& response) { split(request, response); });
}

void DeviceRoutes::list(const HttpRequest& request, HttpResponse& response) {
  const auto query = query_of(request);
  if (!query)
    return refuse(response, http_bad_request, query.error(),
                  "give vendor, group, address, after, limit, or leave them out");
  Json devices = Json::array();
  Json next = nullptr;
  std::string last;
  inventory_->for_each([&](const Device& device) {
    if (query->after && std::pair{device.last_ns, device.id} >= *query->after) return true;
    if (!is_asked_for(device, *query)) return true;
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

void DeviceRoutes::show(HttpResponse& response, const Uuid& id) {
  const auto device = inventory_->find(id);
  if (!device) return refuse(response, http_not_found, "there is no such device", list_remedy);
  answer(response, device_document(*device));
}

void DeviceRoutes::one(const HttpRequest& request, HttpResponse& response) {
  const auto id = Uuid::parse(request.matches[1].str());
  if (!id) return refuse(response, http_not_found, "there is no such device", list_remedy);
  show(response, *id);
}

void DeviceRoutes::change(const HttpRequest& request, HttpResponse& response) {
  const auto wrong = [&](const std::string& what) {
    refuse(response, http_bad_request, what, R"(send an object of texts: "name", "group", each where it changes)");
  };
  if (request.body.size() > change_limit)
    return refuse(response, http_too_large, "the change is too large", fmt::format("{} bytes at most", change_limit));
  const auto body = Json::parse(request.body, nullptr, false);
  if (!body.is_object() || body.empty()) return wrong("the body is no JSON object, or an empty one");
  std::optional<std::string> name, group;
  for (const auto& [key, value] : body.items()) {
    if (key != "name" && key != "group") return wrong("\"" + key + "\" cannot be changed");
    auto text = text_from(key, value);
    if (!text) return wrong(text.error());
    (key == "name" ? name : group) = std::move(*text);
  }
  const auto id = Uuid::parse(request.matches[1].str());
  if (!id || !inventory_->rename(*id, name, group))
    return refuse(response, http_not_found, "there is no such device", list_remedy);
  show(response, *id);
}

void DeviceRoutes::join(const HttpRequest& request, HttpResponse& response) {
  const auto id = Uuid::parse(request.matches[1].str());
  const auto into = Uuid::parse(request.get_param_value("into"));
  if (!into) return refuse(response, http_bad_request, "into: is no id of a device", "give ?into=ID");
  if (!id || !inventory_->join(*id, *into))
    return refuse(response, http_not_found, "one of the two is no device, or both are the same", list_remedy);
  show(response, *into);
}

void DeviceRoutes::split(const HttpRequest& request, HttpResponse& response) {
  const auto id = Uuid::parse(request.matches[1].str());
  const auto identifier = request.get_param_value("identifier");
  const auto other = id ? inventory_->split(*id, identifier) : std::nullopt;
  if (!other)
    return refuse(response, http_unprocessable, "the device has no such identifier, or no other one",
                  "GET /v1/devices/ID shows its identifiers; give ?identifier=KIND:DIGEST");
  show(response, *other);
}

}  // namespace sluice
