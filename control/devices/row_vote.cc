#include "control/devices/row_vote.hh"

#include <string>

#include "control/devices/vote_text.hh"

namespace sluice {
namespace {

constexpr char rest_mark = '*';

// "Android *" of "android-dhcp-13" is "Android 13".
std::string with_rest(std::string_view said, std::string_view rest) {
  if (!said.ends_with(rest_mark)) return std::string{said};
  said.remove_suffix(1);
  return vote_text(std::string{said}.append(rest));
}

}  // namespace

std::optional<Vote> row_vote(const VendorTable& vendors, PatternKind kind, std::string_view text, FactKind from,
                             int weight) {
  const auto* const row = vendors.find(kind, text);
  if (row == nullptr) return std::nullopt;
  const auto rest = text.substr(*match_end(*row, text));
  return Vote{from,   row->vendor, with_rest(row->model, rest), with_rest(row->os, version_at(rest)), {},
              weight, row->id};
}

std::optional<Vote> model_vote(const VendorTable& vendors, std::string_view model, FactKind from, int weight) {
  const auto shown = vote_text(model);
  if (shown.empty()) return std::nullopt;
  if (auto vote = row_vote(vendors, PatternKind::model, shown, from, weight)) {
    vote->model = shown;
    return vote;
  }
  return Vote{from, {}, shown, {}, {}, weight, std::string{text_of(from)}};
}

}  // namespace sluice
