#include "control/packs/pack_sources.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <unordered_map>

#include "dataplane/signatures/payload_window.hh"
#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/facts/classtype.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/indicators/indicator_merge.hh"
#include "rules/policy/exception_list.hh"
#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_file.hh"
#include "rules/signatures/signature_span.hh"
#include "rules/text/list_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

// What two rules of a pack may not share, and where it stood first.
using Seen = std::unordered_map<std::string, std::string>;

class SourceReader {
 public:
  explicit SourceReader(bool skip_unsupported) : skip_unsupported_(skip_unsupported) {}

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

  void leave_out(const std::string& path, LoadedSignatures& file) {
    out_.left_out += file.left_out;
    for (auto& error : file.errors) {
      error.file = path;
      out_.notes.push_back("left out: " + error.text());
    }
    file.errors.clear();
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
    if (ending == ".csv" && is_exception_list(text)) {
      read_exceptions(path, text);
    } else if (ending == ".csv") {
      auto list = parse_indicator_list(text, name);
      fail(path, list.errors);
      add(path, std::move(list));
    } else if (ending == ".rules") {
      auto file = parse_signatures(text, name, fs::path{path}.parent_path());
      for (auto& signature : file.signatures) signature.file = fs::path{path}.filename().string();
      if (skip_unsupported_ && file.left_out > 0)
        leave_out(path, file);
      else
        fail(path, file.errors);
      if (file.errors.empty()) try_patterns(path, file.signatures);
      for (const auto& row : file.signatures) {
        note_span(path, row);
        if (row.facts.classtype == unknown_classtype)
          out_.notes.push_back(
              fmt::format("{}:{}: note: sid {} has a classtype that is none of Suricata's: its severity is {}", path,
                          row.line, row.facts.signature_id, row.facts.priority));
        if (const auto event = untold_event(row); !event.empty())
          out_.notes.push_back(
              fmt::format("{}:{}: note: sid {} matches nothing: the event {} is never told by this version", path,
                          row.line, row.facts.signature_id, event));
      }
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

  void add(const std::string& path, LoadedList list) {
    auto merged = list.merged;
    for (auto& row : list.rows) {
      if (!one_pack_) {
        out_.rules.indicators.push_back(std::move(row));
        continue;
      }
      const auto id = row.facts.rule_id;
      const auto known = merge_.find(row);
      const auto added = merge_.add(out_.rules.indicators, std::move(row));
      merged += added == IndicatorMerge::Added::merged ? 1 : 0;
      if (added == IndicatorMerge::Added::fresh) once(ids_, id, path, [&] { return "the id " + id; });
      if (added == IndicatorMerge::Added::other_class)
        fail(path, fmt::format("what {} matches stands in another file too, as {}, with another class: remove one of "
                               "the two rows, or give both one class",
                               id, out_.rules.indicators[*known].facts.rule_id));
    }
    if (merged > 0)
      out_.notes.push_back(
          fmt::format("{}: note: {} rows joined others that match the same; those name all sources", path, merged));
  }

  void read_exceptions(const std::string& path, const std::string& text) {
    if (one_pack_) return fail(path, "exceptions are the site's own: no pack holds them");
    auto list = parse_exception_list(text, path);
    fail(path, list.errors);
    out_.exceptions += list.rows.size();
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
  bool skip_unsupported_;
  bool one_pack_ = false;
  std::size_t total_ = 0;
  IndicatorMerge merge_;
  Seen ids_;
};

}  // namespace

PackSources read_rule_sources(const std::vector<std::string>& paths, bool skip_unsupported) {
  return SourceReader{skip_unsupported}.read(paths, {});
}

PackSources read_pack_sources(const std::vector<std::string>& paths, std::string_view pack_name,
                              bool skip_unsupported) {
  return SourceReader{skip_unsupported}.read(paths, pack_name);
}

}  // namespace sluice
