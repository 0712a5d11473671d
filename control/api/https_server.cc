#include "control/api/https_server.hh"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/tap/system_clock.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

// For what is to come next: of strangers, who keep a thread meanwhile.
constexpr std::time_t patience_s = 5;

std::string last_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const auto* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "it is none" : reason;
}

// The error names the file.
tl::expected<void, std::string> set_up(SSL_CTX& context, const HttpsOptions& options) {
  if (SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION) != 1) return tl::unexpected("TLS 1.3: " + last_error());
  // Each connection shows who it is: none goes on with what another one showed.
  SSL_CTX_set_options(&context, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(&context, 0);
  if (SSL_CTX_use_certificate_chain_file(&context, options.certificate.c_str()) != 1)
    return tl::unexpected(options.certificate + ": no certificate in PEM (control.api_certificate): " + last_error());
  if (SSL_CTX_use_PrivateKey_file(&context, options.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return tl::unexpected(options.key + ": no key in PEM, or not the certificate's (control.api_key): " + last_error());
  if (options.client_authority.empty()) return {};
  auto* const names = SSL_load_client_CA_file(options.client_authority.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(&context, options.client_authority.c_str(), nullptr) != 1)
    return tl::unexpected(options.client_authority +
                          ": no certificates in PEM (control.api_client_authority): " + last_error());
  SSL_CTX_set_client_CA_list(&context, names);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);  // asked for; who shows none may have a token
  return {};
}

// Of a client's certificate, which was verified when the connection began.
std::string certificate_name(const SSL* connection) {
  if (connection == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(connection), X509_free};
  if (!certificate) return {};
  std::array<char, Account::name_limit + 2> name{};
  const auto size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                                              static_cast<int>(name.size()));
  if (size <= 0 || static_cast<std::size_t>(size) > Account::name_limit) return {};
  return {name.data(), static_cast<std::size_t>(size)};  // with a zero in it it is nobody's name
}

// A page of another origin may have a browser ask, which shows its certificate by itself: a browser says so (RFC 6454).
bool is_of_another_origin(const HttpRequest& request) {
  const bool changes = request.method != "GET" && request.method != "HEAD";
  return changes && request.has_header("Origin") &&
         request.get_header_value("Origin") != "https://" + request.get_header_value("Host");
}

std::optional<Principal> admit(Gate& gate, const ApiRouter& router, const HttpRequest& request,
                               HttpResponse& response) {
  if (is_of_another_origin(request)) {
    refuse(response, http_forbidden, "a page of another origin asks",
           "ask from a page of this server, or by a program");
    return std::nullopt;
  }
  const auto authorization = request.get_header_value("Authorization");
  auto admitted = gate.admit({request.remote_addr, authorization, certificate_name(request.ssl)}, Gate::Clock::now(),
                             unix_seconds(wall_time()));
  if (admitted) return std::move(*admitted);
  const auto& refusal = admitted.error();
  if (refusal.is_guess) router.note_unknown(request, refusal.status);
  if (refusal.status == http_unauthorized) response.set_header("WWW-Authenticate", "Bearer realm=\"sluice\"");
  if (refusal.status == http_too_many) response.set_header("Retry-After", "60");
  refuse(response, refusal.status, refusal.error, refusal.remedy);
  return std::nullopt;
}

}  // namespace

std::optional<std::pair<std::string, int>> listen_address(const std::string& listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  auto address = listen.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  int port = 0;
  const auto* const end = listen.data() + listen.size();
  const auto [at, error] = std::from_chars(listen.data() + colon + 1, end, port);
  if (error != std::errc{} || at != end || port < 0 || port > 65535) return std::nullopt;
  return std::pair{std::move(address), port};
}

tl::expected<std::unique_ptr<HttpsServer>, std::string> HttpsServer::start(
    const HttpsOptions& options, const ApiRouter& router, Gate& gate,
    const std::function<void(httplib::Server&)>& prepare) {
  const auto address = listen_address(options.listen);
  if (!address) return tl::unexpected("control.api_listen: \"" + options.listen + "\" is no ADDRESS:PORT");
  std::string wrong;
  auto server = std::make_unique<httplib::SSLServer>([&](SSL_CTX& context) {
    const auto done = set_up(context, options);
    if (!done) wrong = done.error();
    return done.has_value();
  });
  if (!server->is_valid()) return tl::unexpected(wrong.empty() ? "HTTPS cannot be set up" : wrong);
  prepare(*server);
  server->set_read_timeout(patience_s);
  router.serve(*server, [&gate, &router](const HttpRequest& request, HttpResponse& response) {
    return admit(gate, router, request, response);
  });
  std::unique_ptr<HttpsServer> https{new HttpsServer{std::move(server)}};
  const auto& [host, port] = *address;
  if (port == 0)
    https->port_ = https->server_->bind_to_any_port(host);
  else if (https->server_->bind_to_port(host, port))
    https->port_ = port;
  if (https->port_ <= 0) return tl::unexpected("control.api_listen " + options.listen + ": " + std::strerror(errno));
  https->thread_ = std::thread{[running = https->server_.get()] { running->listen_after_bind(); }};
  return https;
}

HttpsServer::~HttpsServer() {
  if (!thread_.joinable()) return;
  server_->stop();
  thread_.join();
}

}  // namespace sluice
