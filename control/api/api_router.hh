// The paths of the API: what each takes, who may ask for it, and what answers. They are served on the socket and by
// HTTPS alike, and described by the same list (openapi.hh).
#pragma once

#include <httplib.h>

#include <atomic>
#include <functional>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "control/access/audit_log.hh"
#include "control/access/gate.hh"
#include "control/access/principal.hh"

namespace sluice {

struct ApiCall {
  const httplib::Request& request;
  const Principal& who;
  const httplib::ContentReader* content = nullptr;  // of a route that streams its body

  // What stands in the place of {id} in the path.
  [[nodiscard]] std::string id() const { return request.matches.size() > 1 ? request.matches[1].str() : std::string{}; }
};

enum class ApiMethod : std::uint8_t { get, post, patch, remove };
// What a request brings beside its path. `pack`, `parts`: taken as they come.
enum class ApiBody : std::uint8_t { none, json, pack, parts };

struct ApiParameter {
  const char* name;
  const char* about;
  bool is_repeated = false;
};

struct ApiRoute {
  ApiMethod method = ApiMethod::get;
  const char* path = "";  // "/v1/devices/{id}"
  RoleSet roles{};
  const char* about = "";  // one line
  std::vector<ApiParameter> parameters{};
  ApiBody body = ApiBody::none;
  const char* body_about = "";
  bool changes = false;           // it stands in the audit
  bool wants_all_groups = false;  // not for accounts that see some groups of devices alone
  std::function<void(const ApiCall& call, httplib::Response& response)> handler{};
};

[[nodiscard]] const char* name_of(ApiMethod method) noexcept;  // "GET"

class ApiRouter {
 public:
  // Who asks; where it is nobody that may, the response says so.
  using Admit = std::function<std::optional<Principal>(const httplib::Request& request, httplib::Response& response)>;

  // `audit`: null: nothing is written down (tests of single paths). It outlives the router.
  explicit ApiRouter(AuditLog* audit) : audit_(audit) {}
  ApiRouter(const ApiRouter&) = delete;
  ApiRouter& operator=(const ApiRouter&) = delete;

  void add(ApiRoute route);
  [[nodiscard]] const std::vector<ApiRoute>& routes() const noexcept { return routes_; }
  // 200 where a route is meant; else what a client is to be told: 404, 405 where another method is meant, 400 for a
  // body that no route of the method takes.
  [[nodiscard]] int status_of(const httplib::Request& request) const;
  // That somebody without an account asked: in the audit, at most sixty times a minute, whoever it was.
  void note_unknown(const httplib::Request& request, int status) const;
  // Puts all of them on a server, which this outlives. No route is added afterwards.
  void serve(httplib::Server& server, const Admit& admit) const;

 private:
  void answer(const ApiRoute& route, const Admit& admit, const httplib::Request& request, httplib::Response& response,
              const httplib::ContentReader* content) const;
  [[nodiscard]] bool may(const ApiRoute& route, const Principal& who, const httplib::Request& request,
                         httplib::Response& response) const;
  // Its number; nothing where it cannot be written, which is answered.
  [[nodiscard]] std::optional<std::uint64_t> note(AuditLine line) const;

  AuditLog* audit_;
  std::vector<ApiRoute> routes_;
  std::vector<std::regex> patterns_;  // of their paths
  mutable std::atomic<std::int64_t> unknown_minute_{0};
  mutable std::atomic<unsigned> unknown_{0};  // noted in that minute
};

}  // namespace sluice
