#include "control/devices/sighting.hh"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

constexpr std::array<std::string_view, link_kinds> link_names{"hardware-address", "client-id", "push-id", "host-name"};
constexpr std::size_t mac_size = 6;
constexpr std::size_t link_limit = 256;  // bytes of an identifier: DHCP's options have no more
constexpr std::size_t facts_limit = 16;  // of one event

bool is_one_device(const Address& address) noexcept {
  constexpr std::array<std::uint8_t, 4> none{};  // who has no address yet
  return address != Address{} && address != Address::v4(none) && !address.is_multicast();
}

// The first label in lower case: DHCP has it with and without a domain, mDNS below "local".
std::string host_of(std::string_view name) {
  std::string label{name.substr(0, name.find('.'))};
  std::transform(label.begin(), label.end(), label.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return label;
}

class Reading {
 public:
  explicit Reading(const Event& event) : event_(&event) {
    const auto& header = event.header();
    sighting_.time = header.time;
    is_of_device_ = header.inside == Inside::source;
    if (header.inside != Inside::unknown) put_place(is_of_device_ ? header.source : header.destination);
  }

  std::optional<Sighting> take() && {
    const auto of = event_->find(Field::sighting_of);
    if (!read(of ? static_cast<EventType>(of->integer()) : event_->header().type)) return std::nullopt;
    // DHCP has named the device's own already, whoever relayed it.
    if (sighting_.link(LinkKind::hardware_address) == nullptr) put(LinkKind::hardware_address, Field::hardware_address);
    if (const auto* const mac = sighting_.link(LinkKind::hardware_address); mac != nullptr)
      sighting_.facts.push_back({FactKind::hardware_address, *mac});
    if (const auto limit = event_->find(Field::hop_limit))
      sighting_.hop_limit = static_cast<std::uint8_t>(limit->integer());
    return std::move(sighting_);
  }

 private:
  bool read(EventType type) {
    switch (type) {
      case EventType::dhcp: return event_->find(Field::dhcpv6_type) ? dhcpv6() : dhcp();
      case EventType::mdns: return is_of_device_ && mdns();
      case EventType::ssdp:
        put(FactKind::ssdp_server, Field::ssdp_server);
        put(FactKind::user_agent, Field::ssdp_user_agent);
        return is_of_device_;
      case EventType::http: put(FactKind::user_agent, Field::http_user_agent); return is_of_device_;
      case EventType::xiaomi_push:
        put(FactKind::push_model, Field::device_model);
        put(FactKind::push_build, Field::device_build);
        put(LinkKind::push_id, Field::device_id);
        return is_of_device_;
      default: return is_of_device_ && event_->header().type == EventType::sighting;
    }
  }

  // Of a server's answers only who has which address: the rest is the server's.
  bool dhcp() {
    constexpr std::uint64_t acknowledgement = 5;  // RFC 2132 section 9.6
    put(LinkKind::hardware_address, Field::dhcp_hardware_address);
    sighting_.place.reset();
    if (const auto reply = event_->find(Field::dhcp_reply); reply && reply->integer() != 0) {
      const auto type = event_->find(Field::dhcp_type);
      if (type && type->integer() == acknowledgement) put_place(Field::dhcp_assigned_ip);
      return sighting_.place.has_value();
    }
    put_place(Field::dhcp_client_ip);  // of who renews
    put(LinkKind::client_id, Field::dhcp_client_id);
    put(FactKind::dhcp_vendor_class, Field::dhcp_vendor_class);
    put(FactKind::dhcp_parameters, Field::dhcp_parameters);
    put_host_name(Field::dhcp_host_name);
    return true;
  }

  bool dhcpv6() {
    put(LinkKind::client_id, Field::dhcpv6_client_duid);
    put(FactKind::dhcp_vendor_class, Field::dhcpv6_vendor_class);
    put_host_name(Field::dhcpv6_host_name);
    return is_of_device_;
  }

  // A device's names are those of its own address; others' may stand beside them.
  bool mdns() {
    if (const auto response = event_->find(Field::dns_response); !response || response->integer() == 0) return false;
    std::string_view name;
    for (const auto& field : *event_) {
      if (field.field == Field::dns_answer_name) name = field.text();
      if (field.field == Field::dns_data_text) put_model(field.text());
      if (field.field != Field::dns_answer_data || !sighting_.place || name.empty()) continue;
      if (Address::parse(field.text()) != sighting_.place->address) continue;
      put(LinkKind::host_name, host_of(name));
      put(FactKind::mdns_host_name, name);
    }
    return true;
  }
  // Keys of TXT records (RFC 6763 section 6) that name the model: Apple's device-info, AirPlay and companion link,
  // Google Cast and HomeKit.
  void put_model(std::string_view text) {
    for (const std::string_view key : {"model=", "md=", "rpMd=", "am="})
      if (text.starts_with(key)) put(FactKind::mdns_model, text.substr(key.size()));
  }

  void put_host_name(Field field) {
    const auto found = event_->find(field);
    if (!found) return;
    put(FactKind::dhcp_host_name, found->text());
    put(LinkKind::host_name, host_of(found->text()));
  }
  void put_place(const Address& address) {
    if (is_one_device(address)) sighting_.place = DevicePlace{address, event_->header().vlan[0]};
  }
  void put_place(Field field) {
    const auto found = event_->find(field);
    if (const auto address = found ? Address::parse(found->text()) : std::nullopt) put_place(*address);
  }
  void put(LinkKind kind, std::string_view value) {
    const bool is_whole = kind != LinkKind::hardware_address || value.size() == mac_size;
    if (value.empty() || value.size() > link_limit || !is_whole || sighting_.link(kind) != nullptr) return;
    sighting_.links.push_back({kind, std::string{value}});
  }
  void put(LinkKind kind, Field field) {
    if (const auto found = event_->find(field)) put(kind, found->text());
  }
  void put(FactKind kind, std::string_view value) {
    const DeviceFact fact{kind, std::string{value.substr(0, fact_value_limit)}};
    auto& facts = sighting_.facts;
    if (value.empty() || facts.size() >= facts_limit) return;
    if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
  }
  void put(FactKind kind, Field field) {
    if (const auto found = event_->find(field)) put(kind, found->text());
  }

  const Event* event_;
  Sighting sighting_;
  bool is_of_device_ = false;  // its sender is
};

}  // namespace

std::string_view text_of(LinkKind kind) noexcept {
  const auto at = static_cast<std::size_t>(kind);
  return at < link_names.size() ? link_names[at] : "unknown";
}

std::optional<LinkKind> link_kind_of(std::string_view text) noexcept {
  const auto* const found = std::find(link_names.begin(), link_names.end(), text);
  if (found == link_names.end()) return std::nullopt;
  return static_cast<LinkKind>(found - link_names.begin());
}

const std::string* Sighting::link(LinkKind kind) const noexcept {
  const auto found = std::find_if(links.begin(), links.end(), [&](const auto& link) { return link.kind == kind; });
  return found == links.end() ? nullptr : &found->value;
}

std::optional<Sighting> read_sighting(const Event& event) { return Reading{event}.take(); }

}  // namespace sluice
