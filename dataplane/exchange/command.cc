#include "dataplane/exchange/command.hh"

#include <flatbuffers/flatbuffers.h>

#include "dataplane/command_generated.h"

namespace sluice {
namespace {

constexpr flatbuffers::uoffset_t depth_limit = 8;
constexpr flatbuffers::uoffset_t table_limit = 2 + command_descriptors_limit;
constexpr std::size_t alignment = 8;

using Builder = flatbuffers::FlatBufferBuilder;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string text(const flatbuffers::String* string) { return {string->data(), string->size()}; }

std::string text_or_none(const flatbuffers::String* string) { return string == nullptr ? std::string{} : text(string); }

template <class Value>
std::chrono::microseconds microseconds(Value count) {
  return std::chrono::microseconds{static_cast<std::int64_t>(count)};
}
std::uint64_t count(std::chrono::microseconds time) { return static_cast<std::uint64_t>(time.count()); }

tl::expected<std::vector<std::uint8_t>, CommandError> finished(const Builder& builder) {
  if (builder.GetSize() > command_size_limit) return tl::unexpected(CommandError::too_large);
  return std::vector<std::uint8_t>{builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// A copy that is aligned as FlatBuffers wants it, and the check of its whole form.
template <class Root>
class Checked {
 public:
  explicit Checked(Bytes message) : copy_((message.size() + alignment - 1) / alignment) {
    std::copy(message.begin(), message.end(), data());
    size_ = message.size();
  }
  [[nodiscard]] const Root* root() {
    if (size_ < 2 * sizeof(flatbuffers::uoffset_t)) return nullptr;
    flatbuffers::Verifier verifier{data(), size_, depth_limit, table_limit};
    if (!verifier.VerifyBuffer<Root>(wire::RequestIdentifier())) return nullptr;
    return flatbuffers::GetRoot<Root>(data());
  }

 private:
  [[nodiscard]] std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(copy_.data()); }
  std::vector<std::uint64_t> copy_;
  std::size_t size_ = 0;
};

flatbuffers::Offset<wire::Status> put(Builder& builder, const TapStatus& status) {
  std::vector<flatbuffers::Offset<wire::Pack>> packs;
  for (const auto& pack : status.packs)
    packs.push_back(wire::CreatePack(builder, builder.CreateString(pack.name), builder.CreateString(pack.channel),
                                     pack.sequence, builder.CreateString(pack.digest), pack.expires_ns, pack.rows));
  return wire::CreateStatus(builder, builder.CreateString(status.state), builder.CreateString(status.reason),
                            status.since_ns, status.generation, builder.CreateString(status.ruleset_digest),
                            builder.CreateVector(packs), builder.CreateString(status.version),
                            builder.CreateString(status.ruleset), status.ruleset_sequence, status.ruleset_expires_ns,
                            builder.CreateString(status.mode), builder.CreateVectorOfStrings(status.notices));
}

TapStatus taken(const wire::Status& status) {
  TapStatus out{text(status.state()),  text(status.reason()),         status.since_ns(),
                status.generation(),   text(status.ruleset_digest()), {},
                text(status.version())};
  for (const auto* pack : *status.packs())
    out.packs.push_back({text(pack->name()), text(pack->channel()), pack->sequence(), text(pack->digest()),
                         pack->expires_ns(), pack->rows()});
  out.ruleset = text_or_none(status.ruleset());
  out.ruleset_sequence = status.ruleset_sequence();
  out.ruleset_expires_ns = status.ruleset_expires_ns();
  out.mode = text_or_none(status.mode());
  if (status.notices() != nullptr)
    for (const auto* notice : *status.notices()) out.notices.push_back(text(notice));
  return out;
}

flatbuffers::Offset<wire::Reloaded> put(Builder& builder, const ReloadResult& result) {
  std::vector<flatbuffers::Offset<wire::Change>> changes;
  for (const auto& change : result.changes)
    changes.push_back(wire::CreateChange(builder, builder.CreateString(change.option),
                                         builder.CreateString(change.before), builder.CreateString(change.after),
                                         change.takes_restart));
  return wire::CreateReloaded(builder, builder.CreateVector(changes), result.unlisted, result.applied,
                              result.generation);
}

ReloadResult taken(const wire::Reloaded& result) {
  ReloadResult out{{}, result.unlisted(), result.applied(), result.generation()};
  for (const auto* change : *result.changes())
    out.changes.push_back(
        {text(change->option()), text(change->before()), text(change->after()), change->takes_restart()});
  return out;
}

// Between two characters of UTF-8.
std::string cut(const std::string& text) {
  if (text.size() <= change_text_limit) return text;
  auto end = change_text_limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + " ...";
}

}  // namespace

ReloadResult listed(const config::Plan& plan) {
  ReloadResult result;
  for (const auto& change : plan) {
    if (result.changes.size() == listed_changes_limit) break;
    result.changes.push_back({cut(change.option), cut(change.before), cut(change.after), change.takes_restart});
  }
  result.unlisted = static_cast<std::uint32_t>(plan.size() - result.changes.size());
  return result;
}

std::string_view text_of(CommandError error) noexcept {
  switch (error) {
    case CommandError::too_large: return "the message is larger than 64 KiB";
    case CommandError::malformed: return "the message is not one of Sluice's, or is cut";
    case CommandError::unknown: return "the message is of a newer version: update Sluice";
    case CommandError::too_many:
      return "more packs than a publication (16), or more rules or changes than a message (64), may have";
  }
  return "unknown error";
}

tl::expected<std::vector<std::uint8_t>, CommandError> encode(const Request& request) {
  Builder builder;
  const auto finish = [&](wire::Question kind, flatbuffers::Offset<void> question) {
    builder.Finish(wire::CreateRequest(builder, kind, question), wire::RequestIdentifier());
  };
  std::visit(
      Overloaded{
          [&](const StatusQuery&) { finish(wire::Question::StatusQuery, wire::CreateStatusQuery(builder).Union()); },
          [&](const PublishRequest& publish) {
            const auto signatures = builder.CreateVectorOfStrings(publish.signatures);
            const auto manifest = builder.CreateString(publish.manifest.text);
            const auto beside = builder.CreateString(publish.manifest.signatures);
            finish(wire::Question::Publish,
                   wire::CreatePublish(builder, signatures, publish.allow_rollback, publish.dry_run, manifest, beside)
                       .Union());
          },
          [&](const RulesQuery& rules) {
            finish(wire::Question::RulesQuery, wire::CreateRulesQuery(builder, rules.generation).Union());
          },
          [&](const CostQuery&) { finish(wire::Question::CostQuery, wire::CreateCostQuery(builder).Union()); },
          [&](const ResumeRequest& resume) {
            const auto rules = builder.CreateVectorOfStrings(resume.rules);
            finish(wire::Question::Resume, wire::CreateResume(builder, rules).Union());
          },
          [&](const ReloadRequest& reload) {
            finish(wire::Question::Reload, wire::CreateReload(builder, reload.dry_run).Union());
          },
          [&](const HoldRequest&) { finish(wire::Question::Hold, wire::CreateHold(builder).Union()); },
          [&](const CaptureRequest& capture) {
            const auto program = builder.CreateVector(capture.program);
            finish(wire::Question::Capture,
                   wire::CreateCapture(builder, program, capture.ports, capture.packets, capture.bytes,
                                       static_cast<std::uint32_t>(capture.time.count()), capture.snap_length)
                       .Union());
          },
          [&](const CaptureLook& look) {
            finish(wire::Question::CaptureLook, wire::CreateCaptureLook(builder, look.end).Union());
          }},
      request);
  return finished(builder);
}

tl::expected<std::vector<std::uint8_t>, CommandError> encode(const Reply& reply) {
  Builder builder;
  const auto finish = [&](wire::Answer kind, flatbuffers::Offset<void> answer) {
    builder.Finish(wire::CreateReply(builder, kind, answer), wire::RequestIdentifier());
  };
  std::visit(
      Overloaded{
          [&](const TapStatus& status) { finish(wire::Answer::Status, put(builder, status).Union()); },
          [&](const PublishResult& result) {
            finish(wire::Answer::Published,
                   wire::CreatePublished(builder, result.generation, builder.CreateString(result.digest),
                                         count(result.verify), count(result.compile), count(result.build),
                                         count(result.publish))
                       .Union());
          },
          [&](const RulesAnswer& rules) {
            finish(wire::Answer::Rules, wire::CreateRules(builder, rules.count).Union());
          },
          [&](const Refusal& refusal) {
            finish(wire::Answer::Refusal, wire::CreateRefusal(builder, builder.CreateString(refusal.text)).Union());
          },
          [&](const CostsAnswer&) { finish(wire::Answer::Costs, wire::CreateCosts(builder).Union()); },
          [&](const ResumedAnswer& resumed) {
            finish(wire::Answer::Resumed, wire::CreateResumed(builder, resumed.count).Union());
          },
          [&](const ReloadResult& result) { finish(wire::Answer::Reloaded, put(builder, result).Union()); },
          [&](const HeldAnswer& held) { finish(wire::Answer::Held, wire::CreateHeld(builder, held.rules).Union()); },
          [&](const CaptureState& state) {
            finish(wire::Answer::CaptureState,
                   wire::CreateCaptureState(builder, state.id, builder.CreateString(state.end), state.packets,
                                            state.bytes, state.beyond_rate, state.without_room)
                       .Union());
          }},
      reply);
  return finished(builder);
}

tl::expected<Request, CommandError> decode_request(Bytes message) {
  if (message.size() > command_size_limit) return tl::unexpected(CommandError::too_large);
  Checked<wire::Request> checked{message};
  const auto* root = checked.root();
  if (root == nullptr) return tl::unexpected(CommandError::malformed);
  if (root->question_as_StatusQuery() != nullptr) return Request{StatusQuery{}};
  if (const auto* rules = root->question_as_RulesQuery()) return Request{RulesQuery{rules->generation()}};
  if (const auto* publish = root->question_as_Publish()) {
    PublishRequest request{{},
                           publish->allow_rollback(),
                           publish->dry_run(),
                           {text_or_none(publish->manifest()), text_or_none(publish->manifest_signatures())}};
    if (publish->signatures() == nullptr) return Request{std::move(request)};
    if (publish->signatures()->size() > pushed_packs_limit) return tl::unexpected(CommandError::too_many);
    for (const auto* signature : *publish->signatures()) request.signatures.push_back(text(signature));
    return Request{std::move(request)};
  }
  if (root->question_as_CostQuery() != nullptr) return Request{CostQuery{}};
  if (const auto* resume = root->question_as_Resume()) {
    ResumeRequest request;
    if (resume->rules() == nullptr) return Request{std::move(request)};
    if (resume->rules()->size() > resumed_rules_limit) return tl::unexpected(CommandError::too_many);
    for (const auto* rule : *resume->rules()) request.rules.push_back(text(rule));
    return Request{std::move(request)};
  }
  if (const auto* reload = root->question_as_Reload()) return Request{ReloadRequest{reload->dry_run()}};
  if (root->question_as_Hold() != nullptr) return Request{HoldRequest{}};
  if (const auto* capture = root->question_as_Capture())
    return Request{CaptureRequest{{capture->program()->begin(), capture->program()->end()},
                                  capture->ports(),
                                  capture->packets(),
                                  capture->bytes(),
                                  std::chrono::milliseconds{capture->milliseconds()},
                                  capture->snap_length()}};
  if (const auto* look = root->question_as_CaptureLook()) return Request{CaptureLook{look->end()}};
  return tl::unexpected(CommandError::unknown);
}

tl::expected<Reply, CommandError> decode_reply(Bytes message) {
  if (message.size() > command_size_limit) return tl::unexpected(CommandError::too_large);
  Checked<wire::Reply> checked{message};
  const auto* root = checked.root();
  if (root == nullptr) return tl::unexpected(CommandError::malformed);
  if (const auto* status = root->answer_as_Status()) return Reply{taken(*status)};
  if (const auto* result = root->answer_as_Published())
    return Reply{PublishResult{result->generation(), text(result->digest()), microseconds(result->verify_us()),
                               microseconds(result->compile_us()), microseconds(result->build_us()),
                               microseconds(result->publish_us())}};
  if (const auto* rules = root->answer_as_Rules()) return Reply{RulesAnswer{rules->count()}};
  if (const auto* refusal = root->answer_as_Refusal()) return Reply{Refusal{text(refusal->text())}};
  if (root->answer_as_Costs() != nullptr) return Reply{CostsAnswer{}};
  if (const auto* resumed = root->answer_as_Resumed()) return Reply{ResumedAnswer{resumed->count()}};
  if (const auto* result = root->answer_as_Reloaded()) {
    if (result->changes()->size() > listed_changes_limit) return tl::unexpected(CommandError::too_many);
    return Reply{taken(*result)};
  }
  if (const auto* held = root->answer_as_Held()) return Reply{HeldAnswer{held->rules()}};
  if (const auto* state = root->answer_as_CaptureState())
    return Reply{CaptureState{state->id(), text(state->end()), state->packets(), state->bytes(), state->beyond_rate(),
                              state->without_room()}};
  return tl::unexpected(CommandError::unknown);
}

}  // namespace sluice
