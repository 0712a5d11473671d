#include "dataplane/dns/ech_keys.hh"

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <optional>

#include "dataplane/dns/dns.hh"
#include "dataplane/dns/svcb.hh"

namespace sluice {
namespace {

constexpr std::uint16_t ech_key = static_cast<std::uint16_t>(SvcParamKey::ech);
constexpr std::uint16_t mandatory_key = static_cast<std::uint16_t>(SvcParamKey::mandatory);
constexpr std::uint32_t first_private_key = 65280;
constexpr std::uint32_t last_private_key = 65534;
constexpr std::size_t parameter_header = 4;   // number and length
constexpr std::size_t authentic_data_at = 3;  // RFC 4035 section 3.2.3
constexpr std::uint8_t authentic_data_bit = 0x20;

// Behind the name, which need not be read: a pointer ends it (RFC 1035 section 4.1.4).
void skip_name(Reader& reader) noexcept {
  constexpr std::uint8_t pointer = 0xc0;
  while (reader.ok()) {
    const auto length = reader.u8();
    if ((length & pointer) == pointer) return reader.skip(1);
    if ((length & pointer) != 0) return reader.fail();
    if (length == 0) return;
    reader.skip(length);
  }
}

// Calls use(the parameters of a record) for each HTTPS and SVCB record of an answer, as far as it is whole.
template <class Use>
void each_service_record(Bytes message, Use use) noexcept {
  Reader reader{message};
  reader.skip(2);
  DnsHeader header;
  header.flags = reader.be16();
  header.questions = reader.be16();
  std::uint32_t records = reader.be16();
  records += reader.be16();
  records += reader.be16();
  if (!reader.ok() || !header.response() || header.questions + records > dns_record_limit) return;
  for (std::uint16_t i = 0; i < header.questions; ++i) {
    skip_name(reader);
    reader.skip(4);  // type and class
  }
  for (std::uint32_t i = 0; i < records; ++i) {
    skip_name(reader);
    const auto type = static_cast<DnsType>(reader.be16());
    reader.skip(6);  // class and time to live
    Reader data{reader.vector16()};
    if (!reader.ok()) return;
    if (type != DnsType::https && type != DnsType::svcb) continue;
    data.skip(2);  // priority
    skip_name(data);
    if (data.ok()) use(data.rest());
  }
}

// What of a record's parameters is to be altered.
struct EchPlace {
  std::size_t ech_at = 0;
  std::size_t ech_size = 0;      // header and value
  std::size_t goes_before = 0;   // what follows the parameter's new place, as it stands now
  std::uint16_t key = 0;         // its new number
  std::size_t mandatory_at = 0;  // the list's value
  std::size_t mandatory_size = 0;
};

// Nothing where there is no `ech`, or the parameters do not keep their form: a client passes such a record over.
std::optional<EchPlace> place_of(Bytes bytes) noexcept {
  EchPlace place;
  std::uint32_t free_key = first_private_key;
  std::optional<std::size_t> behind_free;  // of the first parameter with a larger number than the free one
  SvcParams parameters{bytes};
  SvcParam parameter;
  std::size_t at = 0;
  while (parameters.next(parameter)) {
    const auto size = parameter_header + parameter.value.size();
    if (parameter.key == mandatory_key) {
      place.mandatory_at = at + parameter_header;
      place.mandatory_size = parameter.value.size();
    } else if (parameter.key == ech_key) {
      place.ech_at = at;
      place.ech_size = size;
    } else if (parameter.key == free_key) {
      ++free_key;
    } else if (parameter.key > free_key && !behind_free) {
      behind_free = at;
    }
    at += size;
  }
  if (at != bytes.size() || place.ech_size == 0 || free_key > last_private_key) return std::nullopt;
  place.key = static_cast<std::uint16_t>(free_key);
  place.goes_before = behind_free.value_or(at);
  return place;
}

// In a list of numbers that rise: 5 becomes `key`.
void renumber(std::span<std::uint8_t> list, std::uint16_t key) noexcept {
  constexpr std::size_t width = 2;
  const auto number = [&list](std::size_t at) { return boost::endian::load_big_u16(list.data() + at); };
  std::size_t from = 0;
  const auto end = list.size() - list.size() % width;
  while (from < end && number(from) != ech_key) from += width;
  if (from == end) return;
  auto to = from + width;
  while (to < end && number(to) < key) to += width;
  std::rotate(list.begin() + static_cast<std::ptrdiff_t>(from),
              list.begin() + static_cast<std::ptrdiff_t>(from + width), list.begin() + static_cast<std::ptrdiff_t>(to));
  boost::endian::store_big_u16(list.data() + to - width, key);
}

void take_out(std::span<std::uint8_t> bytes, const EchPlace& place) noexcept {
  renumber(bytes.subspan(place.mandatory_at, place.mandatory_size), place.key);
  const auto moved = bytes.subspan(place.ech_at, place.goes_before - place.ech_at);
  std::rotate(moved.begin(), moved.begin() + static_cast<std::ptrdiff_t>(place.ech_size), moved.end());
  const auto ech = moved.last(place.ech_size);
  boost::endian::store_big_u16(ech.data(), place.key);
  std::ranges::fill(ech.subspan(parameter_header), std::uint8_t{0});
}

}  // namespace

bool holds_ech_keys(Bytes message) noexcept {
  bool holds = false;
  each_service_record(message, [&holds](Bytes parameters) { holds = holds || place_of(parameters).has_value(); });
  return holds;
}

std::size_t take_out_ech_keys(std::span<std::uint8_t> message) noexcept {
  std::size_t records = 0;
  each_service_record(message, [&](Bytes parameters) {
    const auto place = place_of(parameters);
    if (!place) return;
    ++records;
    take_out(message.subspan(static_cast<std::size_t>(parameters.data() - message.data()), parameters.size()), *place);
  });
  if (records != 0) message[authentic_data_at] &= static_cast<std::uint8_t>(~authentic_data_bit);
  return records;
}

}  // namespace sluice
