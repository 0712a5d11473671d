#include "control/tap/tap_client.hh"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "dataplane/exchange/rule_report_file.hh"
#include "dataplane/exchange/sealed_memory.hh"
#include "rules/pack/pack.hh"

namespace sluice {
namespace {

void set_limit(int socket, std::chrono::seconds limit) {
  const timeval time{limit.count(), 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
    (void)::setsockopt(socket, SOL_SOCKET, option, &time, sizeof time);
}

}  // namespace

tl::unexpected<std::string> TapClient::failure(const std::string& why) const {
  return tl::unexpected(fmt::format("data plane at {}: {}", path_, why));
}

tl::expected<TapClient, std::string> TapClient::connect(const std::string& path) {
  sockaddr_un address;
  TapClient client{path, Descriptor{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)}};
  if (!client.socket_.is_open()) return client.failure(std::strerror(errno));
  if (!fill_address(address, path)) return client.failure("the path is longer than that of a socket may be");
  set_limit(client.socket_.number(), answer_limit);
  if (::connect(client.socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return client.failure(
        fmt::format("{} (is sluice-dataplane running, with this events.command_socket?)", std::strerror(errno)));
  return client;
}

tl::expected<TapClient::Answer, std::string> TapClient::ask(const Request& request, std::span<const int> descriptors,
                                                            std::chrono::seconds limit) {
  const auto message = encode(request);
  if (!message) return failure(std::string{text_of(message.error())});
  set_limit(socket_.number(), limit);
  // A data plane that had too many clients has said so and closed: what it said is still to be read.
  const auto sent = send_message(socket_.number(), *message, descriptors);
  if (!sent && sent.error() == SocketError::too_large) return failure("too many packs");
  auto received = receive_message(socket_.number());
  if (!received) {
    switch (received.error()) {
      case SocketError::closed: return failure("the connection is closed: it has ended, or restarts");
      case SocketError::not_now: return failure(fmt::format("no answer within {} s", limit.count()));
      case SocketError::too_large: return failure("an answer that is too large");
    }
  }
  auto reply = decode_reply(received->bytes);
  if (!reply) return failure(std::string{text_of(reply.error())});
  if (auto* refusal = std::get_if<Refusal>(&*reply)) return tl::unexpected(std::move(refusal->text));
  return Answer{std::move(*reply), std::move(received->descriptors)};
}

tl::expected<TapStatus, std::string> TapClient::status() {
  auto answer = ask(StatusQuery{}, {}, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (auto* status = std::get_if<TapStatus>(&answer->reply)) return std::move(*status);
  return failure("an answer to another question");
}

tl::expected<PublishResult, std::string> TapClient::publish(const std::vector<SignedPack>& packs, bool allow_rollback,
                                                            bool dry_run, const SignedManifest& manifest) {
  PublishRequest request{{}, allow_rollback, dry_run, manifest};
  std::vector<SealedMemory> files;
  std::vector<int> descriptors;
  if (packs.size() > pushed_packs_limit)
    return tl::unexpected(fmt::format("{} packs; {} are the most", packs.size(), pushed_packs_limit));
  for (const auto& pack : packs) {
    if (pack.bytes.empty()) return tl::unexpected(std::string{"a pack is empty"});
    auto file = SealedMemory::copy_of(pack.bytes, "sluice-push");
    if (!file) return tl::unexpected(file.error());
    descriptors.push_back(file->descriptor());
    files.push_back(std::move(*file));
    request.signatures.push_back(pack.signature);
  }
  auto answer = ask(request, descriptors, publish_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (auto* result = std::get_if<PublishResult>(&answer->reply)) return std::move(*result);
  return failure("an answer to another question");
}

tl::expected<SealedFiles, std::string> TapClient::rules(std::uint32_t generation) {
  auto answer = ask(RulesQuery{generation}, {}, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  const auto* rules = std::get_if<RulesAnswer>(&answer->reply);
  if (rules == nullptr || rules->count != answer->descriptors.size()) return failure("an answer to another question");
  SealedFiles packs;
  for (auto& descriptor : answer->descriptors) {
    auto file = SealedMemory::adopt(std::move(descriptor), pack_size_limit);
    if (!file) return failure("a pack that " + file.error());
    packs.push_back(std::make_shared<const SealedMemory>(std::move(*file)));
  }
  return packs;
}

tl::expected<RuleReport, std::string> TapClient::costs() {
  auto answer = ask(CostQuery{}, {}, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (!std::holds_alternative<CostsAnswer>(answer->reply) || answer->descriptors.size() != 1)
    return failure("an answer to another question");
  const auto file = SealedMemory::adopt(std::move(answer->descriptors[0]), rule_report_size_limit);
  if (!file) return failure("a report that " + file.error());
  auto report = decode_rule_report(file->bytes());
  if (!report) return failure("a report that is none");
  return std::move(*report);
}

tl::expected<ReloadResult, std::string> TapClient::reload(bool dry_run) {
  auto answer = ask(ReloadRequest{dry_run}, {}, publish_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (auto* result = std::get_if<ReloadResult>(&answer->reply)) return std::move(*result);
  return failure("an answer to another question");
}

tl::expected<std::uint32_t, std::string> TapClient::hold(const RuleIds& rules) {
  std::optional<SealedMemory> list;
  std::vector<int> descriptors;
  if (!rules.empty()) {
    const auto text = encode_hold_file(rules);
    auto file = SealedMemory::copy_of(as_bytes(text), "sluice-hold");
    if (!file) return tl::unexpected(file.error());
    descriptors.push_back(list.emplace(std::move(*file)).descriptor());
  }
  auto answer = ask(HoldRequest{}, descriptors, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (const auto* held = std::get_if<HeldAnswer>(&answer->reply)) return held->rules;
  return failure("an answer to another question");
}

tl::expected<CaptureState, std::string> TapClient::capture(const CaptureRequest& request) {
  auto answer = ask(request, {}, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (auto* state = std::get_if<CaptureState>(&answer->reply)) return std::move(*state);
  return failure("an answer to another question");
}

tl::expected<CaptureState, std::string> TapClient::look_at_capture(bool end) {
  auto answer = ask(CaptureLook{end}, {}, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (auto* state = std::get_if<CaptureState>(&answer->reply)) return std::move(*state);
  return failure("an answer to another question");
}

tl::expected<std::uint32_t, std::string> TapClient::resume(const std::vector<std::string>& rules) {
  auto answer = ask(ResumeRequest{rules}, {}, answer_limit);
  if (!answer) return tl::unexpected(answer.error());
  if (const auto* resumed = std::get_if<ResumedAnswer>(&answer->reply)) return resumed->count;
  return failure("an answer to another question");
}

}  // namespace sluice
