#include "control/api/stream_routes.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/api/api_terms.hh"
#include "control/capture/filter_compiler.hh"
#include "dataplane/event/packet_copy.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;
using Clock = std::chrono::steady_clock;

constexpr auto stream_look = std::chrono::milliseconds{200};

// Each line an event (HTML, section 9.2.6).
std::string server_sent(std::string_view lines) {
  std::string events;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    if (end != 0) events.append("data: ").append(lines.substr(0, end)).append("\n\n");
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return events;
}

}  // namespace

void StreamRoutes::add_to(ApiRouter& router) {
  router.add({.path = "/v1/events",
              .roles = RoleSet{Role::analyst},
              .about = "Findings, or all events, as they come; an empty line now and then",
              .parameters = {{"format", "text (a line a finding), eve (EVE JSON) or sse (server-sent events of EVE)"}},
              .wants_all_groups = true,
              .handler = [this](const ApiCall& call, HttpResponse& response) { events(call, response); }});
  router.add({.path = "/v1/capture",
              .roles = RoleSet{Role::analyst},
              .about = "Copies of packets, where events.captures allows it",
              .parameters = {{"filter", "as for tcpdump: pcap-filter(7)"},
                             {"packets", "at most (1000)"},
                             {"seconds", "at most (60)"},
                             {"bytes", "at most (67108864)"},
                             {"snaplen", "bytes of a packet"},
                             {"interface", "of the tap", true},
                             {"pair", "of its ports", true}},
              .changes = true,
              .wants_all_groups = true,
              .handler = [this](const ApiCall& call, HttpResponse& response) { capture(call, response); }});
}

void StreamRoutes::end() {
  parts_.stream->end();
  is_ending_ = true;
}

void StreamRoutes::events(const ApiCall& call, HttpResponse& response) {
  const auto& request = call.request;
  const auto given = request.get_param_value("format");
  const std::string_view format = given.empty() ? "text" : std::string_view{given};
  const bool is_sse = format == "sse";
  if (format != "text" && format != "eve" && !is_sse)
    return refuse(response, http_bad_request, "format is none of text, eve and sse",
                  "leave it out for a line a finding");
  auto follower = parts_.stream->follow(format == "text" ? StreamKind::findings : StreamKind::eve);
  if (follower == nullptr)
    return refuse(response, http_too_many,
                  fmt::format("{} others follow the events already", EventStream::follower_limit),
                  "end one of them, or read the EVE file");
  response.set_header("X-Accel-Buffering", "no");
  response.set_chunked_content_provider(
      is_sse            ? "text/event-stream"
      : format == "eve" ? "application/x-ndjson"
                        : "text/plain; charset=utf-8",
      [follower, is_sse, heard = Clock::time_point{}](std::size_t, httplib::DataSink& sink) mutable {
        auto lines = follower->take(stream_look);
        if (!lines) {
          sink.done();
          return true;
        }
        if (is_sse) *lines = server_sent(*lines);
        // The first is for the client to know that it follows.
        if (lines->empty() && Clock::now() >= heard + stream_keepalive) lines->assign(is_sse ? ":\n\n" : "\n");
        if (lines->empty()) return true;
        heard = Clock::now();
        return sink.write(lines->data(), lines->size());
      });
}

// Who asks for what; the error says what is wrong with it.
tl::expected<CaptureAsked, std::string> StreamRoutes::capture_asked(const ApiCall& call) const {
  const auto& request = call.request;
  CaptureAsked asked;
  asked.user = call.who.name;
  asked.from = call.who.from;
  asked.filter = request.get_param_value("filter");
  if (const auto status = parts_.events->status(); status.reading) asked.ports = status.reading->ports;
  const auto program = compile_filter(asked.filter);
  if (!program) return tl::unexpected("the filter: " + program.error());
  asked.request.program = PacketFilter::written(*program);

  std::string wrong;
  const auto number = [&](const char* name, std::uint64_t otherwise) {
    if (!request.has_param(name)) return otherwise;
    const auto text = request.get_param_value(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > std::numeric_limits<std::uint32_t>::max())
      wrong = std::string{name} + " is no number, or too large";
    return value;
  };
  asked.request.packets = number("packets", 1000);
  asked.request.time = std::chrono::seconds{std::min<std::uint64_t>(number("seconds", 60), 1U << 20U)};
  asked.request.bytes = number("bytes", 64U << 20U);
  asked.request.snap_length = static_cast<std::uint32_t>(number("snaplen", copied_bytes_limit));
  const auto add = [&](const std::vector<std::string>& names, const char* what, std::uint32_t bits, std::size_t step) {
    for (auto [at, end] = request.params.equal_range(what); at != end; ++at) {
      const auto found = std::find(names.begin(), names.end(), at->second);
      if (found == names.end())
        wrong = std::string{what} + " \"" + at->second + "\" is none of this tap's";
      else
        asked.request.ports |= bits << (step * static_cast<std::size_t>(found - names.begin()));
    }
  };
  add(asked.ports, "interface", 1, 1);
  add(parts_.pairs, "pair", 3, 2);
  if (!request.has_param("interface") && !request.has_param("pair")) asked.request.ports = ~std::uint32_t{0};
  if (!wrong.empty()) return tl::unexpected(wrong);
  return asked;
}

void StreamRoutes::capture(const ApiCall& call, HttpResponse& response) {
  if (parts_.captures == nullptr) return refuse(response, http_unavailable, "no captures here", "");
  auto asked = capture_asked(call);
  if (!asked)
    return refuse(response, http_bad_request, asked.error(), "filters are written as for tcpdump: pcap-filter(7)");
  if (const auto begun = parts_.captures->start(std::move(*asked)); !begun)
    return refuse(response, http_unprocessable, begun.error(), "nothing was captured");
  response.set_chunked_content_provider(
      "application/octet-stream",
      [this](std::size_t, httplib::DataSink& sink) {
        const auto frames = parts_.captures->take([this] { parts_.events->settle(); });
        if (!frames) {
          sink.done();
          return true;
        }
        if (is_ending_) return false;
        return frames->empty() || sink.write(frames->data(), frames->size());
      },
      [this](bool) { parts_.captures->finish(); });
}

}  // namespace sluice
