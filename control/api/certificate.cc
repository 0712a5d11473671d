#include "control/api/certificate.hh"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "control/text/text_file.hh"
#include "rules/names/address.hh"

namespace sluice {
namespace {

template <auto Free>
struct Freed {
  template <class Thing>
  void operator()(Thing* thing) const noexcept {
    Free(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr std::size_t file_limit = 65'536;  // bytes

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// What clients hold against the name that they asked for (RFC 9525).
std::string alternative_names(const std::string& address) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const auto name = host_name();
  const auto is_safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (!name.empty() && name != "localhost" && std::all_of(name.begin(), name.end(), is_safe)) names += ",DNS:" + name;
  if (const auto parsed = Address::parse(address); parsed && address != "127.0.0.1" && address != "::1")
    names += ",IP:" + parsed->text();
  return names;
}

Certificate make(EVP_PKEY* key, const std::string& address) {
  Certificate certificate{X509_new()};
  if (!certificate) return {};
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return {};
  auto* const name = X509_get_subject_name(certificate.get());
  const auto* const common_name = reinterpret_cast<const unsigned char*>("Sluice");
  const bool is_made =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U) == 1 &&
      // Always: a box without a clock makes it, too (RFC 5280 section 4.1.2.5: it has no well-defined end).
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), 0) != nullptr &&
      ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "99991231235959Z") == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(certificate.get(), name) == 1 && X509_set_pubkey(certificate.get(), key) == 1 &&
      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") &&
      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
      add_extension(certificate.get(), NID_subject_alt_name, alternative_names(address)) &&
      X509_sign(certificate.get(), key, EVP_sha256()) != 0;
  return is_made ? std::move(certificate) : Certificate{};
}

}  // namespace

tl::expected<CertificateFiles, std::string> own_certificate(const std::string& folder, const std::string& address) {
  CertificateFiles files{folder + "/certificate.pem", folder + "/key.pem"};
  const auto certificate_there = read_text_file(files.certificate, file_limit);
  if (!certificate_there) return tl::unexpected(certificate_there.error());
  const auto key_there = read_text_file(files.key, file_limit);
  if (!key_there) return tl::unexpected(key_there.error());
  if (*certificate_there && *key_there) return files;
  const Key key{EVP_EC_gen("P-256")};
  const auto certificate = key ? make(key.get(), address) : Certificate{};
  const Memory shown{BIO_new(BIO_s_mem())}, secret{BIO_new(BIO_s_mem())};
  if (!certificate || PEM_write_bio_X509(shown.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return tl::unexpected(folder + ": no certificate could be made: give one by control.api_certificate and api_key");
  // The key first: a certificate without it is made anew.
  if (const auto written = replace_text_file(files.key, text_of(secret.get())); !written)
    return tl::unexpected(written.error());
  if (const auto written = replace_text_file(files.certificate, text_of(shown.get())); !written)
    return tl::unexpected(written.error());
  return files;
}

tl::expected<std::string, std::string> fingerprint_of(const std::string& certificate_file) {
  const auto text = read_text_file(certificate_file, file_limit);
  if (!text) return tl::unexpected(text.error());
  const Memory memory{BIO_new_mem_buf(*text ? (*text)->data() : "", *text ? static_cast<int>((*text)->size()) : 0)};
  const Certificate certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1)
    return tl::unexpected(certificate_file + ": holds no certificate in PEM");
  std::string shown;
  for (unsigned i = 0; i < size; ++i) shown += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return shown;
}

}  // namespace sluice
