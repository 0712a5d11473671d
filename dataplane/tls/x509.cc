#include "dataplane/tls/x509.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>

namespace sluice {
namespace {

// X.690 section 8.1.2: class and number of what RFC 5280 uses.
namespace tag {
constexpr std::uint8_t integer = 0x02;
constexpr std::uint8_t octet_string = 0x04;
constexpr std::uint8_t object_identifier = 0x06;
constexpr std::uint8_t boolean = 0x01;
constexpr std::uint8_t utc_time = 0x17;
constexpr std::uint8_t generalized_time = 0x18;
constexpr std::uint8_t universal_string = 0x1c;
constexpr std::uint8_t bmp_string = 0x1e;
constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t set = 0x31;
constexpr std::uint8_t version = 0xa0;     // [0] EXPLICIT, of TBSCertificate
constexpr std::uint8_t extensions = 0xa3;  // [3] EXPLICIT, of TBSCertificate
constexpr std::uint8_t dns_name = 0x82;    // [2] IMPLICIT, of GeneralName
constexpr std::uint8_t ip_address = 0x87;  // [7] IMPLICIT, of GeneralName
}  // namespace tag

constexpr std::array<std::uint8_t, 3> subject_alternative_name{0x55, 0x1d, 0x11};  // 2.5.29.17

constexpr auto error(X509Error reason) noexcept { return tl::unexpected{reason}; }

struct Element {
  std::uint8_t tag = 0;
  Bytes content;
  Bytes whole;
};

// One element (X.690 sections 8.1.2, 8.1.3, 10.1). Tags above 30 are in no certificate.
tl::expected<Element, X509Error> next_element(Reader& reader) noexcept {
  const auto start = reader.rest();
  Element element;
  element.tag = reader.u8();
  const auto first = reader.u8();
  if (!reader.ok()) return error(X509Error::truncated);
  if ((element.tag & 0x1f) == 0x1f) return error(X509Error::structure);
  std::size_t length = first;
  if (first >= 0x80) {
    switch (first) {
      case 0x81: length = reader.u8(); break;
      case 0x82: length = reader.be16(); break;
      case 0x83: length = reader.be24(); break;
      case 0x84: return error(reader.left() < 4 ? X509Error::cut_length : X509Error::length);
      default: return error(X509Error::length);
    }
    if (!reader.ok()) return error(X509Error::cut_length);
  }
  element.content = reader.take(length);
  if (!reader.ok()) return error(X509Error::truncated);
  element.whole = start.first(start.size() - reader.left());
  return element;
}

tl::expected<Element, X509Error> expect(Reader& reader, std::uint8_t wanted) noexcept {
  const auto element = next_element(reader);
  if (element && element->tag != wanted) return error(X509Error::structure);
  return element;
}

// RFC 5280 section 4.1.2.5: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ; old certificates leave the seconds out.
std::optional<std::int64_t> seconds_of(const Element& time) noexcept {
  auto text = as_text(time.content);
  const std::size_t year_digits = time.tag == tag::utc_time ? 2 : 4;
  if (!text.ends_with('Z')) return std::nullopt;
  text.remove_suffix(1);
  if (text.size() != year_digits + 8 && text.size() != year_digits + 10) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char digit : text.substr(at, digits)) value = value * 10 + (digit - '0');
    return value;
  };
  int year = number(0, year_digits);
  if (time.tag == tag::utc_time) year += year >= 50 ? 1900 : 2000;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(number(year_digits, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(year_digits + 2, 2))}};
  const int hour = number(year_digits + 4, 2);
  const int minute = number(year_digits + 6, 2);
  const int second = text.size() == year_digits + 10 ? number(year_digits + 8, 2) : 0;
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second;
}

std::optional<std::int64_t> read_time(Reader& reader, bool& good) noexcept {
  const auto time = next_element(reader);
  good = good && time && (time->tag == tag::utc_time || time->tag == tag::generalized_time);
  return good ? seconds_of(*time) : std::nullopt;
}

// RFC 5280 section 4.2: { extnID, critical DEFAULT FALSE, extnValue }. What is damaged in here hides names alone.
Bytes alternative_names(Bytes extensions) noexcept {
  Reader outer{extensions};
  const auto list = expect(outer, tag::sequence);
  if (!list) return {};
  Reader reader{list->content};
  for (std::size_t i = 0; i < x509_extensions_limit && reader.left() != 0; ++i) {
    const auto extension = expect(reader, tag::sequence);
    if (!extension) return {};
    Reader fields{extension->content};
    const auto id = expect(fields, tag::object_identifier);
    if (!id) return {};
    if (!std::equal(id->content.begin(), id->content.end(), subject_alternative_name.begin(),
                    subject_alternative_name.end()))
      continue;
    auto value = next_element(fields);
    if (value && value->tag == tag::boolean) value = next_element(fields);
    if (!value || value->tag != tag::octet_string) return {};
    Reader octets{value->content};
    const auto names = expect(octets, tag::sequence);
    return names ? names->content : Bytes{};
  }
  return {};
}

// Text of bounded room.
class TextWriter {
 public:
  explicit TextWriter(std::span<char> room) noexcept : room_(room) {}

  void put(std::string_view text) noexcept {
    const auto count = std::min(text.size(), room_.size() - used_);
    if (count != 0) std::memcpy(room_.data() + used_, text.data(), count);
    used_ += count;
  }
  void number(std::uint64_t value) noexcept {
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    put({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  // UTF-8 (RFC 3629 section 3); what is no character becomes U+FFFD.
  void character(std::uint32_t code) noexcept {
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    const auto tail = [&](unsigned shift) { return byte(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) return put(std::array{byte(code)});
    if (code < 0x800) return put(std::array{byte(0xc0 | code >> 6), tail(0)});
    if (code < 0x10000) return put(std::array{byte(0xe0 | code >> 12), tail(6), tail(0)});
    put(std::array{byte(0xf0 | code >> 18), tail(12), tail(6), tail(0)});
  }
  [[nodiscard]] std::string_view text() const noexcept { return {room_.data(), used_}; }

 private:
  template <std::size_t Size>
  void put(const std::array<char, Size>& bytes) noexcept {
    if (Size <= room_.size() - used_) put(std::string_view{bytes.data(), Size});
  }

  std::span<char> room_;
  std::size_t used_ = 0;
};

// RFC 4519 section 2 and RFC 2985 section 5.2.1, in the abbreviations that Suricata writes.
std::string_view attribute_name(Bytes id) noexcept {
  constexpr std::array<std::uint8_t, 2> attribute_types{0x55, 0x04};  // 2.5.4
  if (id.size() == 3 && std::equal(attribute_types.begin(), attribute_types.end(), id.begin())) {
    switch (id[2]) {
      case 3: return "CN";
      case 5: return "serialNumber";
      case 6: return "C";
      case 7: return "L";
      case 8: return "ST";
      case 10: return "O";
      case 11: return "OU";
      case 15: return "businessCategory";
      case 17: return "postalCode";
      default: return "";
    }
  }
  constexpr std::array<std::uint8_t, 9> email{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01};
  if (std::equal(id.begin(), id.end(), email.begin(), email.end())) return "Email";
  constexpr std::array<std::uint8_t, 10> domain_component{0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19};
  return std::equal(id.begin(), id.end(), domain_component.begin(), domain_component.end()) ? "DC" : "";
}

// X.690 section 8.19: the first number holds two.
void write_identifier(Bytes id, TextWriter& out) noexcept {
  std::uint64_t value = 0;
  bool is_first = true;
  for (const auto byte : id) {
    value = value << 7 | (byte & 0x7f);
    if ((byte & 0x80) != 0) continue;
    if (is_first) {
      const auto root = std::min<std::uint64_t>(value / 40, 2);
      out.number(root);
      value -= root * 40;
    }
    out.put(".");
    out.number(value);
    is_first = false;
    value = 0;
  }
}

void write_value(const Element& value, TextWriter& out) noexcept {
  if (value.tag != tag::bmp_string && value.tag != tag::universal_string) return out.put(as_text(value.content));
  const std::size_t width = value.tag == tag::bmp_string ? 2 : 4;
  Reader reader{value.content};
  while (reader.left() >= width) out.character(width == 2 ? reader.be16() : reader.be32());
}

}  // namespace

bool X509Certificate::is_self_signed() const noexcept {
  return std::equal(issuer.begin(), issuer.end(), subject.begin(), subject.end());
}

// RFC 5280 section 4.1: TBSCertificate stands first in the certificate; its fields up to the key have a fixed order.
tl::expected<X509Certificate, X509Error> parse_x509(Bytes der) noexcept {
  Reader whole{der};
  const auto outer = expect(whole, tag::sequence);
  if (!outer) return error(outer.error());
  Reader inner{outer->content};
  const auto signed_part = expect(inner, tag::sequence);
  if (!signed_part) return error(signed_part.error());
  if (whole.left() != 0) return error(X509Error::structure);

  Reader fields{signed_part->content};
  auto serial = next_element(fields);
  if (serial && serial->tag == tag::version) serial = next_element(fields);
  if (!serial) return error(serial.error());
  if (serial->tag != tag::integer) return error(X509Error::structure);
  X509Certificate certificate;
  certificate.serial = serial->content;
  const auto algorithm = expect(fields, tag::sequence);
  if (!algorithm) return error(algorithm.error());
  const auto issuer = expect(fields, tag::sequence);
  if (!issuer) return error(issuer.error());
  certificate.issuer = issuer->whole;
  const auto validity = expect(fields, tag::sequence);
  if (!validity) return error(validity.error());
  Reader times{validity->content};
  bool good = true;
  certificate.not_before = read_time(times, good);
  certificate.not_after = read_time(times, good);
  if (!good) return error(X509Error::structure);
  const auto subject = expect(fields, tag::sequence);
  if (!subject) return error(subject.error());
  certificate.subject = subject->whole;
  const auto key = expect(fields, tag::sequence);
  if (!key) return error(key.error());
  while (fields.left() != 0) {
    const auto field = next_element(fields);
    if (!field) return error(field.error());
    if (field->tag == tag::extensions) certificate.alternative_names = alternative_names(field->content);
  }
  return certificate;
}

std::string_view x509_name_text(Bytes name, std::span<char> out) noexcept {
  TextWriter writer{out};
  Reader outer{name};
  const auto sequence = expect(outer, tag::sequence);
  if (!sequence) return {};
  Reader names{sequence->content};
  std::string_view link;
  while (names.left() != 0) {
    const auto relative = expect(names, tag::set);
    if (!relative) break;
    Reader attributes{relative->content};
    while (attributes.left() != 0) {
      const auto attribute = expect(attributes, tag::sequence);
      if (!attribute) return writer.text();
      Reader pair{attribute->content};
      const auto id = expect(pair, tag::object_identifier);
      const auto value = next_element(pair);
      if (!id || !value) return writer.text();
      writer.put(link);
      if (const auto known = attribute_name(id->content); !known.empty())
        writer.put(known);
      else
        write_identifier(id->content, writer);
      writer.put("=");
      write_value(*value, writer);
      link = " + ";
    }
    if (!writer.text().empty()) link = ", ";
  }
  return writer.text();
}

std::optional<X509AlternativeName> X509AlternativeNames::next() noexcept {
  while (rest_.left() != 0) {
    const auto name = next_element(rest_);
    if (!name) break;
    using Kind = X509AlternativeName::Kind;
    if (name->tag == tag::dns_name) return X509AlternativeName{Kind::dns, name->content};
    const auto size = name->content.size();
    if (name->tag == tag::ip_address && (size == 4 || size == 16))
      return X509AlternativeName{Kind::address, name->content};
  }
  return std::nullopt;
}

}  // namespace sluice
