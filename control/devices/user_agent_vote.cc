#include "control/devices/user_agent_vote.hh"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "control/devices/row_vote.hh"
#include "control/devices/vote_text.hh"

namespace sluice {
namespace {

constexpr auto from = FactKind::user_agent;
constexpr std::string_view android = "Android";
constexpr std::size_t part_limit = 16;  // of a comment; the device stands in the first few

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// What stands in the first parentheses.
std::string_view comment_of(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos) return {};
  const auto rest = text.substr(open + 1);
  return rest.substr(0, rest.find(')'));
}

std::vector<std::string_view> parts_of(std::string_view comment) {
  std::vector<std::string_view> parts;
  while (parts.size() < part_limit) {
    const auto end = comment.find(';');
    parts.push_back(without_blanks(comment.substr(0, end)));
    if (end == std::string_view::npos) break;
    comment.remove_prefix(end + 1);
  }
  return parts;
}

std::string with_version(std::string_view system, std::string_view version) {
  return version.empty() ? std::string{system} : std::string{system}.append(" ").append(version);
}

Vote vote_of(std::string_view format) {
  Vote vote;
  vote.from = from;
  vote.weight = rung::user_agent;
  vote.source = format;
  return vote;
}

// "16_3", "10.12.3"
std::string dotted_version(std::string_view text) {
  std::string dotted{text};
  std::replace(dotted.begin(), dotted.end(), '_', '.');
  return std::string{version_at(dotted)};
}

unsigned number_at(std::string_view text) {
  unsigned number = 0;
  for (std::size_t i = 0; i < text.size() && i < 4 && is_digit(text[i]); ++i)
    number = number * 10 + static_cast<unsigned>(text[i] - '0');
  return number;
}

// "en", "en-us", "zh_CN"
bool is_locale(std::string_view part) {
  const auto is_word = [](std::string_view text) {
    return text.size() == 2 && is_letter(text[0]) && is_letter(text[1]);
  };
  return is_word(part) || (part.size() == 5 && (part[2] == '-' || part[2] == '_') && is_word(part.substr(0, 2)) &&
                           is_word(part.substr(3)));
}

// Parts of an Android comment that name no device. "K" is what Chrome writes in place of a model
// (privacysandbox.google.com, User-Agent reduction); "Mobile" and "Tablet" are Firefox's.
bool names_no_device(std::string_view part) {
  constexpr auto words = std::to_array<std::string_view>(
      {"", "U", "K", "wv", "Mobile", "Tablet", "TV", "arm", "arm_64", "x86", "x86_64", "HarmonyOS"});
  constexpr auto starts = std::to_array<std::string_view>({"rv:", "HMSCore", "GMSCore", "Build/"});
  return is_locale(part) || std::find(words.begin(), words.end(), part) != words.end() ||
         std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return part.starts_with(start); });
}

struct Device {
  std::string_view model;
  std::string_view build;
};

// "SM-T805 Build/MMB29K", "MI 3W MIUI/V6.4.2.0.KXDMICB"; Samsung's browser writes "SAMSUNG SM-T865".
Device device_of(std::string_view part) {
  constexpr auto marks = std::to_array<std::string_view>({" Build/", " MIUI/"});
  constexpr auto makers = std::to_array<std::string_view>({"SAMSUNG ", "SAMSUNG-"});
  Device device{part, {}};
  for (const auto mark : marks) {
    const auto at = device.model.find(mark);
    if (at == std::string_view::npos) continue;
    const auto build = device.model.substr(at + mark.size());
    device = {device.model.substr(0, at), build.substr(0, build.find(' '))};
  }
  for (const auto maker : makers)
    if (device.model.starts_with(maker)) device.model.remove_prefix(maker.size());
  return device;
}

// Dalvik's and Chrome's form: "Linux; Android 9; JKM-LX1 Build/HUAWEIJKM-LX1; wv".
void add_android_votes(std::vector<Vote>& votes, const std::vector<std::string_view>& parts,
                       const VendorTable& vendors) {
  const auto system =
      std::find_if(parts.begin(), parts.end(), [](std::string_view part) { return part.starts_with(android); });
  if (system == parts.end()) return;
  const auto named = std::find_if_not(system + 1, parts.end(), names_no_device);
  const auto device = named == parts.end() ? Device{} : device_of(*named);
  auto vote = model_vote(vendors, device.model, from, rung::user_agent).value_or(vote_of("user-agent-android"));
  if (std::find(parts.begin(), parts.end(), "HarmonyOS") != parts.end()) {
    vote.os = "HarmonyOS";
  } else {
    // Without a model the 10 is the one that reduced user agents write, whatever runs.
    const auto version = version_at(without_blanks(system->substr(android.size())));
    const bool is_reduced = vote.model.empty() && version == "10";
    vote.os = vote_text(with_version(android, is_reduced ? std::string_view{} : version));
  }
  vote.build = vote_text(device.build);
  auto build = row_vote(vendors, PatternKind::build, vote.build, from, rung::user_agent);
  votes.push_back(std::move(vote));
  if (build) votes.push_back(std::move(*build));
}

// "iPhone; CPU iPhone OS 17_1 like Mac OS X", "iPad; U; CPU OS 16_3 like Mac OS X; de_de".
void add_mobile_apple_vote(std::vector<Vote>& votes, std::string_view text, std::string_view comment,
                           std::string_view model) {
  constexpr std::string_view mark = " OS ";
  auto vote = vote_of("user-agent-ios");
  vote.vendor = "Apple";
  vote.model = model;
  const auto at = comment.find(mark);
  auto version = at == std::string_view::npos ? std::string{} : dotted_version(comment.substr(at + mark.size()));
  const bool is_pad = model == "iPad";
  const bool is_pad_system = is_pad && number_at(version) >= 13;  // "iPadOS" since 13
  // From Safari 26 on the version of the system stays what it was (nielsleenheer.com, 2025).
  constexpr std::string_view safari = "Version/";
  const auto browser = text.find(safari);
  if (browser != std::string_view::npos && number_at(text.substr(browser + safari.size())) >= 26) version.clear();
  vote.os = is_pad_system               ? with_version("iPadOS", version)
            : is_pad && version.empty() ? "iOS or iPadOS"
                                        : with_version("iOS", version);
  vote.os = vote_text(vote.os);
  votes.push_back(std::move(vote));
}

// "Macintosh; Intel Mac OS X 10_15_7": what every Mac since 10.15 writes, and an iPad that asks for the desktop's page.
void add_mac_vote(std::vector<Vote>& votes, std::string_view comment) {
  constexpr std::string_view mark = "Mac OS X ";
  auto vote = vote_of("user-agent-mac");
  vote.vendor = "Apple";
  const auto at = comment.find(mark);
  const auto version = at == std::string_view::npos ? std::string{} : dotted_version(comment.substr(at + mark.size()));
  const bool is_frozen = version.empty() || version.starts_with("10.15") || number_at(version) > 10;
  vote.os = is_frozen ? "macOS or iPadOS" : vote_text(with_version("macOS", version));
  votes.push_back(std::move(vote));
}

// learn.microsoft.com, "Operating System Version". 10.0 stays so for Windows 11.
void add_windows_vote(std::vector<Vote>& votes, std::string_view version) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> systems{{{"10.0", "Windows 10 or Windows 11"},
                                                                                  {"6.3", "Windows 8.1"},
                                                                                  {"6.2", "Windows 8"},
                                                                                  {"6.1", "Windows 7"},
                                                                                  {"6.0", "Windows Vista"},
                                                                                  {"5.2", "Windows XP"},
                                                                                  {"5.1", "Windows XP"}}};
  auto vote = vote_of("user-agent-windows");
  vote.os = "Windows";
  for (const auto& [number, system] : systems)
    if (version_at(version) == number) vote.os = system;
  votes.push_back(std::move(vote));
}

void add_system_vote(std::vector<Vote>& votes, std::string_view format, std::string_view system) {
  auto vote = vote_of(format);
  vote.os = system;
  votes.push_back(std::move(vote));
}

void add_comment_votes(std::vector<Vote>& votes, std::string_view text, const VendorTable& vendors) {
  constexpr std::string_view windows = "Windows NT ";
  const auto comment = comment_of(text);
  const auto parts = parts_of(comment);
  for (const std::string_view model : {"iPhone", "iPad", "iPod"})
    if (parts.front().starts_with(model)) return add_mobile_apple_vote(votes, text, comment, model);
  if (parts.front().starts_with("Macintosh")) return add_mac_vote(votes, comment);
  if (parts.front().starts_with("Windows Phone")) return add_system_vote(votes, "user-agent-windows", "Windows Phone");
  if (const auto at = comment.find(windows); at != std::string_view::npos)
    return add_windows_vote(votes, comment.substr(at + windows.size()));
  add_android_votes(votes, parts, vendors);
  if (comment.find("CrOS") != std::string_view::npos) return add_system_vote(votes, "user-agent-x11", "ChromeOS");
  // An Android browser that asks for the desktop's page writes it too.
  if (parts.front() == "X11") add_system_vote(votes, "user-agent-x11", "Linux or Android");
}

// Apple's services name the hardware somewhere: "model/iPhone14,5", "[iPhone OS,17.1,21B80,iPhone14,5]", also with the
// comma as %2C.
std::optional<Vote> apple_hardware_vote(std::string_view text, const VendorTable& vendors) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto begin = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    const auto word_end = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    const auto rest = text.substr(at);
    const std::size_t comma = rest.starts_with(',') ? 1 : rest.starts_with("%2C") ? 3 : 0;
    const auto minor = version_at(rest.substr(comma));
    if (word_end > begin && at > word_end && comma != 0 && !minor.empty()) {
      const auto model =
          std::string{text.substr(begin, at - begin)}.append(",").append(minor.substr(0, minor.find('.')));
      auto vote = model_vote(vendors, model, from, rung::user_agent);
      if (vote && vote->vendor == "Apple") return vote;
    }
    if (at == begin) ++at;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Vote> user_agent_votes(std::string_view text, const VendorTable& vendors) {
  text = text.substr(0, fact_value_limit);
  std::vector<Vote> votes;
  add_comment_votes(votes, text, vendors);
  const auto add = [&](std::optional<Vote> vote) {
    if (vote) votes.push_back(std::move(*vote));
  };
  add(apple_hardware_vote(text, vendors));
  add(row_vote(vendors, PatternKind::user_agent, text, from, rung::user_agent));
  add(row_vote(vendors, PatternKind::browser, text, from, rung::browser));
  std::erase_if(votes, [](const Vote& vote) { return vote.vendor.empty() && vote.model.empty() && vote.os.empty(); });
  return votes;
}

}  // namespace sluice
