#include "rules/pack/manifest.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "rules/text/date.hh"
#include "rules/text/list_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

constexpr std::string_view title_start = "sluice ruleset ";
constexpr std::uint32_t manifest_format = 1;
constexpr std::string_view never = "never";
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_s = 86'400;

// Decimal, without a sign or zeros in front.
template <typename Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool padded = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || padded) return std::nullopt;
  return number;
}

// Two digits, below `limit`, at that place.
std::optional<std::int64_t> two_digits(std::string_view text, std::size_t at, std::int64_t limit) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_digit(text[at]) || !is_digit(text[at + 1])) return std::nullopt;
  const std::int64_t number = (text[at] - '0') * 10 + (text[at + 1] - '0');
  return number < limit ? std::optional{number} : std::nullopt;
}

// RFC 3339 section 5.6 (date-time), in whole seconds of UTC.
std::optional<std::int64_t> moment_from(std::string_view text) {
  constexpr std::string_view form = "YYYY-MM-DDThh:mm:ssZ";
  if (text.size() != form.size() || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
    return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const auto hours = two_digits(text, 11, 24);
  const auto minutes = two_digits(text, 14, 60);
  const auto seconds = two_digits(text, 17, 60);
  if (!date || !hours || !minutes || !seconds) return std::nullopt;
  return (date->time_since_epoch().count() * day_s + (*hours * 60 + *minutes) * 60 + *seconds) * second_ns;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

class ManifestReader {
 public:
  explicit ManifestReader(std::string_view text) : rest_(text) {}

  tl::expected<Manifest, std::string> read() {
    read_head();
    while (error_.empty() && rest_.starts_with("pack ")) read_pack();
    if (error_.empty() && manifest_.packs.empty()) fail("names no pack: a ruleset has one at least");
    if (const auto words = next("end", 0); error_.empty() && !rest_.empty()) fail("stands behind the end");
    if (!error_.empty()) return tl::unexpected(error_);
    return std::move(manifest_);
  }

 private:
  void fail(std::string_view what) {
    if (error_.empty()) error_ = fmt::format("line {}: {}; fetch the manifest again", line_, what);
  }

  // What stands behind the word that the line must begin with; so many words, or an error.
  std::vector<std::string_view> next(std::string_view word, std::size_t wanted) {
    std::vector<std::string_view> none(std::max(wanted, std::size_t{1}));
    if (!error_.empty()) return none;
    ++line_;
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) {
      fail(fmt::format("\"{}\" was expected, and the text is cut", word));
      return none;
    }
    auto words = words_of(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    if (words.front() != word || words.size() != wanted + 1) {
      fail(fmt::format("is not \"{}\" with {} words behind it", word, wanted));
      return none;
    }
    words.erase(words.begin());
    return words.empty() ? none : words;
  }

  std::string name(std::string_view text, std::string_view what) {
    if (!is_list_id(text))
      fail(fmt::format("the {} has other characters than letters, digits, '.', '_' and '-', or more than {}", what,
                       list_id_size_limit));
    return std::string{text};
  }

  std::uint64_t sequence(std::string_view text) {
    const auto number = number_from<std::uint64_t>(text);
    if (!number) fail("the sequence is no number");
    return number.value_or(0);
  }

  std::int64_t moment(std::string_view text) {
    const auto moment = moment_from(text);
    if (!moment)
      fail(fmt::format("is no moment of the form 2026-11-21T04:16:27Z from {} to {}", first_year, last_year));
    return moment.value_or(0);
  }

  void read_head() {
    const auto format = number_from<std::uint32_t>(next("sluice", 2).back());  // behind "ruleset", seen already
    if (!format || *format == 0) fail("is not the first line of a manifest");
    if (error_.empty() && *format > manifest_format)
      error_ = fmt::format("format {} is newer than this program reads ({}): update Sluice", *format, manifest_format);
    manifest_.name = name(next("name", 1).front(), "name");
    manifest_.sequence = sequence(next("sequence", 1).front());
    manifest_.created_ns = moment(next("created", 1).front());
    if (const auto expires = next("expires", 1).front(); expires != never) {
      manifest_.expires_ns = moment(expires);
      if (manifest_.expires_ns == 0) fail("expires in 1970");
    }
    const auto program = parse_program_version(next("program", 1).front());
    if (!program) fail("is no version of the form 0.1.0");
    manifest_.program = program.value_or(ProgramVersion{});
  }

  void read_pack() {
    const auto words = next("pack", 4);
    if (!error_.empty()) return;
    ManifestPack pack{name(words[0], "name"), name(words[1], "channel"), sequence(words[2]), std::string{words[3]}};
    if (!is_sha256(pack.digest)) fail("the digest is not 64 hex digits");
    if (!manifest_.packs.empty() && pack.name <= manifest_.packs.back().name)
      fail("packs do not stand once each, in the order of their names");
    if (manifest_.packs.size() == manifest_pack_limit)
      fail(fmt::format("more than {} packs: publish fewer, larger ones", manifest_pack_limit));
    manifest_.packs.push_back(std::move(pack));
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  std::string error_;
  Manifest manifest_;
};

}  // namespace

std::optional<ProgramVersion> parse_program_version(std::string_view text) noexcept {
  ProgramVersion version{};
  for (std::size_t i = 0; i < version.size(); ++i) {
    const auto dot = i + 1 < version.size() ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto number = number_from<std::uint32_t>(text.substr(0, dot));
    if (!number) return std::nullopt;
    version[i] = *number;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return version;
}

std::string text_of(const ProgramVersion& version) {
  return fmt::format("{}.{}.{}", version[0], version[1], version[2]);
}

std::string Manifest::title() const { return fmt::format("{}, sequence {}", name, sequence); }

bool is_manifest(std::string_view text) noexcept { return text.starts_with(title_start); }

std::string moment_text(std::int64_t since_epoch_ns) {
  const auto seconds = since_epoch_ns / second_ns;
  const std::chrono::sys_days day{std::chrono::days{seconds / day_s}};
  const std::chrono::year_month_day date{day};
  const auto of_day = seconds % day_s;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day / 3600,
                     of_day / 60 % 60, of_day % 60);
}

std::string write_manifest(const Manifest& manifest) {
  auto text = fmt::format("{}{}\nname {}\nsequence {}\ncreated {}\nexpires {}\nprogram {}\n", title_start,
                          manifest_format, manifest.name, manifest.sequence, moment_text(manifest.created_ns),
                          manifest.expires_ns == 0 ? std::string{never} : moment_text(manifest.expires_ns),
                          text_of(manifest.program));
  for (const auto& pack : manifest.packs)
    text += fmt::format("pack {} {} {} {}\n", pack.name, pack.channel, pack.sequence, pack.digest);
  return text + "end\n";
}

tl::expected<Manifest, std::string> read_manifest(std::string_view text) {
  if (text.size() > manifest_size_limit)
    return tl::unexpected(fmt::format("the manifest is larger than {} bytes: it is none", manifest_size_limit));
  if (!is_manifest(text))
    return tl::unexpected(fmt::format(
        "is no manifest, which begins with \"{}\": name a file that `sluice rules manifest` wrote", title_start));
  return ManifestReader{text}.read();
}

std::string objection_to(const Manifest& manifest, std::int64_t now_ns, const ProgramVersion& program) {
  if (program < manifest.program)
    return fmt::format("it needs Sluice {} or newer, this is {}: update Sluice first", text_of(manifest.program),
                       text_of(program));
  if (manifest.expires_ns != 0 && now_ns >= manifest.expires_ns)
    return fmt::format("it has expired on {}: fetch a newer one", moment_text(manifest.expires_ns));
  return {};
}

std::string mismatch_of(const Manifest& manifest, const ManifestPack& pack) {
  const auto listed = std::ranges::find(manifest.packs, pack.name, &ManifestPack::name);
  if (listed == manifest.packs.end())
    return fmt::format("pack {} is not in the manifest of {}: send the packs of one release, and no others", pack.name,
                       manifest.title());
  if (listed->digest != pack.digest)
    return fmt::format(
        "pack {} is not the one of the manifest of {} (SHA-256 {} instead of {}): they are of different releases; "
        "fetch packs and manifest again",
        pack.name, manifest.title(), pack.digest, listed->digest);
  if (listed->sequence != pack.sequence || listed->channel != pack.channel)
    return fmt::format(
        "the manifest of {} says channel {} and sequence {} of pack {}, which has {} and {}: make the "
        "manifest anew",
        manifest.title(), listed->channel, listed->sequence, pack.name, pack.channel, pack.sequence);
  return {};
}

std::string mismatch_of(const Manifest& manifest, std::span<const ManifestPack> packs) {
  for (const auto& pack : packs)
    if (auto why = mismatch_of(manifest, pack); !why.empty()) return why;
  for (const auto& listed : manifest.packs)
    if (std::ranges::find(packs, listed.name, &ManifestPack::name) == packs.end())
      return fmt::format("pack {} of the manifest of {} is missing: send all packs of the release", listed.name,
                         manifest.title());
  return {};
}

}  // namespace sluice
