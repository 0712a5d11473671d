#include "rules/signatures/signature_content.hh"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules/signatures/buffer_name.hh"
#include "rules/text/utf8.hh"

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
  for (auto i = from; i < value.text.size() && value.text[i] != ','; ++i) {
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

using Code = std::unique_ptr<pcre2_code, FreeCode>;

// Reported where it stands in the rule. The flags that change what compiles are set.
Code compiled(const Pcre& pcre, std::size_t at, RuleFaults& faults) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  // Expressions are of bytes: what the wire brings is rarely valid UTF-8.
  const std::uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | (pcre.extended ? PCRE2_EXTENDED : 0U);
  Code code{pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pcre.expression.data()), pcre.expression.size(), options, &error,
                          &offset, nullptr)};
  if (code) return code;
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(error, message.data(), message.size());
  faults.push_back({at + offset, fmt::format("the expression does not compile here: {}; correct it",
                                             reinterpret_cast<const char*>(message.data()))});
  return nullptr;
}

// Whether it keeps something, and of what.
bool read_capture_kind(std::string_view& name, char sign, bool& of_flow) {
  for (const std::string_view kind : {"flow", "pkt"}) {
    if (!name.starts_with(kind) || name.substr(kind.size(), 1) != std::string_view{&sign, 1}) continue;
    of_flow = kind == "flow";
    name.remove_prefix(kind.size() + 1);
    return true;
  }
  return false;
}

bool add_capture(PcreCapture capture, std::size_t at, Pcre& pcre, RuleFaults& faults) {
  if (pcre.captures.size() == pcre_captures_limit || capture.group > pcre_capture_group_last) {
    faults.push_back({at, fmt::format("more than {} captures that are kept, or one behind group {}: keep fewer",
                                      pcre_captures_limit, pcre_capture_group_last)});
    return false;
  }
  pcre.captures.push_back(std::move(capture));
  return true;
}

// ", flow:a, pkt:b" behind the flags: the groups of the expression in their order.
bool read_capture_list(const QuotedValue& value, std::size_t from, std::uint32_t groups, Pcre& pcre,
                       RuleFaults& faults) {
  std::uint8_t group = 0;
  while (from < value.text.size()) {  // at a comma
    const auto begin = std::min(value.text.find_first_not_of(' ', from + 1), value.text.size());
    const auto end = std::min(value.text.find(',', begin), value.text.size());
    auto name = value.text.substr(begin, end - begin);
    while (name.ends_with(' ')) name.remove_suffix(1);
    PcreCapture capture{++group, false, {}};
    if (!read_capture_kind(name, ':', capture.of_flow) || !is_capture_name(name)) {
      faults.push_back({value.at + begin, "no capture: write flow:NAME or pkt:NAME for each group, in their order"});
      return false;
    }
    if (group > groups) {
      faults.push_back({value.at + begin, fmt::format("the expression has no group {}: remove this name", group)});
      return false;
    }
    capture.name = name;
    if (!add_capture(std::move(capture), value.at + begin, pcre, faults)) return false;
    from = end;
  }
  return true;
}

// (?P<flow_a>...), (?P<pkt_b>...): groups of other names are groups and nothing else.
bool read_named_captures(const Code& code, std::size_t at, Pcre& pcre, RuleFaults& faults) {
  std::uint32_t count = 0;
  std::uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code.get(), PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code.get(), PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code.get(), PCRE2_INFO_NAMETABLE, &table);
  // Each entry: the group's number in two bytes, the name, a zero. They are in the order of names.
  std::vector<PcreCapture> named;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto* const entry = table + std::size_t{i} * entry_size;
    std::string_view name{reinterpret_cast<const char*>(entry + 2)};
    const auto group = static_cast<unsigned>(entry[0]) << 8U | entry[1];
    bool of_flow = false;
    if (!read_capture_kind(name, '_', of_flow) || !is_capture_name(name)) continue;
    named.push_back({static_cast<std::uint8_t>(std::min(group, 255U)), of_flow, std::string{name}});
  }
  std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.group < b.group; });
  return std::all_of(named.begin(), named.end(),
                     [&](auto& capture) { return add_capture(std::move(capture), at, pcre, faults); });
}

}  // namespace

bool is_capture_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= capture_name_limit && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

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
  if (!compiled(pcre, value.at, faults)) return std::nullopt;
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
  if (!read_flags(value, last + 1, out, faults)) return std::nullopt;
  const auto code = compiled(out.pcre, value.at + 1, faults);
  if (!code) return std::nullopt;
  const auto list = std::min(value.text.find(',', last), value.text.size());
  if (value.negated && list != value.text.size()) {
    faults.push_back({value.at + list, "a pcre that must not match captures nothing: remove the names"});
    return std::nullopt;
  }
  std::uint32_t groups = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  if (!read_capture_list(value, list, groups, out.pcre, faults)) return std::nullopt;
  if (!value.negated && !read_named_captures(code, value.at, out.pcre, faults)) return std::nullopt;
  return out;
}

}  // namespace sluice
