#include "dataplane/tls/starttls.hh"

#include <algorithm>
#include <array>
#include <boost/endian/conversion.hpp>
#include <string_view>

namespace sluice {
namespace {

constexpr auto need_more = tl::unexpected{PreludeError::need_more};
constexpr auto not_this = tl::unexpected{PreludeError::not_this};

using Found = tl::expected<Prelude, PreludeError>;

constexpr char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; }

// `yes` where the text begins with `wanted` in any case, `maybe` where it is too short to tell.
Probe begins_with(std::string_view text, std::string_view wanted) noexcept {
  const auto count = std::min(text.size(), wanted.size());
  for (std::size_t i = 0; i < count; ++i)
    if (upper(text[i]) != wanted[i]) return Probe::no;
  return count == wanted.size() ? Probe::yes : Probe::maybe;
}

// How clients and servers of the protocols of lines and elements begin.
constexpr std::array<std::string_view, 18> openings{
    "EHLO ", "HELO ", "LHLO ", "STARTTLS",  "STLS\r\n", "CAPA\r\n", "AUTH TLS",           "AUTH SSL", "CAPABILITIES",
    "220 ",  "220-",  "* OK",  "* PREAUTH", "+OK",      "200 ",     "\"IMPLEMENTATION\"", "<?XML",    "<STREAM:STREAM"};

// IMAP: a tag, then one of the commands that come before STARTTLS (RFC 9051 sections 2.2.1, 6.1, 6.2).
Probe probe_tagged(std::string_view text) noexcept {
  constexpr std::size_t tag_limit = 16;
  constexpr std::array<std::string_view, 3> commands{"CAPABILITY", "STARTTLS", "ID ("};
  const auto space = text.substr(0, tag_limit + 1).find(' ');
  const auto tag = text.substr(0, space);
  const auto is_tag_character = [](char c) {
    return (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'Z') || c == '.' || c == '_';
  };
  if (tag.empty() || tag.size() > tag_limit || !std::all_of(tag.begin(), tag.end(), is_tag_character)) return Probe::no;
  if (space == std::string_view::npos) return Probe::maybe;
  auto best = Probe::no;
  for (const auto command : commands) best = std::max(best, begins_with(text.substr(space + 1), command));
  return best;
}

// RFC 4511 section 4.14: an ExtendedRequest or ExtendedResponse with a message id of one byte.
Found ldap_message(Bytes stream) noexcept {
  Reader reader{stream};
  if (reader.u8() != 0x30) return not_this;
  const std::size_t size = reader.u8();
  if (!reader.ok()) return need_more;
  if (size >= 0x80) return not_this;
  Reader message{reader.rest()};
  const auto tag = message.u8();
  const auto width = message.u8();
  message.skip(1);
  const auto operation = message.u8();
  if (!message.ok()) return need_more;
  if (tag != 0x02 || width != 1 || (operation != 0x77 && operation != 0x78)) return not_this;
  return reader.left() < size ? Found{need_more} : Prelude{2 + size, false};
}

// MS-RDPBCGR section 2.2.1.1: TPKT (RFC 1006 section 6) around an X.224 connection request or confirm.
Found rdp_message(Bytes stream) noexcept {
  Reader reader{stream};
  const auto version = reader.u8();
  const auto reserved = reader.u8();
  if (version != 3 || (reader.ok() && reserved != 0)) return not_this;
  const std::size_t size = reader.be16();
  reader.skip(1);
  const auto kind = reader.u8();
  if (!reader.ok()) return need_more;
  if (size < 11 || size > prelude_message_limit || (kind != 0xe0 && kind != 0xd0)) return not_this;
  return stream.size() < size ? Found{need_more} : Prelude{size, false};
}

// PostgreSQL: SSLRequest is eight bytes with the number 80877103.
Found postgresql_message(Bytes stream) noexcept {
  constexpr std::array<std::uint8_t, 8> request{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
  const auto count = std::min(stream.size(), request.size());
  if (!std::equal(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(count), request.begin()))
    return not_this;
  return count < request.size() ? Found{need_more} : Prelude{request.size(), false};
}

// MySQL: packets of length (3 bytes, little end first) and sequence number. The server greets with 10 as its protocol
// version; a client that wants TLS answers with 32 bytes, CLIENT_SSL among their flags.
Found mysql_message(Bytes stream) noexcept {
  if (stream.size() < 4) return need_more;
  const std::size_t size = boost::endian::load_little_u24(stream.data());
  if (stream[3] > 1 || size > prelude_message_limit) return not_this;
  if (stream.size() < 6) return need_more;
  constexpr std::size_t request_size = 32;
  constexpr std::uint8_t client_ssl = 0x08;  // of the second byte of the flags
  const bool greets = stream[3] == 0 && stream[4] == 10;
  const bool asks = stream[3] == 1 && size == request_size && (stream[5] & client_ssl) != 0;
  if (!greets && !asks) return not_this;
  return stream.size() < 4 + size ? Found{need_more} : Prelude{4 + size, false};
}

// AOSP, adb: 24 bytes of header, little end first: command, two arguments, length, checksum, and the command inverted.
Found adb_message(Bytes stream) noexcept {
  constexpr std::size_t header = 24;
  constexpr std::array<std::string_view, 4> commands{"CNXN", "STLS", "AUTH", "SYNC"};
  const auto head = as_text(stream.first(std::min<std::size_t>(stream.size(), 4)));
  if (std::none_of(commands.begin(), commands.end(), [&](auto command) { return command.starts_with(head); }))
    return not_this;
  if (stream.size() < header) return need_more;
  const auto command = boost::endian::load_little_u32(stream.data());
  const std::size_t size = boost::endian::load_little_u32(stream.data() + 12);
  if (boost::endian::load_little_u32(stream.data() + 20) != ~command || size > prelude_message_limit) return not_this;
  return stream.size() < header + size ? Found{need_more} : Prelude{header + size, false};
}

// HAProxy, proxy-protocol: a line, or a signature and a length.
Found proxy_header(Bytes stream) noexcept {
  constexpr std::string_view text = "PROXY ";
  constexpr std::size_t line_limit = 107;
  const auto head = as_text(stream);
  if (begins_with(head, text) != Probe::no && (head.empty() || head[0] == 'P')) {
    const auto end = head.substr(0, line_limit).find('\n');
    if (end != std::string_view::npos) return Prelude{end + 1, true};
    return stream.size() < line_limit ? Found{need_more} : not_this;
  }
  constexpr std::array<std::uint8_t, 12> signature{0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
  const auto count = std::min(stream.size(), signature.size());
  if (!std::equal(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(count), signature.begin()))
    return not_this;
  Reader reader{stream};
  reader.skip(signature.size() + 2);
  const std::size_t size = reader.be16();
  if (!reader.ok() || reader.left() < size) return size > prelude_message_limit ? Found{not_this} : need_more;
  return Prelude{signature.size() + 4 + size, true};
}

// RFC 1928 sections 3 to 6 and SOCKS 4 with its extension 4A (NEC, "SOCKS: A protocol for TCP proxy"): greetings,
// method selections, requests and replies. Behind the last of them anything may follow.
Found socks_message(Bytes stream) noexcept {
  constexpr std::uint8_t version_4_granted = 0x5a;
  constexpr std::size_t text_limit = 256;
  Reader reader{stream};
  const auto version = reader.u8();
  const auto second = reader.u8();
  if (version == 4 && reader.ok()) {  // CONNECT: port, address, user; with 0.0.0.x a name
    if (second != 1) return not_this;
    reader.skip(2);
    const bool is_named = reader.be24() == 0;
    reader.skip(1);
    if (!reader.ok()) return need_more;
    for (int texts = is_named ? 2 : 1; texts > 0; --texts) {
      const auto text = as_text(reader.rest()).substr(0, text_limit);
      const auto end = text.find('\0');
      if (end == std::string_view::npos) return text.size() < text_limit ? Found{need_more} : not_this;
      reader.skip(end + 1);
    }
    return Prelude{stream.size() - reader.left(), true};
  }
  if (version == 0 && reader.ok())
    return second == version_4_granted && stream.size() >= 8 ? Found{Prelude{8, true}} : not_this;
  if (version != 5) return not_this;
  if (!reader.ok()) return need_more;
  // A greeting that stands alone, as clients send it; it may look like the start of a reply.
  constexpr std::uint8_t methods_limit = 8;
  const std::size_t greeting = std::size_t{2} + second;
  const bool may_greet = second != 0 && second <= methods_limit;
  if (may_greet && stream.size() == greeting) return Prelude{greeting, true};
  const auto third = reader.u8();
  const auto kind = reader.u8();
  if (reader.ok() && third == 0 && (kind == 1 || kind == 3 || kind == 4)) {  // request or reply, with an address
    reader.skip(kind == 1 ? 4 : kind == 4 ? 16 : reader.u8());
    reader.skip(2);
    return reader.ok() ? Found{Prelude{stream.size() - reader.left(), true}} : need_more;
  }
  // The server's choice of a method is two bytes, and what comes next begins a message of its own.
  if (stream.size() == 2 || third == 5) return Prelude{2, true};
  if (!may_greet) return not_this;
  return stream.size() < greeting ? Found{need_more} : Prelude{greeting, true};
}

// The forms that have a length.
Found sized_message(Bytes stream) noexcept {
  bool undecided = false;
  for (const auto form :
       {rdp_message, postgresql_message, mysql_message, adb_message, ldap_message, proxy_header, socks_message}) {
    const auto found = form(stream);
    if (found) return found;
    undecided = undecided || found.error() == PreludeError::need_more;
  }
  return undecided ? Found{need_more} : not_this;
}

bool is_text(std::uint8_t c) noexcept { return c >= 0x20 || c == '\t' || c == '\r'; }

}  // namespace

Probe probe_prelude(Bytes stream, bool answers) noexcept {
  const auto text = as_text(stream);
  auto best = probe_tagged(text);
  for (const auto opening : openings) best = std::max(best, begins_with(text, opening));
  if (best == Probe::yes) return best;
  // PostgreSQL's answer to SSLRequest is this letter alone.
  if (answers && text == "S") return Probe::yes;
  const auto sized = sized_message(stream);
  if (sized) return Probe::yes;
  return sized.error() == PreludeError::need_more ? std::max(best, Probe::maybe) : best;
}

tl::expected<Prelude, PreludeError> next_prelude(Bytes stream) noexcept {
  if (stream.empty()) return need_more;
  if (as_text(stream) == "S") return Prelude{1, false};
  const auto sized = sized_message(stream);
  if (sized) return sized;
  // Lines, and elements of XML, which need no line end.
  const bool is_markup = stream.front() == '<';
  const auto head = stream.first(std::min(stream.size(), prelude_message_limit));
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == (is_markup ? '>' : '\n')) return Prelude{i + 1, false};
    if (!is_text(head[i]) && head[i] != '\n') return sized;
  }
  return stream.size() < prelude_message_limit ? Found{need_more} : not_this;
}

}  // namespace sluice
