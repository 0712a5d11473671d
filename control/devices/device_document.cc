#include "control/devices/device_document.hh"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t digest_shown = 8;  // bytes

std::string moment(std::int64_t nanoseconds) { return timestamp_text(tick_from_nanoseconds(nanoseconds)); }

void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = stored_text(text);
}

}  // namespace

std::string identifier_text(const SeenLink& link) {
  const auto shown = std::span{link.digest}.first(digest_shown);
  return fmt::format("{}:{:02x}", text_of(link.kind), fmt::join(shown.begin(), shown.end(), ""));
}

Json device_summary(const Device& device) {
  const auto& is = device.identification;
  Json document{{"id", device.id.text()}, {"name", stored_text(device.name)}, {"group", stored_text(device.group)}};
  document["address"] = device.place ? Json(device.place->address.text()) : Json(nullptr);
  if (device.place && device.place->vlan != 0) document["vlan"] = device.place->vlan;
  put(document, "vendor", is.vendor);
  put(document, "model", is.model);
  put(document, "os", is.os);
  put(document, "build", is.build);
  document["certainty"] = {{"vendor", text_of(is.vendor.empty() ? Certainty::none : is.certainty)},
                           {"model", text_of(is.model_certainty)},
                           {"os", text_of(is.os_certainty)}};
  if (const auto reasons = device.several(); !reasons.empty()) document["several"] = reasons;
  if (device.distance != 0) document["routers_between"] = device.distance;
  if (device.forwards) document["forwards"] = true;
  document["first"] = moment(device.first_ns);
  document["last"] = moment(device.last_ns);
  return document;
}

Json device_document(const Device& device) {
  auto document = device_summary(device);
  document["identifiers"] = Json::array();
  for (const auto& link : device.links) {
    Json one{{"identifier", identifier_text(link)}};
    if (link.is_random) one["random"] = true;
    one["first"] = moment(link.first_ns);
    one["last"] = moment(link.last_ns);
    document["identifiers"].push_back(std::move(one));
  }
  auto votes = device.votes;
  std::sort(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
    return std::pair{a.vote.weight, a.last_ns} > std::pair{b.vote.weight, b.last_ns};
  });
  document["votes"] = Json::array();
  for (const auto& seen : votes) {
    Json one{{"from", text_of(seen.vote.from)}, {"weight", seen.vote.weight}};
    put(one, "vendor", seen.vote.vendor);
    put(one, "model", seen.vote.model);
    put(one, "os", seen.vote.os);
    put(one, "build", seen.vote.build);
    put(one, "source", seen.vote.source);
    one["count"] = seen.count;
    one["first"] = moment(seen.first_ns);
    one["last"] = moment(seen.last_ns);
    document["votes"].push_back(std::move(one));
  }
  return document;
}

}  // namespace sluice
