// An event as it leaves a worker: one flat record that can lie in shared memory. A fixed header, then fields
// as (id, length, bytes). The reader treats the record as hostile: parse() checks everything before any use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/fields.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

enum class EventType : std::uint8_t {
  alert = 1,
  dns = 2,
  tls = 3,
  quic = 4,
  http = 5,
  flow = 6,
  xiaomi_push = 7,
  dhcp = 12,  // DHCPv6 too, by its fields
  mqtt = 13,
  ntp = 14,
  stun = 15,
  ssh = 16,
  mdns = 17,
  llmnr = 18,
  netbios = 19,
  ssdp = 20,
  arp = 26,
  neighbour_discovery = 27,
  drop = 28,
  anomaly = 29,
  fileinfo = 39,
  sighting = 41,   // of a device, for the inventory, where not all is recorded; what `sighting_of` says. No line of EVE
  kept_flow = 40,  // for evidence: first what an alert says, then each packet of its flow. No line of EVE
};

// Why no more of a flow is kept.
enum class KeptEnd : std::uint8_t { bound = 1, flow = 2 };

// The furthest fact that the wire showed; the order is meaning.
enum class Stage : std::uint8_t {
  name_looked_up = 1,
  connection_tried = 2,
  connected = 3,
  name_in_handshake = 4,
  data_sent = 5,
  content_matched = 6,
  content_decoded = 7,
};

enum class Action : std::uint8_t { pass = 0, drop = 1 };

// Who is told of a packet that a rule rejects; bits.
enum class RejectTarget : std::uint8_t { none = 0, source = 1, destination = 2, both = 3 };
[[nodiscard]] constexpr RejectTarget operator|(RejectTarget one, RejectTarget other) noexcept {
  return static_cast<RejectTarget>(static_cast<unsigned>(one) | static_cast<unsigned>(other));
}
[[nodiscard]] constexpr bool tells(RejectTarget target, RejectTarget end) noexcept {
  return (static_cast<unsigned>(target) & static_cast<unsigned>(end)) != 0;
}

// What a look-up is answered with that the site does not let through. Numbers stand in events.
enum class DnsAnswer : std::uint8_t {
  none,
  nxdomain,  // there is no such name
  nodata,    // there is, and nothing of that type
  sinkhole,  // an address of the site's own; of other types nothing
};
[[nodiscard]] std::string_view text_of(DnsAnswer answer) noexcept;

// Which end is the inspected network's.
enum class Inside : std::uint8_t { unknown = 0, source = 1, destination = 2 };

struct EventHeader {
  std::uint32_t size = 0;  // of the whole record in bytes, a multiple of 8
  EventType type{};
  Inside inside{};
  std::uint8_t ip_protocol = 0;  // IANA protocol number
  std::uint8_t port_pair = 0;
  std::uint64_t packet = 0;  // number in the capture from 1; 0 on a live wire
  Tick time{};
  std::uint64_t flow_id = 0;
  std::uint32_t generation = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t vlan[3] = {0, 0, 0};  // outermost first; 0 = none
  std::uint16_t reserved = 0;
  // source = the initiator of the flow; of a DNS message its sender. ARP has no flow and no addresses here.
  Address source;
  Address destination;
};
static_assert(sizeof(EventHeader) % 8 == 0);

constexpr std::size_t event_size_limit = std::size_t{128} * 1024;

// Builds one record in a caller's buffer. What does not fit is left out and `truncated` says so; nothing throws.
class EventWriter {
 public:
  explicit EventWriter(std::span<std::uint8_t> buffer) noexcept : buffer_(buffer) {}

  void begin(const EventHeader& header) noexcept;
  // Goes on with a record that finish() gave before: its fields stand, more may follow. Nothing else is a record.
  void resume(Bytes record) noexcept;
  void text(Field field, std::string_view value) noexcept;  // cut at 65,535 bytes
  void integer(Field field, std::uint64_t value) noexcept;
  void bytes(Field field, Bytes value) noexcept { text(field, as_text(value)); }
  // Makes a record of another kind of what was written.
  void become(EventType type) noexcept;
  // The finished record; empty where nothing was begun.
  [[nodiscard]] Bytes finish() noexcept;
  [[nodiscard]] bool truncated() const noexcept { return truncated_; }

 private:
  void put(Field field, Bytes value) noexcept;

  std::span<std::uint8_t> buffer_;
  std::size_t used_ = 0;
  bool truncated_ = false;
};

struct EventField {
  Field field{};
  Bytes value;

  [[nodiscard]] std::string_view text() const noexcept { return as_text(value); }
  // Little-endian integer of 8 bytes; 0 for any other length.
  [[nodiscard]] std::uint64_t integer() const noexcept;
};

// A checked view of a record; the bytes must outlive it.
class Event {
 public:
  // Nothing where the record is cut, its size field lies, or a field leaves it.
  [[nodiscard]] static std::optional<Event> parse(Bytes record) noexcept;

  [[nodiscard]] const EventHeader& header() const noexcept { return header_; }

  // for (const EventField& field : event)
  class Iterator {
   public:
    Iterator(Bytes at) noexcept : rest_(at) { load(); }
    const EventField& operator*() const noexcept { return field_; }
    const EventField* operator->() const noexcept { return &field_; }
    Iterator& operator++() noexcept;
    bool operator==(const Iterator& other) const noexcept { return rest_.size() == other.rest_.size(); }

   private:
    void load() noexcept;
    Bytes rest_;
    EventField field_;
  };
  [[nodiscard]] Iterator begin() const noexcept { return {fields_}; }
  [[nodiscard]] Iterator end() const noexcept { return {fields_.last(0)}; }

  // The first field of that id, or nothing.
  [[nodiscard]] std::optional<EventField> find(Field field) const noexcept;

 private:
  Event(const EventHeader& header, Bytes fields) noexcept : header_(header), fields_(fields) {}

  EventHeader header_;
  Bytes fields_;
};

}  // namespace sluice
