#include "control/pack_sources.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <unordered_map>

#include "dataplane/payload_window.hh"
#include "rules/compile.hh"
#include "rules/indicator_list.hh"
#include "rules/list_file.hh"
#include "rules/prefilter.hh"
#include "rules/sha256.hh"
#include "rules/signature_file.hh"
#include "rules/signature_span.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

// What two rules of a pack may not share, and where it stood first.
using Seen = std::unordered_map<std::string, std::string>;

std::string key_of(const Indicator& indicator) {
  const auto matched = indicator.name.empty()
                           ? fmt::format("{}-{}", indicator.range.first.text(), indicator.range.last.text())
                           : indicator.name;
  return fmt::format("{}:{}", text_of(indicator.facts.kind), matched);
}

class SourceReader {
 public:
  // `pack_name` empty: each file under its own.
  PackSources read(const std::vector<std::string>& paths, std::string_view pack_name) {
    one_pack_ = !pack_name.empty();
    for (const auto& path : paths) {
      const auto name = pack_name.empty() ? fs::path{path}.stem().string() : std::string(pack_name);
      const auto text = read_list_file(path);
      if (!text)
        out_.errors.push_back(text.error().text());
      else if (total_ += text->size(); total_ > pack_size_limit)
        fail(path, fmt::format("together the files are larger than {} MiB: make two packs", pack_size_limit >> 20));
      else
        read_one(path, *text, name);
    }
    return std::move(out_);
  }

 private:
  void fail(const std::string& path, const std::string& message) {
    out_.errors.push_back(fmt::format("{}: {}", path, message));
  }
  void fail(const std::string& path, const std::vector<ListError>& errors) {
    for (auto error : errors) {
      error.file = path;
      out_.errors.push_back(error.text());
    }
  }

  // Of a stream, so much is kept as its window holds.
  void note_span(const std::string& path, const Signature& signature) {
    const bool is_of_streams =
        signature.protocol == SignatureProtocol::tcp || signature.protocol == SignatureProtocol::ip;
    const auto on_payload = [](const SignaturePart& part) { return part.buffer() == Buffer::payload; };
    if (!is_of_streams || signature.parts.size() < 2 ||
        !std::all_of(signature.parts.begin(), signature.parts.end(), on_payload))
      return;
    const auto span = signature_span(signature);
    if (span && *span <= PayloadWindow::size) return;
    out_.notes.push_back(fmt::format(
        "{}:{}: note: sid {} is found in a TCP stream where its parts lie within {} bytes; it has {}: write within, "
        "or offset and depth",
        path, signature.line, signature.facts.signature_id, PayloadWindow::size,
        span ? fmt::format("{} bytes", *span) : "no such bound"));
  }

  void read_one(const std::string& path, const std::string& text, const std::string& name) {
    const auto ending = fs::path{path}.extension();
    if (ending == ".csv") {
      auto list = parse_indicator_list(text, name);
      fail(path, list.errors);
      for (auto& row : list.rows) {
        once(keys_, key_of(row), path, [&] { return "what " + row.facts.rule_id + " matches"; });
        once(ids_, row.facts.rule_id, path, [&] { return "the id " + row.facts.rule_id; });
      }
      std::move(list.rows.begin(), list.rows.end(), std::back_inserter(out_.rules.indicators));
    } else if (ending == ".rules") {
      auto file = parse_signatures(text, name, fs::path{path}.parent_path());
      fail(path, file.errors);
      if (file.errors.empty()) try_patterns(path, file.signatures);
      for (const auto& row : file.signatures) note_span(path, row);
      for (const auto& row : file.signatures)
        once(ids_, row.facts.rule_id, path, [&] { return "the id " + row.facts.rule_id; });
      std::move(file.signatures.begin(), file.signatures.end(), std::back_inserter(out_.rules.signatures));
    } else {
      fail(path, "what it holds is told by its ending: .csv (an indicator list) or .rules (signatures)");
    }
    Sha256 digest;
    digest.add(std::string_view{text});
    out_.sources.push_back({fs::path{path}.filename().string(), digest.hex()});
  }

  // What the pattern matcher of a tap would refuse is refused here already.
  void try_patterns(const std::string& path, const SignatureList& signatures) {
    const auto databases = compile_databases(signatures, make_prefilter(signatures));
    if (databases) return;
    for (const auto& error : databases.error()) {
      if (error.signature == CompileError::no_signature)
        fail(path, error.message);
      else
        fail(path, {ListError{path, signatures[error.signature].line, 1, error.message}});
    }
  }

  // Within one file its reader has looked already.
  template <typename What>
  void once(Seen& seen, std::string key, const std::string& path, const What& what) {
    if (!one_pack_) return;
    const auto [entry, fresh] = seen.try_emplace(std::move(key), path);
    if (!fresh && entry->second != path)
      fail(path, fmt::format("{} stands in {} too: remove one of the two rows", what(), entry->second));
  }

  PackSources out_;
  bool one_pack_ = false;
  std::size_t total_ = 0;
  Seen keys_;
  Seen ids_;
};

}  // namespace

PackSources read_rule_sources(const std::vector<std::string>& paths) { return SourceReader{}.read(paths, {}); }

PackSources read_pack_sources(const std::vector<std::string>& paths, std::string_view pack_name) {
  return SourceReader{}.read(paths, pack_name);
}

}  // namespace sluice
