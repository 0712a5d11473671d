#include "control/packs/rule_examples.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "control/packs/example_message.hh"
#include "rules/names/domain_name.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

// Of the networks for documentation (RFC 5737), where an example names no address.
Address usual_server() { return *Address::parse("198.51.100.7"); }

Conversation one_turn(Conversation::By by, std::uint16_t port, std::string bytes) {
  return {by, usual_server(), port, {{true, std::move(bytes)}}, {}};
}

Conversation look_up_of(std::string_view name) {
  return one_turn(Conversation::By::udp, dns_port, dns_query_for(name));
}

// A connection that is tried and nothing more.
Conversation contact_with(const Address& address) { return {Conversation::By::tcp, address, https_port, {}, {}}; }

// The one behind it; nothing behind the last of all.
std::optional<Address> neighbour_of(Address address) {
  for (auto i = address.bytes.size(); i-- > 0;)
    if (++address.bytes[i] != 0) return address;
  return std::nullopt;
}

std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const auto word = rest.substr(0, rest.find_first_of(" \t"));
  rest = trimmed(rest.substr(word.size()));
  return word;
}

// Text with bytes between bars, as contents of signatures write them: "a|0d 0a|b".
std::optional<std::string> described_bytes(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const auto bar = text.find('|');
    bytes += text.substr(0, bar);
    if (bar == std::string_view::npos) return bytes;
    const auto end = text.find('|', bar + 1);
    if (end == std::string_view::npos) return std::nullopt;
    auto digits = std::string{text.substr(bar + 1, end - bar - 1)};
    std::erase(digits, ' ');
    if (digits.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      unsigned value = 0;
      const auto* const from = digits.data() + i;
      if (const auto read = std::from_chars(from, from + 2, value, 16); read.ptr != from + 2) return std::nullopt;
      bytes += static_cast<char>(value);
    }
    text.remove_prefix(end + 1);
  }
  return bytes;
}

// "192.0.2.1:80", "[2001:db8::1]:80", "192.0.2.1" or "80"; false where it is none of these.
bool read_place(std::string_view text, Conversation& out) {
  auto port = text;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    port = text.substr(colon + 1);
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto address = Address::parse(std::string{host});
    if (!address) return false;
    out.server = *address;
  } else if (const auto address = Address::parse(std::string{text})) {
    out.server = *address;
    return true;
  }
  const auto read = std::from_chars(port.data(), port.data() + port.size(), out.port);
  return read.ec == std::errc{} && read.ptr == port.data() + port.size() && out.port != 0;
}

class ExamplesReader {
 public:
  explicit ExamplesReader(const std::string& path) : path_(path), errors_(path) {}

  RuleExamples read(std::string_view text) {
    if (check_list(text, std::filesystem::path{path_}.stem().string(), errors_)) {
      while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++line_;
        take(line);
      }
      close();
    }
    out_.errors = errors_.take();
    return std::move(out_);
  }

 private:
  void fail(const std::string& message) { errors_.add(line_, 1, message); }

  void take(std::string_view line) {
    const auto content = trimmed(line);
    if (content.empty() || content.front() == '#') return;
    if (line.front() == ' ' || line.front() == '\t') {
      if (open_)
        step(content);
      else
        fail("goes on with nothing: begin an example with ID match, or ID other, at the start of a line");
      return;
    }
    close();
    auto rest = content;
    const auto rule = next_word(rest);
    const auto word = next_word(rest);
    if (word == "names" || word == "addresses") return many(rule, word == "names", rest);
    if (word != "match" && word != "other")
      return fail(fmt::format("\"{}\": behind the id write match, other, names or addresses", printable(word)));
    open_ = RuleExample{std::string{rule}, word == "match", line_, {}, {}};
    in_answer_ = in_request_ = false;
    if (!rest.empty()) step(rest);
  }

  // ID names a.example b.a.example ! xa.example
  void many(std::string_view rule, bool names, std::string_view rest) {
    bool matches = true;
    if (rest.empty()) fail("names nothing");
    while (!rest.empty()) {
      const auto word = next_word(rest);
      if (word == "!") {
        matches = false;
        continue;
      }
      RuleExample example{std::string{rule}, matches, line_, std::string{word}, {}};
      if (names) {
        const auto name = parse_domain_name(word);
        if (!name) {
          fail(fmt::format("\"{}\" {}", printable(word), explain(name.error())));
          continue;
        }
        example.conversation = look_up_of(*name);
      } else {
        const auto address = Address::parse(std::string{word});
        if (!address) {
          fail(fmt::format("\"{}\" is no address", printable(word)));
          continue;
        }
        example.conversation = contact_with(*address);
      }
      out_.examples.push_back(std::move(example));
    }
  }

  void step(std::string_view content) {
    if (open_->words.empty()) {
      open_->words = content;
      begin(content);
    } else if (in_request_) {
      http_line(content);
    } else {
      turn(content);
    }
  }

  void begin(std::string_view content) {
    auto& talk = open_->conversation;
    auto rest = content;
    const auto word = next_word(rest);
    if (rest.starts_with("http://")) return request(word, rest.substr(7));
    if (word == "look-up" || word == "hello") {
      const auto name = parse_domain_name(rest);
      if (!name) return fail(fmt::format("\"{}\" {}", printable(rest), explain(name.error())));
      talk = word == "hello" ? one_turn(Conversation::By::tcp, https_port, client_hello_for(*name)) : look_up_of(*name);
    } else if (word == "tcp" || word == "udp") {
      talk = {word == "tcp" ? Conversation::By::tcp : Conversation::By::udp, usual_server(), https_port, {}, {}};
      if (!read_place(rest, talk))
        fail(fmt::format("\"{}\": write where it goes as PORT, ADDRESS or ADDRESS:PORT", printable(rest)));
    } else if (word == "capture" && !rest.empty()) {
      talk.by = Conversation::By::capture;
      talk.capture = (std::filesystem::path{path_}.parent_path() / rest).string();
    } else {
      fail(
          fmt::format("\"{}\": write METHOD http://HOST/PATH, look-up NAME, hello NAME, tcp PLACE, udp PLACE or "
                      "capture FILE",
                      printable(content)));
    }
  }

  // TARGET is host[:port]/path
  void request(std::string_view method, std::string_view target) {
    const auto slash = std::min(target.find('/'), target.size());
    const auto host = target.substr(0, slash);
    auto& talk = open_->conversation;
    talk = {Conversation::By::tcp, usual_server(), http_port, {}, {}};
    if (Address::parse(std::string{host}) || host.find(':') != std::string_view::npos) {
      const auto colon = host.rfind(':');
      if (!read_place(host, talk) && !read_place(host.substr(colon + 1), talk))
        return fail(fmt::format("\"{}\" is no host and port", printable(host)));
    }
    const auto path = target.substr(slash);
    head_ = fmt::format("{} {} HTTP/1.1\r\n", method, path.empty() ? "/" : path);
    host_ = host;
    in_request_ = true;
  }

  // A header, the body, or the begin of the answer.
  void http_line(std::string_view content) {
    auto rest = content;
    const auto word = next_word(rest);
    if (word == "answer") {
      end_message();
      head_ = fmt::format("HTTP/1.1 {}\r\n", rest);
      in_answer_ = true;
    } else if (word == "body") {
      if (auto bytes = read_bytes(rest)) body_ += *bytes;
      has_body_ = true;
    } else if (word.ends_with(':')) {
      if (word == "Host:") host_.clear();
      if (const auto bytes = read_bytes(content)) headers_.append(*bytes).append("\r\n");
    } else {
      fail(fmt::format("\"{}\": write a header (Name: value), body TEXT, or answer 200 OK", printable(content)));
    }
  }

  std::optional<std::string> read_bytes(std::string_view text) {
    auto bytes = described_bytes(text);
    if (!bytes) fail("between bars stand bytes, each as two hex digits: |0d 0a|; a bar itself is |7c|");
    return bytes;
  }

  void turn(std::string_view content) {
    auto rest = content;
    const auto word = next_word(rest);
    if (word != "client" && word != "server")
      return fail(fmt::format("\"{}\": write client TEXT or server TEXT", printable(word)));
    if (auto bytes = read_bytes(rest)) open_->conversation.turns.push_back({word == "client", std::move(*bytes)});
  }

  void end_message() {
    auto bytes = head_;
    if (!in_answer_ && !host_.empty()) bytes += "Host: " + host_ + "\r\n";
    bytes += headers_;
    if (has_body_ || in_answer_) bytes += fmt::format("Content-Length: {}\r\n", body_.size());
    open_->conversation.turns.push_back({!in_answer_, bytes + "\r\n" + body_});
    headers_.clear();
    body_.clear();
    has_body_ = false;
  }

  void close() {
    if (!open_) return;
    if (in_request_) end_message();
    if (open_->words.empty()) fail("an example of nothing: say in the lines below it what is sent");
    out_.examples.push_back(std::move(*open_));
    open_.reset();
  }

  std::string path_;
  ListErrors errors_;
  RuleExamples out_;
  std::size_t line_ = 0;
  std::optional<RuleExample> open_;
  // Of an HTTP message that is being described.
  bool in_request_ = false;
  bool in_answer_ = false;
  bool has_body_ = false;
  std::string head_;
  std::string host_;
  std::string headers_;
  std::string body_;
};

}  // namespace

RuleExamples parse_rule_examples(std::string_view text, const std::string& path) {
  return ExamplesReader{path}.read(text);
}

std::vector<RuleExample> derived_examples(const Indicator& row) {
  std::vector<RuleExample> examples;
  const auto id = row.facts.rule_id.substr(row.facts.rule_id.find('/') + 1);
  const auto name = [&](const std::string& text, bool matches) {
    if (parse_domain_name(text)) examples.push_back({id, matches, 0, text, look_up_of(text)});
  };
  const auto address = [&](const std::optional<Address>& at, bool matches) {
    if (at) examples.push_back({id, matches, 0, at->text(), contact_with(*at)});
  };
  switch (row.facts.kind) {
    case RuleKind::domain:
    case RuleKind::host:
      name(row.name, true);
      name("x." + row.name, row.facts.kind == RuleKind::domain);
      name("x" + row.name, false);
      break;
    case RuleKind::ip:
    case RuleKind::cidr:
      address(row.range.first, true);
      address(row.range.last, true);
      address(neighbour_of(row.range.last), false);
      break;
    default: break;  // a digest says nothing of what it was made of
  }
  return examples;
}

}  // namespace sluice
