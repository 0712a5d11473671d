#include "dataplane/event/event.hh"

#include <algorithm>
#include <limits>

namespace sluice {
namespace {

struct FieldHeader {
  std::uint16_t field;
  std::uint16_t length;
};

constexpr std::size_t alignment = 8;

bool is_known(EventType type) noexcept {
  switch (type) {
    case EventType::alert:
    case EventType::dns:
    case EventType::tls:
    case EventType::quic:
    case EventType::http:
    case EventType::flow:
    case EventType::xiaomi_push:
    case EventType::dhcp:
    case EventType::mqtt:
    case EventType::ntp:
    case EventType::stun:
    case EventType::ssh:
    case EventType::mdns:
    case EventType::llmnr:
    case EventType::netbios:
    case EventType::ssdp:
    case EventType::arp:
    case EventType::neighbour_discovery:
    case EventType::drop:
    case EventType::anomaly:
    case EventType::fileinfo:
    case EventType::sighting:
    case EventType::kept_flow: return true;
  }
  return false;
}

constexpr std::size_t aligned(std::size_t size) noexcept { return (size + alignment - 1) / alignment * alignment; }

}  // namespace

void EventWriter::begin(const EventHeader& header) noexcept {
  truncated_ = buffer_.size() < sizeof header;
  used_ = truncated_ ? 0 : sizeof header;
  if (!truncated_) std::memcpy(buffer_.data(), &header, sizeof header);
}

void EventWriter::resume(Bytes record) noexcept {
  used_ = 0;
  const auto event = Event::parse(record);
  if (!event) return;
  begin(event->header());
  for (const auto& field : *event) put(field.field, field.value);
}

void EventWriter::put(Field field, Bytes value) noexcept {
  const FieldHeader header{static_cast<std::uint16_t>(field), static_cast<std::uint16_t>(value.size())};
  const auto room = aligned(used_ + sizeof header + value.size());
  if (used_ == 0 || room > buffer_.size()) {
    truncated_ = true;
    return;
  }
  std::memcpy(buffer_.data() + used_, &header, sizeof header);
  if (!value.empty()) std::memcpy(buffer_.data() + used_ + sizeof header, value.data(), value.size());
  used_ += sizeof header + value.size();
}

void EventWriter::text(Field field, std::string_view value) noexcept {
  put(field, as_bytes(value.substr(0, std::numeric_limits<std::uint16_t>::max())));
}

void EventWriter::integer(Field field, std::uint64_t value) noexcept {
  std::array<std::uint8_t, 8> raw{};
  boost::endian::store_little_u64(raw.data(), value);
  put(field, raw);
}

void EventWriter::become(EventType type) noexcept {
  if (used_ != 0) std::memcpy(buffer_.data() + offsetof(EventHeader, type), &type, sizeof type);
}

Bytes EventWriter::finish() noexcept {
  if (used_ == 0) return {};
  const auto size = aligned(used_);
  std::fill(buffer_.data() + used_, buffer_.data() + size, std::uint8_t{0});
  const auto size_field = static_cast<std::uint32_t>(size);
  std::memcpy(buffer_.data() + offsetof(EventHeader, size), &size_field, sizeof size_field);
  return buffer_.first(size);
}

std::uint64_t EventField::integer() const noexcept {
  return value.size() == 8 ? boost::endian::load_little_u64(value.data()) : 0;
}

std::optional<Event> Event::parse(Bytes record) noexcept {
  EventHeader header;
  if (record.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, record.data(), sizeof header);
  if (header.size != record.size() || header.size % alignment != 0) return std::nullopt;
  if (!is_known(header.type)) return std::nullopt;

  // Padding is zero bytes, and no field has id 0: the first such header (or too few bytes for one) ends the list.
  auto rest = record.subspan(sizeof header);
  std::size_t used = 0;
  while (rest.size() - used >= sizeof(FieldHeader)) {
    FieldHeader field;
    std::memcpy(&field, rest.data() + used, sizeof field);
    if (field.field == 0) break;
    if (field.length > rest.size() - used - sizeof field) return std::nullopt;
    used += sizeof field + field.length;
  }
  if (rest.size() - used >= alignment) return std::nullopt;
  return Event{header, rest.first(used)};
}

void Event::Iterator::load() noexcept {
  if (rest_.empty()) return;
  FieldHeader header;
  std::memcpy(&header, rest_.data(), sizeof header);
  field_ = {static_cast<Field>(header.field), rest_.subspan(sizeof header, header.length)};
}

Event::Iterator& Event::Iterator::operator++() noexcept {
  rest_ = rest_.subspan(sizeof(FieldHeader) + field_.value.size());
  load();
  return *this;
}

std::optional<EventField> Event::find(Field field) const noexcept {
  for (const auto& candidate : *this)
    if (candidate.field == field) return candidate;
  return std::nullopt;
}

std::string_view text_of(DnsAnswer answer) noexcept {
  switch (answer) {
    case DnsAnswer::none: return "none";
    case DnsAnswer::nxdomain: return "nxdomain";
    case DnsAnswer::nodata: return "nodata";
    case DnsAnswer::sinkhole: return "sinkhole";
  }
  return "unknown";
}

}  // namespace sluice
