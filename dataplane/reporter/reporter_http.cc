#include "dataplane/http/vendor_form.hh"
#include "dataplane/reporter/reporter.hh"

#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

// The host of "host:port" or "[2001:db8::1]:port" (RFC 3986 section 3.2.2).
std::string_view without_port(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

// The port of "host:port", else the one that the connection went to.
std::uint16_t port_of(std::string_view host, const Flow& flow) noexcept {
  const auto name = without_port(host);
  const auto behind = static_cast<std::size_t>(name.data() + name.size() - host.data());
  const auto colon = host.find(':', host.starts_with('[') ? behind : 0);
  std::uint16_t port = 0;
  if (colon == std::string_view::npos ||
      std::from_chars(host.data() + colon + 1, host.data() + host.size(), port).ec != std::errc{})
    return flow.responder_port();
  return port;
}

bool has(Bytes record, Field field) noexcept {
  const auto event = Event::parse(record);
  return event && event->find(field).has_value();
}

bool is_of_stream(Bytes record, std::uint32_t stream) noexcept {
  const auto event = Event::parse(record);
  const auto found = event ? event->find(Field::http2_stream_id) : std::nullopt;
  return found && found->integer() == stream;
}

// Whether that is the event of that request, and has neither a body nor a response yet.
bool is_of_request(Bytes record, const HttpRequest& request) noexcept {
  const auto event = Event::parse(record);
  const auto target = event ? event->find(Field::http_uri) : std::nullopt;
  return target && target->text() == request.target && !event->find(Field::http_status) &&
         !event->find(Field::vendor_request_body);
}

// Those of `hits` that are not among `reported`, which they are added to.
Hits unreported(const Hits& hits, Hits& reported) noexcept {
  Hits fresh;
  for (std::size_t i = 0; i < hits.count; ++i) {
    const auto row = hits.rows[i];
    if (std::find(reported.begin(), reported.end(), row) != reported.end()) continue;
    fresh.add(row, hits.is_silent(i));
    reported.add(row);
  }
  return fresh;
}

void put_text(EventWriter& event, Field field, std::string_view value) noexcept {
  if (!value.empty()) event.text(field, value);
}

// RFC 9113 section 8.3: fields of HTTP/2 whose names begin with a colon.
void put_pseudo_fields(EventWriter& event, std::string_view lines, Field name, Field value) noexcept {
  std::string_view line;
  while (take_line(lines, line)) {
    const auto colon = line.find(':', 1);
    if (colon == std::string_view::npos) continue;
    event.text(name, line.substr(0, colon));
    event.text(value, trim(line.substr(colon + 1)));
  }
}

void put_headers(EventWriter& event, const HttpRequest& request) noexcept {
  put_pseudo_fields(event, request.pseudo_fields, Field::http_header_name, Field::http_header_value);
  for (const auto& field : request.headers) {
    event.text(Field::http_header_name, field.name);
    event.text(Field::http_header_value, field.value);
  }
}

bool has_body(const HttpRequest& request) noexcept {
  return request.framing == BodyFraming::chunked ||
         (request.framing == BodyFraming::length && request.content_length > 0);
}

void put_vendor_body(EventWriter& event, const HttpRequest& request, Bytes body) noexcept {
  put_text(event, Field::vendor_request_body, as_text(body));
  const bool longer =
      request.framing == BodyFraming::length && request.codings.empty() && request.content_length > body.size();
  if (longer || body.size() >= body_inspection_limit) event.integer(Field::vendor_request_cut, 1);
}

void put_response(EventWriter& event, const HttpResponse& response) noexcept {
  event.text(Field::http_protocol, response.protocol);
  event.integer(Field::http_status, response.status);
  if (response.status == 0)
    put_text(event, Field::http_status_text, response.reason.substr(0, response.reason.find(' ')));
  put_text(event, Field::http_redirect, response.location);
  put_text(event, Field::http_content_type, response.content_type);
  if (response.framing == BodyFraming::none || response.framing == BodyFraming::length)
    event.integer(Field::http_length, response.content_length);
  put_pseudo_fields(event, response.pseudo_fields, Field::http_response_name, Field::http_response_value);
  for (const auto& field : response.headers) {
    event.text(Field::http_response_name, field.name);
    event.text(Field::http_response_value, field.value);
  }
}

}  // namespace

void Reporter::vendor_request_fields(EventWriter& event, const Said& said) noexcept {
  const auto& request = *said.request;
  put_text(event, Field::vendor_request_host, request.host);
  event.text(Field::vendor_request_target, request.target);
  for (const auto wanted : vendor_request_headers) {
    const auto value = request.headers.find(wanted);
    if (!value) continue;
    event.text(Field::vendor_request_header_name, wanted);
    event.text(Field::vendor_request_header_value, *value);
  }
  put_vendor_body(event, request, said.body);
  if (said.again) event.integer(Field::vendor_request_again, 1);
}

// Of the line and what an alert may hold of the head.
void Reporter::request_fields(EventWriter& event, const HttpRequest& request) const noexcept {
  const auto shown = [&](std::string_view url) { return record_ == Record::all ? url : url.substr(0, url.find('?')); };
  event.text(Field::http_method, request.method);
  put_text(event, Field::http_host, request.host);
  event.text(Field::http_uri, shown(request.target));
  put_text(event, Field::http_protocol, request.protocol);
  put_text(event, Field::http_user_agent, request.user_agent);
  put_text(event, Field::http_referer, shown(request.referer));
}

void Reporter::http(const Passage& at, const HttpRequest& request) noexcept {
  ++at.flow.transactions;
  sight_user_agent(at, request.user_agent);
  const bool carried = !has_body(request) && may_be_vendor_request(request);
  http_head_findings(at, request, carried ? Said{request, {}, false} : Said{});
}

void Reporter::http_head_findings(const Passage& at, const HttpRequest& request, Said said) noexcept {
  const About about{*this, about_request(request)};
  name(at, Field::http_host, without_port(request.host), Stage::data_sent, Scope::flow, said);
  if (!request.target_host.empty() && request.target_host != request.host)
    name(at, Field::http_host, without_port(request.target_host), Stage::data_sent, Scope::flow, said);
  requested_url(at, request, request.host, said);
  if (!request.target_host.empty() && request.target_host != request.host)
    requested_url(at, request, request.target_host, said);
  Hits content;
  signatures_.http_head(at, request, content);
  signature_alerts(at, content, Field::http_host, without_port(request.host), Stage::content_matched, said);
}

// A URL matches by host and path: what a name or an address alone says is another kind's to say.
void Reporter::requested_url(const Passage& at, const HttpRequest& request, std::string_view authority,
                             Said said) noexcept {
  if (!ruleset_->has(RuleKind::url)) return;
  std::array<char, Address::text_limit> room;
  auto host = without_port(authority);
  // One way to write an address; a request that names no host went to the address of its connection.
  if (const auto address = host.empty() ? at.flow.responder() : Address::parse(host)) host = address->text_to(room);
  Hits hits;
  ruleset_->match_url({host, port_of(authority, at.flow), request.target}, hits);
  alerts(at, hits, Field::http_host, host, Stage::content_matched, Scope::flow, said);
}

bool Reporter::record_http(const Passage& at, const HttpRequest& request, FormParts form, std::uint32_t stream,
                           bool waits) noexcept {
  if (record_ != Record::all) return false;
  EventWriter event{buffer_};
  event.begin(header(EventType::http, at));
  tunnel_fields(event, at.flow);
  if (stream != 0) event.integer(Field::http2_stream_id, stream);
  if (at.flow.transactions != 0) event.integer(Field::transaction, at.flow.transactions - 1);
  request_fields(event, request);
  put_headers(event, request);
  while (const auto part = form.next()) {
    event.text(Field::http_part_name, part->name);
    put_text(event, Field::http_part_file, part->file_name);
    put_text(event, Field::http_part_type, part->content_type);
  }
  if (waits && keep(at.flow, event)) return true;
  send(event, EventType::http, at.packet.number);
  return false;
}

void Reporter::http_more_body(const Passage& at, const HttpRequest& request, const BodyView& body,
                              Hits& reported) noexcept {
  if (!wants(when::request_body)) return;
  const About about{*this, about_request(request)};
  Hits content;
  signatures_.http_body(at, request, body, content);
  const auto start = body.content.first(std::min(body.content.size(), body_inspection_limit));
  signature_alerts(at, unreported(content, reported), Field::http_host, without_port(request.host),
                   Stage::content_matched, may_be_vendor_request(request) ? Said{request, start, false} : Said{});
}

void Reporter::http_body(const Passage& at, const HttpRequest& request, const BodyView& body, Hits& reported) noexcept {
  http_more_body(at, request, body, reported);
  const bool carried = may_be_vendor_request(request);
  if (!carried || !has_body(request)) return;
  http_head_findings(at, request, Said{request, body.content, true});
  add_vendor_body(at, request, body.content);
}

// The event of the request is the youngest that waits, unless it was sent without waiting.
void Reporter::add_vendor_body(const Passage& at, const HttpRequest& request, Bytes body) noexcept {
  if (at.flow.waiting == no_index) return;
  auto& queue = queues_.at(at.flow.waiting);
  Bytes youngest;
  for (auto record = queue.front(); !record.empty(); record = queue.next(record)) youngest = record;
  if (!is_of_request(youngest, request)) return;
  EventWriter event{buffer_};
  event.resume(youngest);
  queue.erase(youngest);
  put_vendor_body(event, request, body);
  if (!keep(at.flow, event)) send(event, EventType::http, at.packet.number);
}

void Reporter::http_response(const Passage& at, const HttpResponse& response, std::uint32_t stream,
                             bool request_waits) noexcept {
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    Bytes request;
    if (request_waits && at.flow.waiting != no_index) {
      const auto& queue = queues_.at(at.flow.waiting);
      request = queue.front();
      while (!request.empty() && (has(request, Field::http_status) || (stream != 0 && !is_of_stream(request, stream))))
        request = queue.next(request);
    }
    if (request.empty()) {
      event.begin(header(EventType::http, at));
      tunnel_fields(event, at.flow);
      if (stream != 0) event.integer(Field::http2_stream_id, stream);
      event.integer(Field::transaction, at.flow.transactions++);
    } else {
      event.resume(request);
      queues_.at(at.flow.waiting).erase(request);
    }
    put_response(event, response);
    http_message_ = event.finish();
    // Of chunks the length is known behind the last one.
    if (response.framing != BodyFraming::chunked || stream != 0 || !keep(at.flow, event))
      send(event, EventType::http, at.packet.number);
  }
  Hits content;
  signatures_.http_response(at, response, {}, content);
  signature_alerts(at, content, Field::http_host, {}, Stage::content_matched);
}

void Reporter::http_response_body(const Passage& at, const HttpResponse& response, const BodyView& body,
                                  Hits& reported) noexcept {
  Hits content;
  signatures_.http_response(at, response, body, content);
  signature_alerts(at, unreported(content, reported), Field::http_host, {}, Stage::content_matched);
}

void Reporter::http_response_end(const Passage& at, std::uint64_t length) noexcept {
  if (at.flow.waiting == no_index) return;
  auto& queue = queues_.at(at.flow.waiting);
  auto record = queue.front();
  while (!record.empty() && !has(record, Field::http_status)) record = queue.next(record);
  if (record.empty()) return;
  EventWriter event{buffer_};
  event.resume(record);
  queue.erase(record);
  event.integer(Field::http_length, length);
  send(event, EventType::http, at.packet.number);
}

void Reporter::http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes payload) noexcept {
  Hits content;
  signatures_.http2_frame(at, header, payload, content);
  signature_alerts(at, content, Field::http_host, {}, Stage::content_matched);
}

void Reporter::http2_goaway(const Passage& at, std::uint32_t error, bool from_client) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(header(EventType::http, at));
  tunnel_fields(event, at.flow);
  event.integer(Field::http2_stream_id, 0);
  event.integer(from_client ? Field::http2_request_error : Field::http2_response_error, error);
  send(event, EventType::http, at.packet.number);
}

void Reporter::http2_settings(const Passage& at, Bytes settings, bool from_client) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(header(EventType::http, at));
  tunnel_fields(event, at.flow);
  event.integer(Field::http2_stream_id, 0);
  Reader reader{settings};
  while (reader.left() > 0) {  // RFC 9113 section 6.5.1
    const auto identifier = reader.be16();
    const auto value = reader.be32();
    if (!reader.ok()) break;
    event.integer(from_client ? Field::http2_request_setting : Field::http2_response_setting, identifier);
    event.integer(Field::http2_setting_value, value);
  }
  send(event, EventType::http, at.packet.number);
}

}  // namespace sluice
