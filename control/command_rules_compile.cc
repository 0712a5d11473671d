#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "control/command.hh"
#include "control/pack_file.hh"
#include "control/pack_sources.hh"
#include "control/rule_trial.hh"
#include "control/text_file.hh"
#include "control/timestamp.hh"
#include "rules/date.hh"
#include "rules/list_file.hh"
#include "rules/minisign_sign.hh"

namespace sluice {
namespace {

constexpr std::size_t password_file_limit = 4096;  // bytes
constexpr std::int64_t day_ns = std::int64_t{86'400} * 1'000'000'000;

struct Arguments {
  PackInfo info;
  std::string created;
  std::string expires;
  std::string secret_key;
  std::string password_file;
  std::string output;
  bool skip_unsupported = false;
  std::vector<std::string> sources;
};

Exit refuse(std::string_view error, Exit status) {
  fmt::print(stderr, "sluice: {}\n", error);
  return status;
}

std::int64_t wall_time_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Names and times of the pack; the error says which option is wrong.
std::optional<std::string> read_info(Arguments& arguments) {
  auto& info = arguments.info;
  for (const auto& [option, text] : {std::pair{"--name", &info.name}, {"--channel", &info.channel}})
    if (!is_list_id(*text))
      return fmt::format("{} \"{}\": use letters, digits, '.', '_' and '-', {} at most", option, *text,
                         list_id_size_limit);
  info.created_ns = wall_time_ns();
  for (const auto& [option, text] : {std::pair{"--created", &arguments.created}, {"--expires", &arguments.expires}}) {
    if (text->empty()) continue;
    const auto date = parse_date(*text);
    if (!date)
      return fmt::format("{} \"{}\" is no date: write YYYY-MM-DD, a day that exists, from {} to {}", option, *text,
                         first_year, last_year);
    if (text == &arguments.created)
      info.created_ns = end_of_day_nanoseconds(*date) - day_ns;
    else
      info.expires_ns = end_of_day_nanoseconds(*date);
  }
  if (info.expires_ns != 0 && info.expires_ns <= info.created_ns)
    return "--expires is before the pack is made: give a later day";
  return std::nullopt;
}

tl::expected<std::string, std::string> read_needed(const std::string& path, std::size_t limit) {
  auto text = read_text_file(path, limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file");
  return std::move(**text);
}

tl::expected<MinisignSecretKey, std::string> load_secret_key(const Arguments& arguments) {
  const auto text = read_needed(arguments.secret_key, minisign_file_limit);
  if (!text) return tl::unexpected(text.error());
  std::optional<std::string> password;
  if (!arguments.password_file.empty()) {
    auto file = read_needed(arguments.password_file, password_file_limit);
    if (!file) return tl::unexpected(file.error());
    password = file->substr(0, file->find_first_of("\r\n"));
  }
  auto key = MinisignSecretKey::parse(*text, password);
  if (!key)
    return tl::unexpected(fmt::format("{}: {}{}", arguments.secret_key, key.error(),
                                      password ? "" : " (--password-file, for a key that has one)"));
  return key;
}

// A new file beside it, then renamed: who reads at that moment finds the old one or the new one.
std::optional<std::string> replace_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  const auto fresh = path + ".new";
  errno = 0;
  std::ofstream file{fresh, std::ios::binary};
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return fmt::format("{}: {}", fresh, std::strerror(errno));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
  return std::nullopt;
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string comment_of(const PackInfo& info) {
  return fmt::format("pack {}, channel {}, sequence {}, created {}", info.name, info.channel, info.sequence,
                     day_text(Tick{Duration{info.created_ns}}));
}

// Those that stand beside the sources: what a rule's own example contradicts makes no pack.
std::vector<ExampleFile> example_files(const Arguments& arguments) {
  std::vector<std::string> paths;
  for (const auto& source : arguments.sources)
    if (auto beside = examples_beside(source)) paths.push_back(std::move(*beside));
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::vector<ExampleFile> files;
  for (auto& path : paths) files.push_back({arguments.info.name, std::move(path)});
  return files;
}

Exit run_compile(Arguments& arguments) {
  if (const auto error = read_info(arguments)) return refuse(*error, Exit::usage);
  std::optional<MinisignSecretKey> key;
  if (!arguments.secret_key.empty()) {
    auto loaded = load_secret_key(arguments);
    if (!loaded) return refuse(loaded.error(), Exit::failed);
    key = std::move(*loaded);
  }
  auto read = read_pack_sources(arguments.sources, arguments.info.name, arguments.skip_unsupported);
  for (const auto& error : read.errors) fmt::print(stderr, "{}\n", error);
  if (!read.errors.empty()) return Exit::usage;
  for (const auto& note : read.notes) fmt::print(stderr, "{}\n", note);
  const auto trial = try_rules(read.rules, example_files(arguments), false);
  for (const auto& failure : trial.failures) fmt::print(stderr, "{}\n", failure);
  if (!trial.failures.empty()) return Exit::usage;
  if (read.left_out > 0) fmt::print(stderr, "sluice: {} signatures were left out\n", read.left_out);
  arguments.info.sources = std::move(read.sources);
  const auto bytes = write_pack({arguments.info, std::move(read.rules)});
  const auto proof = read_pack(bytes);  // what no tap would take is not published
  if (!proof) return refuse(fmt::format("the pack would be refused: {}", proof.error()), Exit::usage);

  std::string signature;
  if (key) {
    auto made = key->sign(bytes, comment_of(arguments.info));
    if (!made) return refuse(made.error(), Exit::failed);
    signature = std::move(*made);
  }
  const auto beside = signature_path(arguments.output);
  if (const auto error = replace_file(arguments.output, bytes)) return refuse(*error, Exit::failed);
  if (key) {
    if (const auto error = replace_file(beside, bytes_of(signature))) return refuse(*error, Exit::failed);
  }
  fmt::print("{}: {}: {} indicators, {} signatures, SHA-256 {}\n", arguments.output, comment_of(arguments.info),
             proof->rules.indicators.size(), proof->rules.signatures.size(), pack_digest(bytes));
  if (key)
    fmt::print("{}: signed with key {}\n", beside, text_of(key->public_key().id));
  else if (std::error_code ignored; std::filesystem::exists(beside, ignored))
    fmt::print(stderr, "sluice: {} is the signature of an older pack: sign this one anew\n", beside);
  return Exit::ok;
}

}  // namespace

void add_rules_compile_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  arguments->info.channel = "stable";
  auto* command = rules.add_subcommand("compile", "Make a pack of lists and signatures, and sign it");
  command->footer(
      "The ids of the rules begin with the pack's name. With --secret-key the signature is written beside the pack, "
      "as\n"
      "P.minisig; `minisign -Sm P` signs it as well, on a machine that has the key. `minisign -G` makes keys.\n"
      "The same sources, options and --created give the same pack, byte for byte. Examples that stand beside a "
      "source,\n"
      "in NAME.examples, are tried first; see `sluice rules test`.");
  command->add_option("sources", arguments->sources, "Indicator lists (.csv) and signatures (.rules)")
      ->required()
      ->type_name("SOURCE");
  command->add_flag("--skip-unsupported", arguments->skip_unsupported,
                    "Leave signatures out that cannot be read, and say which and why");
  command->add_option("--name", arguments->info.name, "Name of the pack")->required()->type_name("N");
  command->add_option("--channel", arguments->info.channel, "Whom this release is for")
      ->type_name("C")
      ->capture_default_str();
  command->add_option("--sequence", arguments->info.sequence, "Number of this release, higher than the one before")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62U))
      ->type_name("S");
  command->add_option("--created", arguments->created, "Day on which the pack was made; default: now")
      ->type_name("DATE");
  command->add_option("--expires", arguments->expires, "Last day on which a tap accepts the pack; default: never ends")
      ->type_name("DATE");
  auto* key = command->add_option("--secret-key", arguments->secret_key, "Secret key of minisign, to sign with")
                  ->type_name("K");
  command->add_option("--password-file", arguments->password_file, "File whose first line is the password of that key")
      ->needs(key)
      ->type_name("F");
  command->add_option("--output", arguments->output, "Where the pack is written")->required()->type_name("P");
  command->callback([arguments, &run] { run = [arguments] { return run_compile(*arguments); }; });
}

}  // namespace sluice
