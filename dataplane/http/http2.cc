#include "dataplane/http/http2.hh"

#include <algorithm>
#include <charconv>

#include "dataplane/http/http_framing.hh"

namespace sluice {
namespace {

constexpr std::string_view protocol_text = "HTTP/2";
constexpr std::uint32_t stream_mask = 0x7fffffff;  // RFC 9113 section 4.1: the first bit says nothing

Http2FrameHeader read_header(Reader& reader) noexcept {
  Http2FrameHeader header;
  header.length = reader.be24();
  header.type = static_cast<Http2FrameType>(reader.u8());
  header.flags = reader.u8();
  header.stream = reader.be32() & stream_mask;
  return header;
}

// A server's first frame: RFC 9113 sections 3.4 and 6.5, six bytes a setting.
Probe probe_settings(Bytes stream) noexcept {
  constexpr std::uint32_t first_settings_limit = 16 * 6;
  Reader reader{stream};
  const auto header = read_header(reader);
  if (!reader.ok()) {
    // The length takes three bytes, and its first two are zero.
    const auto start = stream.first(std::min<std::size_t>(stream.size(), 2));
    return std::all_of(start.begin(), start.end(), [](auto byte) { return byte == 0; }) ? Probe::maybe : Probe::no;
  }
  const bool plausible = header.length > 0 && header.length <= first_settings_limit && header.length % 6 == 0;
  return plausible && header.type == Http2FrameType::settings && header.flags == 0 && header.stream == 0 ? Probe::yes
                                                                                                         : Probe::no;
}

struct PseudoFields {
  std::string_view method, path, authority, status;
};

// RFC 9113 section 8.3; leaves the other fields in `fields`. Each ends with the CR LF that stands nowhere else
// (hpack.cc); what has no line end is left too.
PseudoFields take_pseudo_fields(std::string_view& fields) noexcept {
  PseudoFields pseudo;
  for (std::string_view line; fields.starts_with(':') && take_line(fields, line);) {
    const auto value = [&](std::string_view name, std::string_view& into) {
      if (line.starts_with(name)) into = line.substr(name.size());
    };
    value(":method: ", pseudo.method);
    value(":path: ", pseudo.path);
    value(":authority: ", pseudo.authority);
    value(":status: ", pseudo.status);
  }
  return pseudo;
}

}  // namespace

Probe probe_http2(Bytes stream) noexcept {
  const auto text = as_text(stream);
  if (text.starts_with(http2_preface.substr(0, 18))) return Probe::yes;
  if (http2_preface.starts_with(text)) return Probe::maybe;
  return probe_settings(stream);
}

tl::expected<Http2FrameHeader, Http2Error> parse_http2_frame(Bytes stream) noexcept {
  Reader reader{stream};
  const auto header = read_header(reader);
  if (!reader.ok()) return tl::unexpected{Http2Error::need_more};
  return header;
}

tl::expected<Http2FieldBlock, Http2Error> parse_http2_field_block(Bytes stream) noexcept {
  Reader reader{stream};
  const auto first = read_header(reader);
  Reader payload{reader.take(first.length)};
  if (!reader.ok()) return tl::unexpected{Http2Error::need_more};
  Http2FieldBlock block;
  block.stream = first.stream;
  block.is_push = first.type == Http2FrameType::push_promise;
  block.ends_stream = !block.is_push && first.has(http2_flag::end_stream);
  const std::size_t padding = first.has(http2_flag::padded) ? payload.u8() : 0;
  if (block.is_push)
    payload.skip(4);  // the promised stream
  else if (first.has(http2_flag::priority))
    payload.skip(5);
  if (!payload.ok() || padding > payload.left()) return tl::unexpected{Http2Error::frame};
  block.pieces[block.piece_count++] = payload.rest().first(payload.left() - padding);

  for (bool whole = first.has(http2_flag::end_headers); !whole;) {
    const auto header = read_header(reader);
    if (!reader.ok()) return tl::unexpected{Http2Error::need_more};
    if (header.type != Http2FrameType::continuation || header.stream != block.stream)
      return tl::unexpected{Http2Error::continuation};
    if (block.piece_count == block.pieces.size()) return tl::unexpected{Http2Error::continuations};
    block.pieces[block.piece_count++] = reader.take(header.length);
    if (!reader.ok()) return tl::unexpected{Http2Error::need_more};
    whole = header.has(http2_flag::end_headers);
  }
  block.size = stream.size() - reader.left();
  return block;
}

std::optional<HttpRequest> http2_request(std::string_view fields) noexcept {
  const auto all = fields;
  const auto pseudo = take_pseudo_fields(fields);
  if (pseudo.method.empty()) return std::nullopt;
  HttpRequest request;
  request.pseudo_fields = all.substr(0, all.size() - fields.size());
  request.method = pseudo.method;
  // CONNECT has an authority alone (RFC 9113 section 8.5).
  request.target = pseudo.path.empty() ? pseudo.authority : pseudo.path;
  request.protocol = protocol_text;
  request.host = pseudo.authority;
  request.headers = HttpHeaders{fields};
  BodyHeaders body;
  const auto first = [](const HttpHeader& header, std::string_view name, std::string_view& value) {
    if (value.empty() && same_token(header.name, name)) value = header.value;
  };
  for (const auto& header : request.headers) {
    first(header, "host", request.host);
    first(header, "user-agent", request.user_agent);
    first(header, "referer", request.referer);
    first(header, "content-type", request.content_type);
    body.read(header);
  }
  request.codings = body.codings;
  return request;
}

std::optional<HttpResponse> http2_response(std::string_view fields) noexcept {
  const auto all = fields;
  const auto pseudo = take_pseudo_fields(fields);
  HttpResponse response;
  response.pseudo_fields = all.substr(0, all.size() - fields.size());
  const auto* const end = pseudo.status.data() + pseudo.status.size();
  const auto [next, failed] = std::from_chars(pseudo.status.data(), end, response.status);
  if (failed != std::errc{} || next != end || response.status < 100 || response.status > 999) return std::nullopt;
  response.protocol = protocol_text;
  response.reason = "";  // RFC 9113 section 8.3.2: there is none
  response.headers = HttpHeaders{fields};
  BodyHeaders body;
  const auto first = [](const HttpHeader& header, std::string_view name, std::string_view& value) {
    if (value.empty() && same_token(header.name, name)) value = header.value;
  };
  for (const auto& header : response.headers) {
    first(header, "content-type", response.content_type);
    first(header, "location", response.location);
    body.read(header);
  }
  response.codings = body.codings;
  response.framing = body.length && !body.bad_length ? BodyFraming::length : BodyFraming::until_close;
  response.content_length = body.length.value_or(0);
  return response;
}

}  // namespace sluice
