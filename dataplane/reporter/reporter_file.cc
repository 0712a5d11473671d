#include "dataplane/reporter/reporter.hh"

namespace sluice {
namespace {

// What a message's own event says, and those of the files in it do not.
bool is_of_message_alone(Field field) noexcept {
  return field == Field::http_header_name || field == Field::http_header_value || field == Field::http_response_name ||
         field == Field::http_response_value || (field >= Field::http_part_name && field <= Field::http_part_type) ||
         (field >= Field::vendor_request_host && field <= Field::vendor_request_again);
}

void copy_fields(const Event& from, EventWriter& to) noexcept {
  for (const auto& field : from)
    if (!is_of_message_alone(field.field)) to.text(field.field, field.text());
}

}  // namespace

std::size_t Reporter::describe_request(const Passage& at, const HttpRequest& request, std::uint32_t stream,
                                       std::span<std::uint8_t> room) noexcept {
  if (record_ != Record::all) return 0;
  EventWriter event{room};
  event.begin(header(EventType::fileinfo, at));
  event.integer(Field::packet_way, static_cast<std::uint64_t>(at.way));
  tunnel_fields(event, at.flow);
  if (stream != 0) event.integer(Field::http2_stream_id, stream);
  if (at.flow.transactions != 0) event.integer(Field::transaction, at.flow.transactions - 1);
  request_fields(event, request);
  return event.finish().size();
}

std::size_t Reporter::describe_response(const Passage& at, std::span<std::uint8_t> room) noexcept {
  if (record_ != Record::all) return 0;
  EventWriter event{room};
  event.begin(header(EventType::fileinfo, at));
  event.integer(Field::packet_way, static_cast<std::uint64_t>(at.way));
  if (const auto message = Event::parse(http_message_)) copy_fields(*message, event);
  return event.finish().size();
}

void Reporter::file(const Flow& flow, Bytes description, const FileFacts& file, std::uint64_t tag, Tick now) noexcept {
  const auto described = Event::parse(description);
  if (!described) return;
  auto file_header = header(EventType::fileinfo, flow);
  file_header.packet = tag;
  file_header.time = now;
  EventWriter event{buffer_};
  event.begin(file_header);
  copy_fields(*described, event);
  if (!file.name.empty()) event.text(Field::file_name, file.name);
  event.integer(Field::file_size, file.size);
  event.integer(Field::file_state, static_cast<std::uint64_t>(file.state));
  event.integer(Field::file_gaps, file.has_gaps ? 1 : 0);
  if (file.has_digests) {
    event.text(Field::file_md5, as_text(file.md5));
    event.text(Field::file_sha1, as_text(file.sha1));
    event.text(Field::file_sha256, as_text(file.sha256));
  }
  send(event, EventType::fileinfo, tag);
}

}  // namespace sluice
