#include "dataplane/tls/tls_fingerprint.hh"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "dataplane/base/digest.hh"

namespace sluice {
namespace {

constexpr std::uint16_t extension_server_name = 0;
constexpr std::uint16_t extension_alpn = 16;

// Text that goes into a digest as it is written, and is kept as long as it fits.
class Ja3Writer {
 public:
  explicit Ja3Writer(Ja3& out) noexcept : out_(&out) { out.size = 0; }

  void number(std::uint32_t value) noexcept {
    std::array<char, 10> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    put({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  void comma() noexcept {
    put(",");
    is_first_ = true;
  }
  // The next of a list.
  void item(std::uint32_t value) noexcept {
    if (!is_first_) put("-");
    is_first_ = false;
    number(value);
  }
  void finish() noexcept {
    out_->hash = hex_of(digest_.finish());
    if (!fits_) out_->size = 0;
  }

 private:
  void put(std::string_view text) noexcept {
    digest_.add(as_bytes(text));
    fits_ = fits_ && text.size() <= out_->buffer.size() - out_->size;
    if (!fits_) return;
    std::memcpy(out_->buffer.data() + out_->size, text.data(), text.size());
    out_->size += text.size();
  }

  Ja3* out_;
  Md5Sum digest_;
  bool is_first_ = true;
  bool fits_ = true;
};

// Calls each(value) for the pairs of bytes of a list, without GREASE.
template <class Each>
void each_value(Bytes list, Each each) noexcept {
  Reader reader{list};
  while (reader.left() >= 2) {
    const auto value = reader.be16();
    if (!is_grease(value)) each(value);
  }
}

// The types of an extension block that was read before.
template <class Each>
void each_extension(Bytes extensions, Each each) noexcept {
  Reader reader{extensions};
  while (reader.left() >= 4) {
    const auto type = reader.be16();
    (void)reader.vector16();
    if (!is_grease(type)) each(type);
  }
}

// Numbers in hex, sorted or not, with commas between, as JA4 digests them.
class Ja4List {
 public:
  void add(std::uint16_t value) noexcept {
    if (count_ < values_.size()) values_[count_] = value;
    ++count_;
  }
  void sort() noexcept { std::sort(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(count_)); }
  [[nodiscard]] bool fits() const noexcept { return count_ <= values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  void write(Sha256Sum& digest) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(values_[i] >> 8),
                                              static_cast<std::uint8_t>(values_[i])};
      if (i != 0) digest.add(as_bytes(","));
      digest.add(as_bytes({hex_of(bytes).data(), 4}));
    }
  }

 private:
  std::array<std::uint16_t, ja4_list_limit> values_;
  std::size_t count_ = 0;
};

void write_two_digits(std::size_t number, char* out) noexcept {
  number = std::min<std::size_t>(number, 99);
  out[0] = static_cast<char>('0' + number / 10);
  out[1] = static_cast<char>('0' + number % 10);
}

// FoxIO, JA4: "TLS and DTLS version".
std::string_view version_text(std::uint16_t version) noexcept {
  switch (version) {
    case 0x0304: return "13";
    case 0x0303: return "12";
    case 0x0302: return "11";
    case 0x0301: return "10";
    case 0x0300: return "s3";
    case 0x0002: return "s2";
    case 0xfeff: return "d1";
    case 0xfefd: return "d2";
    case 0xfefc: return "d3";
    default: return "00";
  }
}

bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// FoxIO, JA4: "ALPN extension value": first and last character of the first value, of its hex form where one of them
// is no letter or digit.
void write_alpn(const AlpnNames& alpn, char* out) noexcept {
  out[0] = out[1] = '0';
  if (alpn.empty()) return;
  const auto first = *alpn.begin();
  if (first.empty()) return;
  if (is_alphanumeric(first.front()) && is_alphanumeric(first.back())) {
    out[0] = first.front();
    out[1] = first.back();
    return;
  }
  const std::array<std::uint8_t, 2> ends{static_cast<std::uint8_t>(first.front()),
                                         static_cast<std::uint8_t>(first.back())};
  const auto hex = hex_of(ends);
  out[0] = hex[0];
  out[1] = hex[3];
}

// The first 12 digits of a digest; of an empty list 12 zeros.
void write_short(Sha256Sum& digest, bool is_empty, char* out) noexcept {
  constexpr std::size_t digits = 12;
  if (is_empty) {
    std::fill_n(out, digits, '0');
    return;
  }
  write_hex(digest.finish(), {out, digits});
}

}  // namespace

void write_ja3(const ClientHello& hello, Ja3& out) noexcept {
  Ja3Writer writer{out};
  const auto item = [&](std::uint16_t value) { writer.item(value); };
  writer.number(hello.legacy_version);
  writer.comma();
  each_value(hello.cipher_suites, item);
  writer.comma();
  each_extension(hello.extensions, item);
  writer.comma();
  each_value(hello.groups, item);
  writer.comma();
  for (const auto format : hello.point_formats) writer.item(format);
  writer.finish();
}

void write_ja3s(const ServerHello& hello, Ja3& out) noexcept {
  Ja3Writer writer{out};
  writer.number(hello.legacy_version);
  writer.comma();
  writer.number(hello.cipher_suite);
  writer.comma();
  each_extension(hello.extensions, [&](std::uint16_t type) { writer.item(type); });
  writer.finish();
}

Ja4 ja4_of(const ClientHello& hello) noexcept {
  Ja4 out;
  auto* const text = out.text.data();
  constexpr std::array<char, 3> carriers{'t', 'q', 'd'};  // in the order of HelloCarrier
  text[0] = carriers[static_cast<std::size_t>(hello.carrier)];
  std::memcpy(text + 1, version_text(hello.highest_version).data(), 2);
  text[3] = hello.has_server_name ? 'd' : 'i';
  write_alpn(hello.alpn, text + 8);
  text[10] = text[23] = '_';

  std::size_t count = 0;
  Ja4List list;
  each_value(hello.cipher_suites, [&](std::uint16_t cipher) {
    ++count;
    list.add(cipher);
  });
  write_two_digits(count, text + 4);
  if (!list.fits()) return out;
  list.sort();
  Sha256Sum ciphers;
  list.write(ciphers);
  write_short(ciphers, list.empty(), text + 11);

  count = 0;
  Ja4List extensions;
  each_extension(hello.extensions, [&](std::uint16_t type) {
    ++count;
    if (type != extension_server_name && type != extension_alpn) extensions.add(type);
  });
  write_two_digits(count, text + 6);
  if (!extensions.fits()) return out;
  extensions.sort();
  Sha256Sum rest;
  extensions.write(rest);
  Ja4List signatures;
  each_value(hello.signature_algorithms, [&](std::uint16_t algorithm) { signatures.add(algorithm); });
  if (!signatures.fits()) return out;
  if (!signatures.empty()) {
    rest.add(as_bytes("_"));
    signatures.write(rest);
  }
  write_short(rest, extensions.empty(), text + 24);
  out.is_known = true;
  return out;
}

}  // namespace sluice
