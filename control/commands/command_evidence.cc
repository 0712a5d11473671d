#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "control/commands/command.hh"
#include "control/evidence/evidence_check.hh"
#include "control/evidence/evidence_export.hh"
#include "control/evidence/evidence_store.hh"
#include "control/packs/pack_file.hh"
#include "control/text/safe_text.hh"
#include "control/text/text_file.hh"
#include "rules/pack/pack_view.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Arguments {
  std::string folder;
  std::string secret_key;
  std::string public_key;
  std::vector<std::string> heads;
  bool json = false;
  std::uint64_t number = 0;
  std::string device;
  std::string output;
  std::vector<std::string> packs;
};

Exit refuse(std::string_view error, Exit exit = Exit::failed) {
  fmt::print(stderr, "sluice: {}\n", error);
  return exit;
}

// Null without a secret key.
tl::expected<std::unique_ptr<EvidenceReader>, std::string> reader_of(const Arguments& arguments) {
  if (arguments.secret_key.empty()) return nullptr;
  auto key = load_evidence_secret_key(arguments.secret_key);
  if (!key) return tl::unexpected(key.error());
  return std::make_unique<EvidenceReader>(arguments.folder, std::move(*key));
}

Exit run_keygen(const Arguments& arguments) {
  for (const auto& path : {arguments.secret_key, arguments.public_key})
    if (fs::exists(fs::symlink_status(path)))
      return refuse(path + ": is there already: remove it, or name another file");
  const auto key = EvidenceSecretKey::random();
  if (const auto written = replace_text_file(arguments.secret_key, file_text(key)); !written)
    return refuse(written.error());
  if (const auto written = replace_text_file(arguments.public_key, file_text(key.public_key())); !written)
    return refuse(written.error());
  fmt::print("{}: secret key, without a password: keep it off the tap\n{}: public key, for evidence.authority_key\n",
             arguments.secret_key, arguments.public_key);
  return Exit::ok;
}

Exit run_verify(const Arguments& arguments) {
  std::vector<ChainHead> heads;
  for (const auto& text : arguments.heads) {
    auto head = parse_chain_head(text);
    if (!head) return refuse(fmt::format("--head {}: {}", shown_text(text), head.error()), Exit::usage);
    heads.push_back(std::move(*head));
  }
  const auto reader = reader_of(arguments);
  if (!reader) return refuse(reader.error());
  const auto check = check_evidence(arguments.folder, heads, reader->get());
  if (!check) return refuse(check.error());
  for (const auto& fault : check->faults) fmt::print("{}: {}\n", fault.file, fault.what);
  fmt::print("{} records, {} as they were written, {} retired by age; {} cannot be opened any more (erased)\n",
             check->records, check->good, check->retired, check->erased);
  if (*reader != nullptr) fmt::print("{} opened: each is the one that its line of the chain means\n", check->opened);
  if (check->torn_bytes != 0)
    fmt::print("{} bytes behind the last line are half a line, as a power cut leaves it\n", check->torn_bytes);
  fmt::print("the chain ends with {}:{}{}\n", check->head.number, check->head.digest,
             heads.empty() ? "; nothing was held against it that was kept elsewhere (--head)" : "");
  if (check->faults.empty()) return Exit::ok;
  fmt::print("{} faults: this is not what was recorded\n", check->faults.size());
  return Exit::failed;
}

// Of a record of the packets of a connection; empty for others.
std::string part_text(const Json& decision) {
  const auto part = decision.value("part", Json::object());
  const auto number = part.is_object() ? part.value("number", Json{}) : Json{};
  return number.is_number_unsigned() ? fmt::format(", packets, part {}", number.get<std::uint64_t>()) : std::string{};
}

Exit run_list(const Arguments& arguments) {
  const auto reader = reader_of(arguments);
  if (!reader) return refuse(reader.error());
  const auto chain = check_chain(arguments.folder, {});
  if (!chain) return refuse(chain.error());
  if (!chain->faults.empty())
    fmt::print(stderr, "sluice: the chain does not hold: `sluice evidence verify` says where\n");
  Json list = Json::array();
  for (const auto& line : chain->records) {
    const auto* const state = line.number <= chain->through         ? "retired"
                              : chain->erased.contains(line.device) ? "erased"
                                                                    : "sealed";
    Json entry{
        {"record", line.number}, {"time", line.time}, {"device", line.device}, {"bytes", line.bytes}, {"state", state}};
    if (*reader != nullptr && std::string_view{state} == "sealed") {
      const auto record = (*reader)->read(line);
      if (!record) return refuse(record.error());
      entry["decision"] = Json::parse(record->decision, nullptr, false);
    }
    list.push_back(std::move(entry));
  }
  if (arguments.json) {
    std::cout << list.dump(2) << "\n";
    return Exit::ok;
  }
  for (const auto& entry : list) {
    const auto text = [](const Json& value) { return value.is_string() ? shown_text(value.get<std::string>()) : ""; };
    const auto decision = entry.value("decision", Json::object());
    const auto device = decision.value("device", Json::object());
    const auto matched = decision.value("matched", Json::object());
    fmt::print("{:>8}  {}  {}  {:>6} bytes  {}{}{}{}{}\n", entry["record"].get<std::uint64_t>(), text(entry["time"]),
               text(entry["device"]), entry["bytes"].get<std::uint64_t>(), text(entry["state"]),
               device.empty() ? "" : "  " + text(device.value("address", Json{})),
               decision.empty() ? "" : "  " + text(decision.value("sentence", Json{})),
               matched.empty() ? "" : ": " + text(matched.value("value", Json{})), part_text(decision));
  }
  return Exit::ok;
}

Exit run_erase(const Arguments& arguments) {
  const auto now = std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
  const auto erased = erase_device(arguments.folder, arguments.device, Tick{now});
  if (!erased) return refuse(erased.error());
  fmt::print("{}: its key is destroyed: nobody opens its records any more\n", shown_text(arguments.device));
  return Exit::ok;
}

// Packs and manifests that were named, with their signatures. One of the packs must hold the rule as it stands in the
// decision.
tl::expected<std::vector<ExportedFile>, std::string> rules_of(const std::vector<std::string>& paths,
                                                              const Json& decision) {
  constexpr std::size_t file_limit = std::size_t{1} << 30U;
  const auto rule = decision.value("rule", Json::object());
  const auto rule_id = rule.value("rule_id", std::string{});
  const auto rule_text = rule.value("text", std::string{});
  std::vector<ExportedFile> files;
  bool is_there = paths.empty();
  for (const auto& path : paths) {
    auto bytes = read_text_file(path, file_limit);
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes) return tl::unexpected(path + ": there is no such file");
    const auto pack = PackView::open({reinterpret_cast<const std::uint8_t*>((*bytes)->data()), (*bytes)->size()});
    for (std::size_t row = 0; pack && !is_there && row < pack->size(); ++row) {
      if (pack->facts(row).rule_id != rule_id) continue;
      const auto written = pack->written(row);
      is_there = !written || stored_text(written->text).starts_with(rule_text);
    }
    const auto name = fs::path{path}.filename().string();
    auto signature = read_text_file(signature_path(path), minisign_file_limit);
    if (!signature) return tl::unexpected(signature.error());
    files.push_back({name, std::move(**bytes)});
    if (*signature) files.push_back({name + ".minisig", std::move(**signature)});
  }
  if (!is_there)
    return tl::unexpected(
        fmt::format("rule {} is not in the packs that were named, as the record has it: name the "
                    "pack that was live then",
                    shown_text(rule_id)));
  return files;
}

Exit run_export(const Arguments& arguments) {
  const auto reader = reader_of(arguments);
  if (!reader) return refuse(reader.error());
  const auto chain = check_chain(arguments.folder, {});
  if (!chain) return refuse(chain.error());
  for (const auto& line : chain->records) {
    if (line.number != arguments.number) continue;
    auto record = (*reader)->read(line);
    if (!record) return refuse(record.error());
    const auto decision = Json::parse(record->decision, nullptr, false);
    if (!decision.is_object()) return refuse("the record's decision is no JSON");
    auto packs = rules_of(arguments.packs, decision);
    if (!packs) return refuse(packs.error());
    const auto written =
        write_export({text_of(line), line.number, std::move(*record), std::move(*packs)}, arguments.output);
    if (!written) return refuse(written.error());
    fmt::print("{}: record {}; README.txt there says how it is checked\n", shown_text(arguments.output), line.number);
    return Exit::ok;
  }
  return refuse(fmt::format("the chain has no record {}: `sluice evidence list` has them", arguments.number));
}

using Work = Exit (*)(const Arguments&);

CLI::App& add(CLI::App& evidence, Run& run, const std::shared_ptr<Arguments>& arguments, const char* name,
              const char* what, Work work) {
  auto* command = evidence.add_subcommand(name, what);
  command->callback([arguments, work, &run] { run = [arguments, work] { return work(*arguments); }; });
  if (work != run_keygen)
    command->add_option("folder", arguments->folder, "Folder of evidence: `evidence` in control.state_directory")
        ->required()
        ->type_name("FOLDER");
  return *command;
}

}  // namespace

void add_evidence_command(CLI::App& program, Run& run) {
  auto* command = program.add_subcommand("evidence", "List, check, export and erase the sealed records of findings");
  command->require_subcommand(1);
  command->footer(
      "A tap with evidence.authority_key seals a record of each finding, which it cannot read again: that takes the\n"
      "authority's secret key. What a record proves, and what not: control/evidence/README.md.");
  auto arguments = std::make_shared<Arguments>();
  const auto secret = [&](CLI::App& of, bool is_required) {
    of.add_option("--secret-key", arguments->secret_key, "Secret key of the authority, to open the records with")
        ->required(is_required)
        ->type_name("K");
  };

  auto& list =
      add(*command, run, arguments, "list", "Say which records there are; with the secret key, of what", run_list);
  secret(list, false);
  list.add_flag("--json", arguments->json, "As JSON, with the whole decision where the secret key is given");

  auto& verify = add(*command, run, arguments, "verify",
                     "Check that the records are those that were written, and name the first altered byte", run_verify);
  verify.footer(
      "Without a secret key the digests of all records and of the chain are checked; with it they are opened, "
      "too.\nExit status: 0 all is as it was recorded, 1 it is not.");
  secret(verify, false);
  verify
      .add_option("--head", arguments->heads,
                  "What an event of the type `evidence` said of the chain; may be given several times")
      ->type_name("NUMBER:DIGEST")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);

  auto& exported =
      add(*command, run, arguments, "export", "Write a record as a folder that is checked without Sluice", run_export);
  exported.add_option("record", arguments->number, "Its number")->required()->type_name("NUMBER");
  secret(exported, true);
  exported.add_option("--to", arguments->output, "The folder that is made")->required()->type_name("FOLDER");
  exported
      .add_option("--pack", arguments->packs,
                  "Pack or manifest of the rules, which goes along with its signature; may be given several times")
      ->type_name("F")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);

  auto& erase = add(*command, run, arguments, "erase", "Destroy the key of a device: nobody opens its records any more",
                    run_erase);
  erase.footer("Copies of the folder, and what a disk keeps of a removed file, are not reached.");
  erase.add_option("device", arguments->device, "As `list` names it")->required()->type_name("UUID");

  auto& keygen = add(*command, run, arguments, "keygen", "Make the authority's pair of keys", run_keygen);
  keygen.footer("The secret key has no password; its file is for its owner alone (mode 0600). It belongs on no tap.");
  secret(keygen, true);
  keygen.add_option("--public-key", arguments->public_key, "Public key, which goes to the taps")
      ->required()
      ->type_name("P");
}

}  // namespace sluice
