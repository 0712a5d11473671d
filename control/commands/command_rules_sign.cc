#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "control/commands/command.hh"
#include "control/packs/manifest_file.hh"
#include "control/packs/release_file.hh"
#include "control/packs/signing_key.hh"
#include "control/text/text_file.hh"
#include "rules/pack/pack_view.hh"

namespace sluice {
namespace {

struct Arguments {
  std::string path;
  SigningKey key;
  std::string comment;
};

Exit refuse(std::string_view error) {
  fmt::print(stderr, "sluice: {}\n", error);
  return Exit::failed;
}

// The bytes that are signed, and what is said of them beside the signature where nobody says anything else. What no tap
// would take is not signed.
struct Subject {
  std::string bytes;
  std::string comment;
};
tl::expected<Subject, std::string> read_subject(const std::string& path) {
  auto bytes = read_text_file(path, pack_size_limit);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return tl::unexpected(path + ": there is no such file");
  Subject subject{std::move(**bytes), {}};
  if (is_manifest(subject.bytes)) {
    const auto manifest = read_manifest(subject.bytes);
    if (!manifest) return tl::unexpected(fmt::format("{}: {}", path, manifest.error()));
    subject.comment = release_text(*manifest);
  } else {
    const auto pack =
        PackView::open({reinterpret_cast<const std::uint8_t*>(subject.bytes.data()), subject.bytes.size()});
    const auto good = pack ? pack->check() : tl::unexpected(pack.error());
    if (!good) return tl::unexpected(fmt::format("{}: {}", path, good.error()));
    subject.comment = release_text(pack->info());
  }
  return subject;
}

// The signatures of other keys that stand beside the file.
tl::expected<std::string, std::string> others_beside(const std::string& path, const MinisignKeyId& own) {
  const auto beside = signature_path(path);
  const auto text = read_text_file(beside, minisign_file_limit);
  if (!text) return tl::unexpected(text.error());
  std::string others;
  if (!*text || (*text)->empty()) return others;
  const auto signatures = signatures_in(**text);
  if (!signatures) return tl::unexpected(fmt::format("{}: {}", beside, signatures.error()));
  for (const auto signature : *signatures) {
    const auto signer = minisign_signer(signature);
    if (!signer) return tl::unexpected(fmt::format("{}: {}; remove it to begin anew", beside, signer.error()));
    if (*signer == own) continue;
    others += signature;
    if (!others.ends_with('\n')) others += '\n';
  }
  return others;
}

Exit run_sign(const Arguments& arguments) {
  const auto subject = read_subject(arguments.path);
  if (!subject) return refuse(subject.error());
  const auto key = arguments.key.load();
  if (!key) return refuse(key.error());
  const auto id = key->public_key().id;
  const auto others = others_beside(arguments.path, id);
  if (!others) return refuse(others.error());
  const auto signature =
      key->sign({reinterpret_cast<const std::uint8_t*>(subject->bytes.data()), subject->bytes.size()},
                arguments.comment.empty() ? subject->comment : arguments.comment);
  if (!signature) return refuse(signature.error());
  const auto beside = signature_path(arguments.path);
  const auto all = *others + *signature;
  const auto count = signatures_in(all);
  if (!count) return refuse(fmt::format("{}: {}", beside, count.error()));
  if (const auto error = replace_file(beside, all)) return refuse(*error);
  fmt::print("{}: signed with key {}, one of {} signatures\n", beside, text_of(id), count->size());
  return Exit::ok;
}

}  // namespace

void add_rules_sign_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("sign", "Add a signature to a pack or a manifest");
  command->footer(
      "The signature stands in FILE.minisig, behind those of other keys; an earlier one of the same key is replaced.\n"
      "Each is one of minisign: `minisign -S -m FILE -x MINE` makes one elsewhere, and `cat MINE >> FILE.minisig` adds "
      "it.");
  command->add_option("file", arguments->path, "Pack or manifest")->required()->type_name("FILE");
  arguments->key.add_options(*command, true);
  command->add_option("--comment", arguments->comment, "What is signed beside it; default: what the release is")
      ->type_name("TEXT");
  command->callback([arguments, &run] { run = [arguments] { return run_sign(*arguments); }; });
}

}  // namespace sluice
