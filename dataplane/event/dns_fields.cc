#include "dataplane/event/dns_fields.hh"

#include <array>

#include "dataplane/dns/dns_layout.hh"
#include "dataplane/dns/svcb.hh"
#include "rules/names/address.hh"

namespace sluice {
namespace {

constexpr std::uint16_t type_opt = 41;  // RFC 6891

void put_address(EventWriter& event, const Address& address) noexcept {
  std::array<char, Address::text_limit> room;
  event.text(Field::dns_data_text, address.text_to(room));
}

// Values as RFC 9460 section 7 has them; of an ECH configuration its id and public name.
void put_parameter(EventWriter& event, const SvcParam& parameter) noexcept {
  event.integer(Field::dns_parameter, parameter.key);
  Reader value{parameter.value};
  switch (static_cast<SvcParamKey>(parameter.key)) {
    case SvcParamKey::mandatory:
      while (value.left() >= 2) event.integer(Field::dns_data_number, value.be16());
      break;
    case SvcParamKey::alpn:
      while (value.left() != 0) {
        const auto id = value.vector8();
        if (value.ok()) event.text(Field::dns_data_text, as_text(id));
      }
      break;
    case SvcParamKey::no_default_alpn: break;
    case SvcParamKey::port:
      if (const auto port = value.be16(); value.ok()) event.integer(Field::dns_data_number, port);
      break;
    case SvcParamKey::ipv4hint:
      while (value.left() >= 4) put_address(event, Address::v4(value.take(4).first<4>()));
      break;
    case SvcParamKey::ipv6hint:
      while (value.left() >= 16) put_address(event, Address::v6(value.take(16).first<16>()));
      break;
    case SvcParamKey::ech: {
      EchConfigList configs{parameter.value};
      EchConfig config;
      while (configs.next(config)) {
        event.integer(Field::dns_data_number, config.id);
        event.text(Field::dns_data_text, config.public_name);
      }
      break;
    }
    default: event.text(Field::dns_data_text, as_text(parameter.value));
  }
}

class Parts {
 public:
  Parts(EventWriter& event, const DnsMessage& message, const DnsRecord& record) noexcept
      : event_(&event), message_(&message), record_(&record), data_(record.rdata) {}

  void put(DnsPartKind kind) noexcept {
    switch (kind) {
      case DnsPartKind::u8: return number(data_.u8());
      case DnsPartKind::u16: return number(data_.be16());
      case DnsPartKind::u32: return number(data_.be32());
      case DnsPartKind::name: return name();
      case DnsPartKind::string: return text(data_.vector8());
      case DnsPartKind::strings:
        while (data_.ok() && data_.left() != 0) text(data_.vector8());
        return;
      case DnsPartKind::text:
      case DnsPartKind::hex:
      case DnsPartKind::hex_colons: return text(data_.take(data_.left()));
      case DnsPartKind::parameters: {
        SvcParams parameters{data_.rest()};
        SvcParam parameter;
        while (parameters.next(parameter)) put_parameter(*event_, parameter);
      }
    }
  }
  [[nodiscard]] bool ok() const noexcept { return data_.ok(); }

 private:
  void number(std::uint32_t value) noexcept {
    if (data_.ok()) event_->integer(Field::dns_data_number, value);
  }
  void text(Bytes value) noexcept {
    if (data_.ok()) event_->text(Field::dns_data_text, as_text(value));
  }
  void name() noexcept {
    const auto at = record_->rdata.size() - data_.left();
    DnsName name;
    const auto after = name.read(message_->bytes(), record_->rdata_offset + at);
    if (!after || *after > record_->rdata_offset + record_->rdata.size()) return data_.fail();
    data_.skip(*after - record_->rdata_offset - at);
    event_->text(Field::dns_data_text, name.view().empty() ? std::string_view{"."} : name.view());
  }

  EventWriter* event_;
  const DnsMessage* message_;
  const DnsRecord* record_;
  Reader data_;
};

// RFC 6891 section 6.1.2: the class is the sender's UDP payload size; each option is shown as it is.
void put_options(EventWriter& event, const DnsRecord& record) noexcept {
  event.integer(Field::dns_data_number, record.cls);
  Reader data{record.rdata};
  while (data.left() != 0) {
    const auto code = data.be16();
    const auto value = data.vector16();
    if (!data.ok()) return;
    event.integer(Field::dns_parameter, code);
    event.text(Field::dns_data_text, as_text(value));
  }
}

}  // namespace

void put_dns_record(EventWriter& event, const DnsMessage& message, const DnsRecord& record) noexcept {
  event.text(Field::dns_answer_name, record.name.view());
  event.integer(Field::dns_answer_type, record.type);
  event.integer(Field::dns_answer_ttl, record.ttl);
  if (record.type == type_opt) return put_options(event, record);
  if (const auto* const layout = dns_layout(record.type)) {
    Parts parts{event, message, record};
    for (const auto& part : layout->parts)
      if (parts.ok()) parts.put(part.kind);
    return;
  }
  std::array<char, dns_name_text_limit> room;
  const auto text = format_rdata(message, record, room);
  if (!text.empty()) event.text(Field::dns_answer_data, text);
}

void put_dns_records(EventWriter& event, DnsMessage& reading) noexcept {
  DnsRecord record;
  auto section = DnsSection::answer;
  while (reading.next_record(record)) {
    if (record.section != section) {
      section = record.section;
      event.integer(Field::dns_section, static_cast<std::uint64_t>(section));
    }
    put_dns_record(event, reading, record);
  }
}

}  // namespace sluice
