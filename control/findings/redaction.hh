// Identifiers (device ids, network names, ...) leave the program as class, length and keyed digest: enough to see that
// one was sent, in clear text, and that two are the same; not enough to know it.
//
// The digest is HMAC-SHA-256 (RFC 2104) over the bytes of the value under the key of this tap, cut to its first 64 bits
// and written as 16 hex digits: among a million identifiers the odds of two alike are below 1 in 10 million. Whoever
// has the key and an identifier can check it:
//
//   printf %s IDENTIFIER | openssl dgst -r -sha256 -mac HMAC -macopt hexkey:KEY | cut -c 1-16
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "control/findings/redaction_key.hh"

namespace sluice {

class Redactor {
 public:
  // Without a key there is no digest.
  Redactor() = default;
  explicit Redactor(const RedactionKey& key) : key_(key) {}
  // The key in that file, which is read, or made, when the first identifier comes by. Where that fails, a random key
  // serves this run, and complaint() says so.
  explicit Redactor(std::string key_path) : key_path_(std::move(key_path)) {}
  // One that redacts nothing: for a file whose owner asked to see what it holds, never for a running tap.
  [[nodiscard]] static Redactor revealing() { return Redactor{Reveal{}}; }
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  // {"kind": "device-id", "length": 42, "digest": "hmac-sha256:0123456789abcdef"}; `length` in bytes. Any thread.
  // The value itself, as text, where nothing is redacted.
  [[nodiscard]] nlohmann::ordered_json redact(std::string_view kind, std::string_view value) const;
  // The same without a digest: of text that was typed, which could be found by trying.
  [[nodiscard]] nlohmann::ordered_json measure(std::string_view kind, std::string_view value) const;
  [[nodiscard]] bool reveals() const noexcept { return reveals_; }

  // Why digests of this run compare with those of no other; empty where they do, or none was asked for.
  [[nodiscard]] std::string complaint() const;

 private:
  struct Reveal {};
  explicit Redactor(Reveal) : reveals_(true) {}
  void fetch_key() const;

  bool reveals_ = false;
  std::optional<std::string> key_path_;
  mutable std::mutex mutex_;  // guards what follows
  mutable bool is_fetched_ = false;
  mutable std::optional<RedactionKey> key_;
  mutable std::string complaint_;
};

}  // namespace sluice
