#include "control/tap/tap_commands.hh"

#include <utility>

namespace sluice {
namespace {

// Connects, asks, and tells a data plane that is not there from one that refuses.
template <class Ask>
auto asked(const std::string& path, const Ask& ask)
    -> tl::expected<typename decltype(ask(std::declval<TapClient&>()))::value_type, TapFailure> {
  auto client = TapClient::connect(path);
  if (!client) return tl::unexpected(TapFailure{false, client.error()});
  auto answer = ask(*client);
  if (!answer) return tl::unexpected(TapFailure{true, answer.error()});
  return std::move(*answer);
}

}  // namespace

TapCommands tap_commands(const std::string& path) {
  TapCommands commands;
  commands.status = [path] { return asked(path, [](TapClient& client) { return client.status(); }); };
  commands.publish = [path](const std::vector<SignedPack>& packs, bool allow_rollback, bool dry_run,
                            const SignedManifest& manifest) {
    return asked(path, [&](TapClient& client) { return client.publish(packs, allow_rollback, dry_run, manifest); });
  };
  commands.costs = [path] { return asked(path, [](TapClient& client) { return client.costs(); }); };
  commands.resume = [path](const std::vector<std::string>& rules) {
    return asked(path, [&](TapClient& client) { return client.resume(rules); });
  };
  commands.reload = [path](bool dry_run) {
    return asked(path, [&](TapClient& client) { return client.reload(dry_run); });
  };
  commands.hold = [path](const RuleIds& rules) {
    return asked(path, [&](TapClient& client) { return client.hold(rules); });
  };
  commands.rules = [path](std::uint32_t generation) -> tl::expected<SealedFiles, std::string> {
    auto client = TapClient::connect(path);
    if (!client) return tl::unexpected(client.error());
    return client->rules(generation);
  };
  return commands;
}

}  // namespace sluice
