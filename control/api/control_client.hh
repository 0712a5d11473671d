// The command line's side of the API: questions to sluice-control over its Unix socket.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/commands/command.hh"

namespace sluice {

// Where sluice-control is: what the options of a command say.
struct ControlAddress {
  std::string config_path = "/etc/sluice/sluice.json";
  std::string socket_path;  // given: the configuration is not read

  void add_options(CLI::App& command);
  // The socket; complaints go to standard error.
  [[nodiscard]] tl::expected<std::string, Exit> socket() const;
};

class ControlClient {
 public:
  explicit ControlClient(const std::string& socket_path);
  ~ControlClient();
  ControlClient(const ControlClient&) = delete;
  ControlClient& operator=(const ControlClient&) = delete;

  // The error says what is wrong and what to do, on one line or two.
  using Answer = tl::expected<std::string, std::string>;
  [[nodiscard]] Answer get(const std::string& path);
  // `signature`: of a pack, else empty.
  [[nodiscard]] Answer post(const std::string& path, std::string_view body, std::string_view signature);
  [[nodiscard]] Answer patch(const std::string& path, const nlohmann::ordered_json& body);
  [[nodiscard]] Answer remove(const std::string& path);
  // A body of parts, each by its name.
  struct Part {
    std::string name;
    std::string content;
  };
  [[nodiscard]] Answer post(const std::string& path, const std::vector<Part>& parts);
  // Hands on what comes until the other side ends, or stop(). Lines may be cut anywhere.
  [[nodiscard]] tl::expected<void, std::string> follow(const std::string& path,
                                                       const std::function<void(std::string_view)>& take);
  // Ends follow(), from another thread.
  void stop();

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace sluice
