#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "control/commands/command.hh"
#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"
#include "rules/facts/rule_facts.hh"
#include "rules/imports/import.hh"
#include "rules/imports/import_write.hh"
#include "rules/policy/exception_list.hh"
#include "rules/text/date.hh"
#include "rules/text/list_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Arguments {
  std::string format;
  ImportDefaults defaults;
  std::string output;
  std::string exceptions;  // empty: beside the output
  bool allow = false;
  bool json = false;
  std::vector<std::string> files;
};

struct RefusedFile {
  std::string file;
  std::string reason;
};

Exit refuse(std::string_view error, Exit status) {
  fmt::print(stderr, "sluice: {}\n", error);
  return status;
}

std::string today() {
  return std::string(
      day_text(Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())}));
}

std::optional<std::string> check(Arguments& arguments) {
  auto& defaults = arguments.defaults;
  for (const auto& [option, text] : {std::pair{"--expires", &defaults.expires}, {"--date", &defaults.date}})
    if (!text->empty() && !parse_date(*text))
      return fmt::format("{} \"{}\" is no date: write YYYY-MM-DD, a day that exists, from {} to {}", option, *text,
                         first_year, last_year);
  if (defaults.date.empty()) defaults.date = today();
  for (const auto& [option, text] : {std::pair{"--source", &defaults.source},
                                     {"--licence", &defaults.licence},
                                     {"--recipient", &defaults.recipient}})
    if (*text != import_text(*text, import_text_limit))
      return fmt::format("{}: one line of at most {} bytes in UTF-8", option, import_text_limit);
  const auto name = fs::path{arguments.output}.stem().string();
  if (!is_list_id(name))
    return fmt::format(
        "--output {}: rules are named by their list: use letters, digits, '.', '_' and '-' in the name "
        "of the file",
        arguments.output);
  if (fs::path{arguments.output}.extension() != ".csv")
    return fmt::format("--output {}: an indicator list ends in .csv", arguments.output);
  if (arguments.exceptions.empty())
    arguments.exceptions = fs::path{arguments.output}.replace_extension().string() + ".exceptions.csv";
  return std::nullopt;
}

tl::expected<void, std::string> write(const std::string& path, const std::string& text) {
  if (text.size() > list_size_limit)
    return tl::unexpected(
        fmt::format("{} would be larger than {} MiB: import fewer files at a time", path, list_size_limit >> 20U));
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.flush();
  if (!file) return tl::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
  return {};
}

// Where "place" is a line, it reads as compilers write it.
std::string example_text(const ImportExample& example, bool by_line) {
  return fmt::format("    {}{}{}: {}{}{}\n", example.file, by_line ? ":" : ": entry ", example.place,
                     shown_text(example.text), example.detail.empty() ? "" : ": ", shown_text(example.detail));
}

template <typename Reason>
void print_counts(const ImportedRows& rows, std::size_t count, const ImportCount& (ImportedRows::*of)(Reason) const,
                  bool by_line, std::string_view what) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto reason = static_cast<Reason>(i);
    const auto& counted = (rows.*of)(reason);
    if (counted.count == 0) continue;
    fmt::print(stderr, "  {} {}: {}: {}\n", counted.count, what, text_of(reason), meaning_of(reason));
    for (const auto& example : counted.examples) fmt::print(stderr, "{}", example_text(example, by_line));
    if (counted.count > counted.examples.size())
      fmt::print(stderr, "    ... and {} more\n", counted.count - counted.examples.size());
  }
}

template <typename Reason>
Json counts_json(const ImportedRows& rows, std::size_t count, const ImportCount& (ImportedRows::*of)(Reason) const) {
  auto out = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const auto reason = static_cast<Reason>(i);
    const auto& counted = (rows.*of)(reason);
    if (counted.count == 0) continue;
    auto examples = Json::array();
    for (const auto& example : counted.examples)
      examples.push_back(
          {{"file", example.file}, {"place", example.place}, {"text", example.text}, {"detail", example.detail}});
    out.push_back({{"reason", text_of(reason)},
                   {"meaning", meaning_of(reason)},
                   {"count", counted.count},
                   {"examples", std::move(examples)}});
  }
  return out;
}

std::map<std::string, std::size_t> kinds_of(const ImportedRows& rows) {
  std::map<std::string, std::size_t> kinds;
  for (const auto& row : rows.rows()) ++kinds[row[ListColumn::kind]];
  return kinds;
}

void report(const Arguments& arguments, const ImportedRows& rows, const std::vector<RefusedFile>& refused) {
  const bool by_line = arguments.format != "stix2" && arguments.format != "misp" && arguments.format != "tinycheck";
  if (arguments.json) {
    auto files = Json::array();
    for (const auto& one : refused) files.push_back({{"file", one.file}, {"reason", one.reason}});
    const Json out{{"format", arguments.format},
                   {"files", arguments.files},
                   {"refused_files", std::move(files)},
                   {"entries", rows.entries()},
                   {"rows", rows.rows().size()},
                   {"kinds", kinds_of(rows)},
                   {"merged", rows.merged()},
                   {"exceptions", rows.allowed().size()},
                   {"left_out", counts_json(rows, left_out_count, &ImportedRows::left_out)},
                   {"taken_as", counts_json(rows, taken_as_count, &ImportedRows::taken_as)}};
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
    return;
  }
  for (const auto& one : refused) fmt::print(stderr, "{}: refused: {}\n", one.file, shown_text(one.reason));
  std::vector<std::string> kinds;
  for (const auto& [kind, count] : kinds_of(rows)) kinds.push_back(fmt::format("{} {}", count, kind));
  fmt::print(stderr, "{} entries: {} rows ({}), {} merged into them, {} exceptions\n", rows.entries(),
             rows.rows().size(), fmt::join(kinds, ", "), rows.merged(), rows.allowed().size());
  print_counts(rows, left_out_count, &ImportedRows::left_out, by_line, "left out");
  print_counts(rows, taken_as_count, &ImportedRows::taken_as, by_line, "taken otherwise");
}

// What a list allows holds against that list alone.
std::string exceptions_of(const Arguments& arguments, const ImportedRows& rows,
                          const std::vector<std::string>& comments) {
  std::vector<ExceptionText> out;
  for (const auto& row : rows.allowed()) {
    if (row[ListColumn::kind] == "url") continue;
    out.push_back({"permit", fs::path{arguments.output}.stem().string() + "/*", row[ListColumn::indicator], "import",
                   import_text("allowed by " + row[ListColumn::source], import_text_limit),
                   row[ListColumn::last_verified],
                   row[ListColumn::expires].empty() ? "never" : row[ListColumn::expires]});
  }
  return exception_list_text(out, comments);
}

Exit run_import(Arguments& arguments) {
  if (const auto error = check(arguments)) return refuse(*error, Exit::usage);
  const auto format = *import_format_from(arguments.format);
  ImportedRows rows(arguments.defaults);
  std::vector<RefusedFile> refused;
  std::vector<std::string> comments{
      fmt::format("Made by `sluice rules import --format {}`; what it was made of:", arguments.format)};
  for (const auto& path : arguments.files) {
    const auto text = read_list_file(path);
    if (!text) {
      refused.push_back({path, text.error().message});
      continue;
    }
    const auto name = fs::path{path}.filename().string();
    if (auto reason = import_list(format, *text, name, rows)) {
      refused.push_back({path, std::move(*reason)});
      continue;
    }
    Sha256 digest;
    digest.add(std::string_view{*text});
    comments.push_back(fmt::format("{}, SHA-256 {}", import_text(name, import_text_limit), digest.hex()));
  }
  if (arguments.allow) rows.allow_all();
  report(arguments, rows, refused);
  if (!rows.rows().empty()) {
    if (auto done = write(arguments.output, indicator_list_text(rows.rows(), comments)); !done)
      return refuse(done.error(), Exit::failed);
    fmt::print(stderr, "{}: {} indicators\n", arguments.output, rows.rows().size());
  }
  if (!rows.allowed().empty()) {
    if (auto done = write(arguments.exceptions, exceptions_of(arguments, rows, comments)); !done)
      return refuse(done.error(), Exit::failed);
    fmt::print(stderr, "{}: {} exceptions\n", arguments.exceptions, rows.allowed().size());
  }
  if (rows.rows().empty() && rows.allowed().empty()) return refuse("nothing was taken", Exit::usage);
  return refused.empty() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_rules_import_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("import", "Read other people's lists into an indicator list");
  command->footer(
      "Formats: hosts (0.0.0.0 NAME) | domains (a name, address or URL a line) | wildcard (*.NAME) | adblock "
      "(||NAME^,\n"
      "@@||NAME^) | stix2 | misp | abusech-csv (URLhaus, ThreatFox, Feodo Tracker, SSLBL, told by their columns) |\n"
      "dataset (Suricata: base64, addresses) | maltrail | tinycheck (and SpyGuard; their whitelists too).\n"
      "What was taken, what not, and why, is said on standard error with the first places of each; with --json on\n"
      "standard output. What a list allows becomes permit rows in a list of exceptions. The same files, options and\n"
      "--date give the same bytes.\n"
      "Exit status: 0 all files were read and something was taken, 1 a file could not be read or is not of that "
      "format\n"
      "(what the others gave is written), or nothing could be written, 2 wrong options, or nothing was taken.");
  command->add_option("files", arguments->files, "Lists")->required()->type_name("FILE");
  const auto texts = import_format_texts();
  command->add_option("--format", arguments->format, "What the files are")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(texts.begin(), texts.end())))
      ->type_name("FORMAT");
  const auto one_of = [](std::span<const std::string_view> list) {
    return CLI::IsMember(std::vector<std::string>(list.begin(), list.end()));
  };
  auto& defaults = arguments->defaults;
  command->add_option("--class", defaults.finding_class, "Class of all rows; default: what the list says of them")
      ->check(one_of(class_texts()))
      ->type_name("C");
  command
      ->add_option("--confidence", defaults.confidence, "How sure all rows are; default: as the list says, or medium")
      ->check(one_of(confidence_texts()))
      ->type_name("C");
  command
      ->add_option("--kind", defaults.kind,
                   "Names: host (exactly it) or domain (and all below it); digests: what they are of")
      ->check(CLI::IsMember({"host", "domain", "ja3", "cert_sha1", "cert_sha256"}))
      ->type_name("K");
  command->add_option("--source", defaults.source, "Who says so; what the list says of itself is put behind it")
      ->type_name("TEXT");
  command->add_option("--licence", defaults.licence, "Licence of the list")->type_name("L");
  command->add_option("--recipient", defaults.recipient, "Who receives what goes there")->type_name("R");
  command->add_option("--date", defaults.date, "Day on which the list was read; default: today")->type_name("DATE");
  command->add_option("--expires", defaults.expires, "Last day on which rows without their own count in full")
      ->type_name("DATE");
  command->add_option("--tag", defaults.tags, "Only entries that carry this tag (misp, tinycheck); may be repeated")
      ->type_name("T");
  command->add_flag("--allow", arguments->allow, "The files say what is allowed: all of it becomes exceptions");
  command->add_option("--output", arguments->output, "The list to write; rules are named like it")
      ->required()
      ->type_name("OUT.csv");
  command->add_option("--exceptions", arguments->exceptions, "Where exceptions go; default: OUT.exceptions.csv")
      ->type_name("FILE");
  command->add_flag("--json", arguments->json, "The report as JSON on standard output");
  command->callback([arguments, &run] { run = [arguments] { return run_import(*arguments); }; });
}

}  // namespace sluice
