#include "control/api/push_routes.hh"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/api/api_terms.hh"
#include "control/api/documents.hh"
#include "control/api/ruleset_upload.hh"
#include "control/text/base64.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

// Of a Content-Length; what is none, or not there, shows as the content comes.
bool fits(const std::string& length) {
  std::size_t bytes = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bytes);
  return error != std::errc::result_out_of_range && bytes <= pack_size_limit;
}

// Nothing where something is wrong, which is answered.
std::optional<Rollout::Request> pushed_with(const HttpRequest& request, HttpResponse& response) {
  Rollout::Request out;
  for (const auto& [name, value] :
       {std::pair{"dry_run", &out.options.dry_run}, std::pair{"allow_rollback", &out.options.allow_rollback},
        std::pair{"only", &out.options.only}, std::pair{"wait", &out.wait}}) {
    const auto given = flag(request, response, name);
    if (!given) return std::nullopt;
    *value = *given;
  }
  out.options.unless_live = out.wait;
  const bool has_time = request.has_param("shadow");
  if (has_time != request.has_param("promote_if")) {
    refuse(response, http_bad_request, "shadow and promote_if go together", "give both, or none");
    return std::nullopt;
  }
  if (!has_time) return out;
  const auto time = trial_time(request.get_param_value("shadow"));
  if (!time) {
    refuse(response, http_bad_request, "shadow: " + time.error(), "give a time such as 1h");
    return std::nullopt;
  }
  const auto condition = PromoteCondition::parse(request.get_param_value("promote_if"));
  if (!condition) {
    refuse(response, http_bad_request, "promote_if: " + condition.error(),
           "write blocks, flows or devices, one by another where wanted, < or <=, and a number");
    return std::nullopt;
  }
  out.trial = TrialRequest{*time, *condition};
  return out;
}

nlohmann::ordered_json document_of(const Rollout::Done& done, bool dry_run) {
  auto document = push_document(done.push, dry_run);
  document["state"] = dry_run ? "checked" : done.push.already_live ? "already-live" : "applied";
  document["new_rules"] = done.new_rules;
  document["held"] = done.held;
  document["watch"] = done.watch;
  return document;
}

}  // namespace

std::string pack_size_remedy() { return "a pack has " + std::to_string(pack_size_limit) + " bytes at most"; }

void PushRoutes::add_to(ApiRouter& router) {
  const auto change = [&](ApiRoute route, void (PushRoutes::*handler)(const ApiCall&, HttpResponse&)) {
    route.method = ApiMethod::post;
    route.roles = RoleSet{Role::operating};
    route.changes = true;
    route.handler = [this, handler](const ApiCall& call, HttpResponse& response) { (this->*handler)(call, response); };
    router.add(std::move(route));
  };
  const std::vector<ApiParameter> with = {{"dry_run", "check alone"},
                                          {"allow_rollback", "take an older release"},
                                          {"only", "in the place of all that is live"},
                                          {"wait", "answered when every worker has it"},
                                          {"shadow", "a trial of that time, such as 1h"},
                                          {"promote_if", "by which its rules count afterwards"}};
  change({.path = "/v1/packs",
          .about = "Pushes a pack",
          .parameters = with,
          .body = ApiBody::pack,
          .body_about = "the pack; the text of its .minisig in the header X-Sluice-Signature, in base64"},
         &PushRoutes::push);
  change({.path = "/v1/ruleset",
          .about = "Pushes a ruleset by its manifest",
          .parameters = with,
          .body = ApiBody::parts,
          .body_about = "manifest, manifest_signature, and pack and pack_signature for each pack"},
         &PushRoutes::push_ruleset);
  change({.path = "/v1/rollback",
          .about = "Brings back what was live before",
          .parameters = {{"dry_run", "say alone what it would be"}}},
         &PushRoutes::rollback);
  change({.path = "/v1/rollout/promote", .about = "Has the rules of a trial count"}, &PushRoutes::promote);
  change({.path = "/v1/rollout/withdraw", .about = "Ends a trial"}, &PushRoutes::withdraw);
  change({.path = "/v1/fuse/reset",
          .about = "Lets rules block again that the fuse holds",
          .parameters = {{"rule", "its id; all rules where there is none", true}}},
         &PushRoutes::release);
  router.add({.path = "/v1/rollout",
              .roles = RoleSet{Role::operating, Role::auditor},
              .about = "The trial, the watch behind the last push, what the fuse holds",
              .handler = [this](const ApiCall&, HttpResponse& response) { show(response); }});
}

void PushRoutes::promote(const ApiCall&, HttpResponse& response) {
  if (const auto done = rollout_->promote(); !done) return refuse(response, done.error());
  show(response);
}

void PushRoutes::withdraw(const ApiCall&, HttpResponse& response) {
  if (const auto done = rollout_->withdraw(); !done) return refuse(response, done.error());
  show(response);
}

void PushRoutes::push(const ApiCall& call, HttpResponse& response) {
  const auto& request = call.request;
  const auto with = pushed_with(request, response);
  if (!with) return;
  const auto signature = base64_bytes(request.get_header_value(signature_header));
  if (!signature || signature->empty())
    return refuse(response, http_bad_request, fmt::format("{} is missing or no base64", signature_header),
                  "send the text of the pack's .minisig file in base64");
  // Said at once: the library would read all of it first, to throw it away.
  if (!fits(request.get_header_value("Content-Length")))
    return refuse(response, http_too_large, "the pack is too large", pack_size_remedy());
  if (uploading_.exchange(true))
    return refuse(response, http_conflict, "another pack is being received", "try again when it has arrived");
  SignedPack pack{{}, *signature};
  const bool whole = (*call.content)([&](const char* data, std::size_t size) {
    if (pack.bytes.size() + size > pack_size_limit) return false;
    pack.bytes.insert(pack.bytes.end(), data, data + size);
    return true;
  });
  if (!whole) {
    uploading_ = false;
    return refuse(response, http_too_large, "the pack did not arrive whole, or is too large", pack_size_remedy());
  }
  const auto done = rollout_->push(pack, *with);
  uploading_ = false;
  if (!done) return refuse(response, done.error());
  answer(response, document_of(*done, with->options.dry_run));
}

void PushRoutes::push_ruleset(const ApiCall& call, HttpResponse& response) {
  const auto& request = call.request;
  const auto with = pushed_with(request, response);
  if (!with) return;
  if (!request.is_multipart_form_data())
    return refuse(response, http_bad_request, "the body is no multipart/form-data", ruleset_parts_remedy);
  if (uploading_.exchange(true))
    return refuse(response, http_conflict, "another pack is being received", "try again when it has arrived");
  RulesetUpload upload;
  (void)(*call.content)([&](const httplib::MultipartFormData& part) { return upload.begin(part.name); },
                        [&](const char* data, std::size_t size) {
                          return upload.add({data, size});
                        });
  auto whole = std::move(upload).take();
  if (!whole) {
    uploading_ = false;
    return refuse(response, http_bad_request, whole.error(), ruleset_parts_remedy);
  }
  const auto done = rollout_->push_ruleset(whole->manifest, whole->packs, *with);
  uploading_ = false;
  if (!done) return refuse(response, done.error());
  answer(response, document_of(*done, with->options.dry_run));
}

void PushRoutes::rollback(const ApiCall& call, HttpResponse& response) {
  const auto dry_run = flag(call.request, response, "dry_run");
  if (!dry_run) return;
  const auto done = rollout_->rollback(*dry_run);
  if (!done) return refuse(response, done.error());
  answer(response, push_document(*done, *dry_run));
}

void PushRoutes::release(const ApiCall& call, HttpResponse& response) {
  std::vector<std::string> rules;
  for (auto [rule, end] = call.request.params.equal_range("rule"); rule != end; ++rule) rules.push_back(rule->second);
  const auto released = rollout_->release(rules);
  if (!released) return refuse(response, released.error());
  answer(response, {{"released", *released}});
}

void PushRoutes::show(HttpResponse& response) { answer(response, rollout_document(rollout_->status())); }

}  // namespace sluice
