#include "control/commands/push_outcome.hh"

#include <array>
#include <thread>

#include "control/text/safe_text.hh"

namespace sluice {
namespace {

using State = PushOutcome::State;

constexpr std::array<std::string_view, 5> names{"applied", "already-live", "checked", "refused", "reverted"};
constexpr auto look = std::chrono::milliseconds{250};

}  // namespace

PushOutcome PushOutcome::of(const nlohmann::json& answer) {
  PushOutcome outcome;
  const std::string state = answer.at("state");
  outcome.state = state == "already-live" ? State::already_live : state == "checked" ? State::checked : State::applied;
  outcome.generation = answer.at("generation");
  outcome.digest = answer.at("ruleset_digest");
  outcome.packs = answer.at("packs").size();
  outcome.new_rules = answer.at("new_rules");
  outcome.held = answer.at("held");
  outcome.watch = answer.at("watch");
  if (answer.contains("warning")) outcome.reason = answer["warning"];
  return outcome;
}

PushOutcome PushOutcome::refused(std::string why) {
  PushOutcome outcome;
  outcome.state = State::refused;
  outcome.reason = std::move(why);
  return outcome;
}

PushOutcome watched(ControlClient& client, PushOutcome outcome) {
  while (outcome.watch != 0) {
    const auto answer = client.get("/v1/rollout");
    if (!answer) {
      outcome.reason = "it is live, and how the watch ended is not known: " + answer.error();
      return outcome;
    }
    const auto document = nlohmann::json::parse(*answer);
    const auto& watch = document.at("watch");
    const std::string state = watch.at("state");
    if (watch.at("number") != outcome.watch) {
      outcome.reason = "another push came before the watch ended";
      return outcome;
    }
    if (state == "reverted") outcome.state = State::reverted;
    if (state == "superseded") outcome.reason = "the watch ended before its time: other rules are live";
    if (state == "reverted" || state == "unjudged") outcome.reason = watch.at("reason");
    if (state != "watching") return outcome;
    std::this_thread::sleep_for(look);
  }
  return outcome;
}

Exit exit_of(State state) noexcept {
  switch (state) {
    case State::applied:
    case State::checked: return Exit::ok;
    case State::already_live: return Exit::already_live;
    case State::refused: return Exit::failed;
    case State::reverted: return Exit::reverted;
  }
  return Exit::failed;
}

std::string json_text(const PushOutcome& outcome) {
  const nlohmann::ordered_json document = {
      {"state", names[static_cast<std::size_t>(outcome.state)]},
      {"generation", outcome.generation},
      {"digest", stored_text(outcome.digest)},
      {"counts", {{"packs", outcome.packs}, {"new_rules", outcome.new_rules}, {"held", outcome.held}}},
      {"reason", stored_text(outcome.reason)}};
  return document.dump(2) + "\n";
}

}  // namespace sluice
