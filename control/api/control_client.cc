#include "control/api/control_client.hh"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>

#include "config/configuration.hh"
#include "control/api/api_terms.hh"
#include "control/text/base64.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

constexpr std::time_t connect_seconds = 2;
constexpr std::time_t answer_seconds = 120;  // a push of a large pack compiles first
constexpr std::time_t stream_seconds = 3 * stream_keepalive.count();

// What the API says of an error, else the status alone.
std::string complaint(const httplib::Response& response) {
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (!json.is_object() || !json.contains("error") || !json["error"].is_string())
    return fmt::format("sluice-control answered {}", response.status);
  auto text = shown_text(json["error"].get<std::string>());
  if (json.contains("remedy") && json["remedy"].is_string() && !json["remedy"].get<std::string>().empty())
    text += "\n  " + shown_text(json["remedy"].get<std::string>());
  return text;
}

}  // namespace

void ControlAddress::add_options(CLI::App& command) {
  auto* config = command.add_option("--config", config_path, "The configuration of the tap")
                     ->type_name("FILE")
                     ->capture_default_str();
  command.add_option("--socket", socket_path, "The socket of sluice-control, in place of the configuration's")
      ->type_name("PATH")
      ->excludes(config);
}

tl::expected<std::string, Exit> ControlAddress::socket() const {
  if (!socket_path.empty()) return socket_path;
  const auto settings = config::load(config_path);
  if (settings) return settings->control->socket;
  for (const auto& error : settings.error()) fmt::print(stderr, "{}\n", config::text(error));
  return tl::unexpected(Exit::usage);
}

struct ControlClient::Connection {
  std::string path;
  httplib::Client http;
  std::atomic<bool> stopped{false};

  explicit Connection(const std::string& socket_path) : path(socket_path), http(socket_path) {
    http.set_address_family(AF_UNIX);
    http.set_socket_options([](auto) {});  // those of TCP
    http.set_connection_timeout(connect_seconds);
    http.set_write_timeout(answer_seconds);
  }

  [[nodiscard]] std::string unreachable(httplib::Error error) const {
    return fmt::format("{}: {}\n  is sluice-control running, with this control.socket, and may this user reach it?",
                       path, error == httplib::Error::Connection ? "nobody answers" : httplib::to_string(error));
  }
  [[nodiscard]] Answer read(const httplib::Result& result) const {
    if (!result) return tl::unexpected(unreachable(result.error()));
    if (result->status != 200) return tl::unexpected(complaint(*result));
    return result->body;
  }
};

ControlClient::ControlClient(const std::string& socket_path) : connection_(std::make_unique<Connection>(socket_path)) {}
ControlClient::~ControlClient() = default;

ControlClient::Answer ControlClient::get(const std::string& path) {
  connection_->http.set_read_timeout(answer_seconds);
  return connection_->read(connection_->http.Get(path));
}

ControlClient::Answer ControlClient::post(const std::string& path, std::string_view body, std::string_view signature) {
  connection_->http.set_read_timeout(answer_seconds);
  httplib::Headers headers;
  if (!signature.empty()) headers.emplace(signature_header, base64_text(signature));
  return connection_->read(connection_->http.Post(path, headers, body.data(), body.size(), "application/octet-stream"));
}

ControlClient::Answer ControlClient::post(const std::string& path, const std::vector<Part>& parts) {
  connection_->http.set_read_timeout(answer_seconds);
  httplib::MultipartFormDataItems items;
  for (const auto& part : parts) items.push_back({part.name, part.content, part.name, "application/octet-stream"});
  return connection_->read(connection_->http.Post(path, items));
}

ControlClient::Answer ControlClient::remove(const std::string& path) {
  connection_->http.set_read_timeout(answer_seconds);
  return connection_->read(connection_->http.Delete(path));
}

ControlClient::Answer ControlClient::patch(const std::string& path, const nlohmann::ordered_json& body) {
  connection_->http.set_read_timeout(answer_seconds);
  return connection_->read(connection_->http.Patch(path, body.dump(), "application/json"));
}

tl::expected<void, std::string> ControlClient::follow(const std::string& path,
                                                      const std::function<void(std::string_view)>& take) {
  connection_->http.set_read_timeout(stream_seconds);
  int status = 0;
  std::string refusal;
  const auto result = connection_->http.Get(
      path,
      [&](const httplib::Response& response) {
        status = response.status;
        return !connection_->stopped;
      },
      [&](const char* data, std::size_t size) {
        if (status == 200)
          take({data, size});
        else
          refusal.append(data, size);
        return !connection_->stopped;
      });
  if (connection_->stopped) return {};
  if (!result) return tl::unexpected(connection_->unreachable(result.error()));
  if (status == 200) return {};
  auto response = *result;
  response.body = std::move(refusal);
  return tl::unexpected(complaint(response));
}

void ControlClient::stop() {
  connection_->stopped = true;
  connection_->http.stop();
}

}  // namespace sluice
