#include "rules/signature_content.hh"

#include <array>
#include <memory>

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules/buffer_name.hh"
#include "rules/utf8.hh"

namespace sluice {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// |0d 0a|: appends the bytes and returns the offset of the closing bar; nothing after a fault.
std::optional<std::size_t> read_hex(const QuotedValue& value, std::size_t bar, std::string& bytes, RuleFaults& faults) {
  int high = -1;
  for (auto i = bar + 1; i < value.text.size(); ++i) {
    const char c = value.text[i];
    if (c == '|') {
      if (high < 0) return i;
      faults.push_back({value.at + i, "half a byte: write every byte as two hex digits"});
      return std::nullopt;
    }
    if (c == ' ') continue;
    const int digit = hex_digit(c);
    if (digit < 0) {
      faults.push_back({value.at + i, "no hex digit between bars: write bytes as |0d 0a|, and a bar itself as |7c|"});
      return std::nullopt;
    }
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  faults.push_back(
      {value.at + bar, "the bar opened here is never closed: write bytes as |0d 0a|, a bar itself as |7c|"});
  return std::nullopt;
}

bool* plain_flag(Pcre& pcre, char flag) {
  switch (flag) {
    case 'i': return &pcre.nocase;
    case 'm': return &pcre.multiline;
    case 's': return &pcre.dot_all;
    case 'x': return &pcre.extended;
    case 'A': return &pcre.anchored;
    case 'E': return &pcre.dollar_end;
    case 'G': return &pcre.ungreedy;
    case 'R': return &pcre.relative;
    default: return nullptr;
  }
}

// B: the bytes as they came, which is all that buffers hold here; O: other limits than those of a configuration, which
// are fixed here.
constexpr std::string_view flags_without_meaning = "BO";

bool read_flags(const QuotedValue& value, std::size_t from, ReadPcre& out, RuleFaults& faults) {
  for (auto i = from; i < value.text.size(); ++i) {
    if (auto* const flag = plain_flag(out.pcre, value.text[i])) {
      *flag = true;
      continue;
    }
    if (flags_without_meaning.find(value.text[i]) != std::string_view::npos) continue;
    const auto buffer = pcre_flag_buffer(value.text[i]);
    if (!buffer) {
      faults.push_back({value.at + i, fmt::format("pcre flag \"{}\" is not matched by this version: use those of i s m "
                                                  "x A E G R B O U I H D P Q S Y W Z V M C",
                                                  printable(value.text.substr(i, 1)))});
      return false;
    }
    if (out.names_buffer) {
      faults.push_back({value.at + i, "a second buffer flag: a pcre looks in one buffer, remove one of the flags"});
      return false;
    }
    out.names_buffer = true;
    out.pcre.buffer = *buffer;
  }
  return true;
}

struct FreeCode {
  void operator()(pcre2_code* code) const noexcept { pcre2_code_free(code); }
};

// Reported where it stands in the rule. The flags that change what compiles are set.
bool compiles(const Pcre& pcre, std::size_t at, RuleFaults& faults) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  // Expressions are of bytes: what the wire brings is rarely valid UTF-8.
  const std::uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | (pcre.extended ? PCRE2_EXTENDED : 0U);
  const std::unique_ptr<pcre2_code, FreeCode> code{pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(pcre.expression.data()), pcre.expression.size(), options, &error, &offset, nullptr)};
  if (code) return true;
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(error, message.data(), message.size());
  faults.push_back({at + offset, fmt::format("the expression does not compile here: {}; correct it",
                                             reinterpret_cast<const char*>(message.data()))});
  return false;
}

}  // namespace

std::optional<std::string> content_bytes(const QuotedValue& value, RuleFaults& faults) {
  std::string bytes;
  std::size_t plain = 0;  // where text outside bars begins
  const auto take_plain = [&](std::size_t end) {
    const auto text = unescaped({value.text.substr(plain, end - plain), value.at + plain}, "content", faults);
    if (text) bytes += *text;
    return text.has_value();
  };
  for (std::size_t i = 0; i < value.text.size(); ++i) {
    if (value.text[i] == '\\') {
      ++i;  // never the last character: it would have escaped the closing quote
      if (value.text[i] == '|') {
        faults.push_back({value.at + i, "a bar cannot be escaped: write it as |7c|"});
        return std::nullopt;
      }
    } else if (value.text[i] == '|') {
      if (!take_plain(i)) return std::nullopt;
      const auto closing = read_hex(value, i, bytes, faults);
      if (!closing) return std::nullopt;
      i = *closing;
      plain = i + 1;
    }
  }
  if (!take_plain(value.text.size())) return std::nullopt;
  if (bytes.empty() || bytes.size() > content_size_limit) {
    faults.push_back({value.at, bytes.empty() ? std::string("an empty content: write the bytes to look for")
                                              : fmt::format("a content of {} bytes, {} at most: shorten or split it",
                                                            bytes.size(), content_size_limit)});
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> read_expression(const QuotedValue& value, RuleFaults& faults) {
  Pcre pcre;
  pcre.expression = value.text;
  if (!compiles(pcre, value.at, faults)) return std::nullopt;
  return std::move(pcre.expression);
}

std::optional<QuotedValue> pcre_value(const SignatureOption& option, RuleFaults& faults) {
  const auto text = option.value.value_or(std::string_view());
  const bool negated = text.starts_with('!');
  const std::size_t at = negated ? 1 : 0;
  if (text.substr(at).starts_with('/')) return QuotedValue{text.substr(at), option.value_at + at, negated};
  return quoted_value(option, true, faults);
}

std::optional<ReadPcre> read_pcre(const QuotedValue& value, RuleFaults& faults) {
  const auto last = value.text.rfind('/');
  if (!value.text.starts_with('/') || last < 2) {
    faults.push_back({value.at, "no expression between slashes: write pcre:\"/EXPRESSION/FLAGS\""});
    return std::nullopt;
  }
  ReadPcre out;
  out.pcre.expression = value.text.substr(1, last - 1);
  out.pcre.negated = value.negated;
  if (!read_flags(value, last + 1, out, faults) || !compiles(out.pcre, value.at + 1, faults)) return std::nullopt;
  return out;
}

}  // namespace sluice
