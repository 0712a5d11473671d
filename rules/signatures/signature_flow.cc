#include "rules/signatures/signature_flow.hh"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rules/text/list_file.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 11> words{"to_server",   "from_client",     "to_client", "from_server",
                                                 "established", "not_established", "stateless", "only_stream",
                                                 "no_stream",   "only_frag",       "no_frag"};

}  // namespace

void SignatureFlowWords::read(const SignatureOption& option, SignatureFlow& flow) {
  if (seen_) return faults_.push_back({option.at, "flow stands twice: write its words behind one, with commas"});
  seen_ = true;
  const auto text = option.value.value_or(std::string_view());
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    read_word(trimmed(text.substr(from, comma - from)), option.value_at + from, flow);
    from = comma + 1;
  }
}

void SignatureFlowWords::read_word(std::string_view word, std::size_t at, SignatureFlow& flow) {
  const auto index = std::find(words.begin(), words.end(), word) - words.begin();
  if (index < 4) {
    if (flow.way != SignatureFlow::Way::any) return contradiction(word, at);
    flow.way = index < 2 ? SignatureFlow::Way::to_server : SignatureFlow::Way::to_client;
  } else if (index < 7) {
    if (state_seen_) return contradiction(word, at);
    state_seen_ = true;
    flow.state = index == 4   ? SignatureFlow::State::established
                 : index == 5 ? SignatureFlow::State::not_established
                              : SignatureFlow::State::stateless;
  } else if (index < 9) {
    if (flow.contents != SignatureFlow::Contents::any) return contradiction(word, at);
    flow.contents = index == 7 ? SignatureFlow::Contents::stream : SignatureFlow::Contents::packet;
  } else if (index < 11) {
    if (flow.fragments != SignatureFlow::Fragments::any) return contradiction(word, at);
    flow.fragments = index == 9 ? SignatureFlow::Fragments::fragmented : SignatureFlow::Fragments::whole;
  } else {
    faults_.push_back({at, fmt::format("flow word \"{}\" is not matched by this version: remove it, or the rule "
                                       "(nearest: {})",
                                       printable(word), nearest_word(word, words))});
  }
}

void SignatureFlowWords::contradiction(std::string_view word, std::size_t at) {
  faults_.push_back(
      {at, fmt::format("{} beside another word for the same: a flow goes one way and has one state", word)});
}

}  // namespace sluice
