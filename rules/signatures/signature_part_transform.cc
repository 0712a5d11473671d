#include "rules/signatures/signature_part_transform.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/signatures/signature_content.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

using Kind = Transform::Kind;

// In the order of Transform::Kind.
constexpr std::array<std::string_view, 19> keywords{"to_lowercase",
                                                    "to_uppercase",
                                                    "strip_whitespace",
                                                    "compress_whitespace",
                                                    "url_decode",
                                                    "dotprefix",
                                                    "header_lowercase",
                                                    "strip_pseudo_headers",
                                                    "from_base64",
                                                    "xor",
                                                    "to_md5",
                                                    "to_sha1",
                                                    "to_sha256",
                                                    "pcrexform",
                                                    "gunzip",
                                                    "zlib_deflate",
                                                    "subslice",
                                                    "domain",
                                                    "tld"};

constexpr std::int64_t position_limit = 65'535;       // bytes
constexpr std::uint32_t decompressed_default = 1024;  // bytes, as in Suricata
constexpr std::size_t key_limit = 255;                // bytes

class TransformReader {
 public:
  TransformReader(const SignatureOption& option, RuleFaults& faults)
      : option_(option), words_(comma_words(option)), faults_(faults) {
    out_.kind = static_cast<Kind>(std::find(keywords.begin(), keywords.end(), option.name) - keywords.begin());
  }

  std::optional<Transform> read() {
    const auto before = faults_.size();
    switch (out_.kind) {
      case Kind::from_base64: from_base64(); break;
      case Kind::xor_key: xor_key(); break;
      case Kind::pcrexform: pcrexform(); break;
      case Kind::gunzip:
      case Kind::zlib_deflate: decompress(); break;
      case Kind::subslice: subslice(); break;
      default:
        if (option_.value) fail(fmt::format("{} takes no value: write {};", option_.name, option_.name));
    }
    if (faults_.size() != before) return std::nullopt;
    return out_;
  }

 private:
  void fail(std::string message) {
    faults_.push_back({option_.value ? option_.value_at : option_.at, std::move(message)});
  }

  void from_base64() {
    for (const auto& word : words_) {
      const auto [name, value] = name_and_value(word);
      const auto number = signed_number(value.text, 0, position_limit);
      if (name.text == "offset" && number) {
        out_.offset = static_cast<std::int32_t>(*number);
      } else if (name.text == "bytes" && number && *number > 0) {
        out_.bytes = static_cast<std::int32_t>(*number);
      } else if (name.text.starts_with("mode") && value.text == "rfc4648") {
        out_.mode = Transform::Mode::rfc4648;
      } else if (name.text.starts_with("mode") && value.text == "rfc2045") {
        out_.mode = Transform::Mode::rfc2045;
      } else if (name.text.starts_with("mode") && value.text == "strict") {
        out_.mode = Transform::Mode::strict;
      } else {
        fail(
            fmt::format("from_base64 does not take \"{}\": write from_base64:bytes N, offset N, mode rfc4648; (or "
                        "rfc2045, strict)",
                        printable(word.text)));
      }
    }
  }

  // xor:"0d0ac8ff"; or, as Suricata's next version has it, offset N, extract BYTES FROM in place of a key.
  void xor_key() {
    for (const auto& word : words_) {
      const auto [name, value] = name_and_value(word);
      const auto number = signed_number(value.text, 0, position_limit);
      if (name.text == "offset" && number) {
        out_.offset = static_cast<std::int32_t>(*number);
      } else if (name.text == "extract") {
        const auto [bytes, from] = name_and_value(value);
        const auto size = signed_number(bytes.text, 1, static_cast<std::int64_t>(key_limit));
        const auto place = signed_number(from.text, 0, position_limit);
        if (!size || !place) return fail("extract: write extract BYTES FROM, the size of the key and where it stands");
        out_.bytes = static_cast<std::int32_t>(*size);
        out_.key_offset = static_cast<std::uint32_t>(*place);
      } else {
        auto hex = name.text == "key" ? value.text : word.text;
        if (hex.size() > 2 && hex.starts_with('"') && hex.ends_with('"')) hex = hex.substr(1, hex.size() - 2);
        if (!out_.text.empty() || !read_hex_bytes(hex, out_.text) || out_.text.size() > key_limit)
          return fail(fmt::format("xor key \"{}\": write its bytes as hex digits, xor:\"0d0ac8ff\";", printable(hex)));
      }
    }
    if (out_.text.empty() == !out_.bytes) fail("xor has one key: write xor:\"0d0ac8ff\"; with its bytes as hex digits");
  }

  void pcrexform() {
    const auto value = quoted_value(option_, false, faults_);
    if (!value) return;
    if (auto read = read_expression(*value, faults_)) out_.text = std::move(*read);
  }

  void decompress() {
    out_.most = decompressed_default;
    for (const auto& word : words_) {
      const auto [name, value] = name_and_value(word);
      const auto number = signed_number(value.text, 1, decompressed_limit);
      if (name.text != "max-size" || !number)
        return fail(fmt::format("{} does not take \"{}\": write max-size N, 1 to {}", option_.name,
                                printable(word.text), decompressed_limit));
      out_.most = static_cast<std::uint32_t>(*number);
    }
  }

  void subslice() {
    std::size_t numbers = 0;
    for (const auto& word : words_) {
      const auto number = signed_number(word.text, -position_limit, position_limit);
      if (word.text == "truncate" && numbers > 0) {
        out_.truncate = true;
      } else if (number && numbers < 2 && !out_.truncate) {
        if (numbers++ == 0)
          out_.offset = static_cast<std::int32_t>(*number);
        else
          out_.bytes = static_cast<std::int32_t>(*number);
      } else {
        return fail(fmt::format("subslice does not take \"{}\": write subslice:OFFSET, BYTES, truncate;",
                                printable(word.text)));
      }
    }
    if (numbers == 0) fail("subslice without an offset: write subslice:OFFSET, BYTES, truncate;");
  }

  static bool read_hex_bytes(std::string_view hex, std::string& bytes) {
    if (hex.empty() || hex.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      const auto pair = hex.substr(i, 2);
      if (pair.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return false;
      bytes += static_cast<char>(*unsigned_number("0x" + std::string(pair)));
    }
    return true;
  }

  const SignatureOption& option_;
  std::vector<PartWord> words_;
  RuleFaults& faults_;
  Transform out_;
};

}  // namespace

std::span<const std::string_view> transform_keywords() noexcept { return keywords; }

std::optional<Transform> read_transform(const SignatureOption& option, RuleFaults& faults) {
  return TransformReader(option, faults).read();
}

}  // namespace sluice
