#include "control/api/api_router.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/tap/system_clock.hh"
#include "control/text/timestamp.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

constexpr std::size_t json_limit = std::size_t{64} << 10U;  // bytes of a body

// {id} takes one step of the path, whatever is in it: what it must look like is its route's to say.
std::string pattern_of(std::string path) {
  const auto at = path.find("{id}");
  return at == std::string::npos ? path : path.replace(at, 4, "([^/]{1,64})");
}

// Every parameter that a request brings is one that its path takes, and once where it counts once.
bool has_known_parameters(const ApiRoute& route, const HttpRequest& request, HttpResponse& response) {
  std::string names;
  for (const auto& parameter : route.parameters) names += (names.empty() ? "" : ", ") + std::string{parameter.name};
  const auto remedy = names.empty() ? "it takes none" : "give " + names + ", or leave them out";
  for (const auto& [name, value] : request.params) {
    const auto found = std::find_if(route.parameters.begin(), route.parameters.end(),
                                    [&name = name](const ApiParameter& known) { return name == known.name; });
    if (found == route.parameters.end()) {
      refuse(response, http_bad_request, "\"" + name + "\" is no parameter of it", remedy);
      return false;
    }
    if (!found->is_repeated && request.params.count(name) > 1) {
      refuse(response, http_bad_request, name + ": is given twice", "give it once");
      return false;
    }
  }
  return true;
}

std::string query_of(const HttpRequest& request) {
  const auto at = request.target.find('?');
  return at == std::string::npos ? std::string{} : request.target.substr(at + 1);
}

AuditLine line_of(AuditKind kind, const Principal& who, const HttpRequest& request) {
  AuditLine line;
  line.kind = kind;
  line.actor = who.name;
  line.proof = name_of(who.proof);
  line.from = who.from;
  line.action = request.method + " " + request.path;
  line.subject = query_of(request);
  return line;
}

// A document that has not changed since the client got it last need not go over the wire again (RFC 9110
// section 13.1.2).
void put_entity_tag(const HttpRequest& request, HttpResponse& response) {
  if (response.body.empty() || (response.status != -1 && response.status != http_ok)) return;
  Sha256 sum;
  sum.add(response.body);
  const auto tag = "\"" + sum.hex().substr(0, 32) + "\"";
  response.set_header("ETag", tag);
  if (request.get_header_value("If-None-Match") != tag) return;
  response.status = http_not_modified;
  response.body.clear();
}

}  // namespace

const char* name_of(ApiMethod method) noexcept {
  switch (method) {
    case ApiMethod::get: return "GET";
    case ApiMethod::post: return "POST";
    case ApiMethod::patch: return "PATCH";
    case ApiMethod::remove: return "DELETE";
  }
  return "";
}

void ApiRouter::add(ApiRoute route) {
  patterns_.emplace_back(pattern_of(route.path));
  routes_.push_back(std::move(route));
}

int ApiRouter::status_of(const HttpRequest& request) const {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  bool is_path = false;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!std::regex_match(request.path, patterns_[i])) continue;
    is_path = true;
    if (method != name_of(routes_[i].method)) continue;
    const bool is_read = routes_[i].method == ApiMethod::post || routes_[i].method == ApiMethod::patch;
    const bool has_body = request.has_header("Transfer-Encoding") ||
                          (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
    return is_read || !has_body ? http_ok : http_bad_request;
  }
  return is_path ? http_no_such_method : http_not_found;
}

void ApiRouter::serve(httplib::Server& server, const Admit& admit) const {
  for (const auto& route : routes_) {
    const auto pattern = pattern_of(route.path);
    const auto plain = [this, &route, admit](const HttpRequest& request, HttpResponse& response) {
      answer(route, admit, request, response, nullptr);
    };
    const auto streamed = [this, &route, admit](const HttpRequest& request, HttpResponse& response,
                                                const httplib::ContentReader& content) {
      answer(route, admit, request, response, &content);
    };
    switch (route.method) {
      case ApiMethod::get: server.Get(pattern, plain); break;
      // The body of what may not be asked for is not read.
      case ApiMethod::post: server.Post(pattern, streamed); break;
      case ApiMethod::patch: server.Patch(pattern, streamed); break;
      case ApiMethod::remove: server.Delete(pattern, plain); break;
    }
  }
}

std::optional<std::uint64_t> ApiRouter::note(AuditLine line) const {
  if (audit_ == nullptr) return 0;
  const auto number = audit_->note(std::move(line), wall_time());
  if (number) return *number;
  std::fprintf(stderr, "sluice-control: the audit cannot be written: %s\n", number.error().c_str());
  return std::nullopt;
}

void ApiRouter::note_unknown(const HttpRequest& request, int status) const {
  constexpr unsigned most = 60;
  const auto minute = unix_seconds(wall_time()) / 60;
  if (unknown_minute_.exchange(minute) != minute) unknown_ = 0;
  if (unknown_++ >= most) return;
  AuditLine line;
  line.kind = AuditKind::refused;
  line.from = request.remote_addr;
  line.action = request.method + " " + request.path;
  line.status = status;
  (void)note(std::move(line));
}

bool ApiRouter::may(const ApiRoute& route, const Principal& who, const HttpRequest& request,
                    HttpResponse& response) const {
  const bool has_role = route.roles.meets(who.roles);
  if (has_role && (who.sees_all() || !route.wants_all_groups)) return true;
  auto line = line_of(AuditKind::refused, who, request);
  line.status = http_forbidden;
  (void)note(std::move(line));
  if (has_role)
    refuse(response, http_forbidden, "it shows devices of all groups, and the account sees some alone",
           "ask who has an account for all of them");
  else
    refuse(response, http_forbidden, fmt::format("an account with {} may not do that", who.roles.text()),
           "it takes one of " + route.roles.text());
  return false;
}

void ApiRouter::answer(const ApiRoute& route, const Admit& admit, const HttpRequest& request, HttpResponse& response,
                       const httplib::ContentReader* content) const {
  response.set_header("Cache-Control", "no-store");
  response.set_header("X-Content-Type-Options", "nosniff");
  const auto who = admit(request, response);
  if (!who || !may(route, *who, request, response) || !has_known_parameters(route, request, response)) return;

  auto taken = request;  // with its body, where it is read here
  const bool is_streamed = route.body == ApiBody::pack || route.body == ApiBody::parts;
  // Without either there is none (RFC 9112 section 6.3), and the library would wait for its end.
  const bool has_body = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  if (content != nullptr && !is_streamed && has_body) {
    const bool fits = (*content)([&](const char* data, std::size_t size) {
      if (taken.body.size() + size > json_limit) return false;
      taken.body.append(data, size);
      return true;
    });
    if (!fits)
      return refuse(response, http_too_large, "the body is too large, or did not come whole",
                    fmt::format("{} bytes at most", json_limit));
  }
  auto line = line_of(AuditKind::asked, *who, request);
  if (!taken.body.empty()) {
    Sha256 sum;
    sum.add(taken.body);
    line.sha256 = sum.hex();
  }
  std::optional<std::uint64_t> number = 0;
  if (route.changes) {
    number = note(line);
    // Who sits at the machine itself may have to act with a disk that is full.
    if (!number && who->proof != Proof::socket)
      return refuse(response, http_unavailable, "the audit cannot be written, and nothing was changed",
                    "make room in control.state_directory");
  }
  route.handler({taken, *who, is_streamed ? content : nullptr}, response);
  if (route.changes && number) {
    auto done = line_of(AuditKind::done, *who, request);
    done.subject.clear();
    done.of = *number;
    done.status = response.status == -1 ? http_ok : response.status;
    (void)note(std::move(done));
  }
  if (route.method == ApiMethod::get) put_entity_tag(request, response);
}

}  // namespace sluice
