#include "control/evidence/evidence_check.hh"

#include <filesystem>
#include <system_error>
#include <unordered_set>

#include "control/evidence/device_file.hh"
#include "control/text/safe_text.hh"
#include "control/text/text_file.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = std::size_t{16} * 1024 * 1024;  // bytes; whatever lies in the place of a record

constexpr std::size_t search_limit = 16;  // faults up to which altered bytes are looked for

class Check {
 public:
  Check(std::string folder, CheckedChain chain, EvidenceReader* reader)
      : folder_(std::move(folder)), chain_(std::move(chain)), reader_(reader) {}

  EvidenceCheck run() {
    result_.faults = std::move(chain_.faults);
    result_.torn_bytes = chain_.torn_bytes;
    result_.head = chain_.head;
    for (const auto& line : chain_.records) record(line);
    strangers();
    devices();
    return std::move(result_);
  }

 private:
  void fault(const std::string& path, std::string what) {
    result_.faults.push_back({shown_text(fs::path{path}.lexically_relative(folder_).string()), std::move(what)});
  }

  void record(const ChainLine& line) {
    ++result_.records;
    numbers_.insert(line.number);
    if (line.number <= chain_.through) {
      ++result_.retired;
      return;
    }
    living_.insert(line.device);
    const auto path = record_path(folder_, line.number);
    const auto bytes = read_text_file(path, file_limit);
    if (!bytes || !*bytes) return fault(path, bytes ? "it is missing" : bytes.error());
    if (const auto alteration =
            find_alteration(**bytes, line.bytes, line.digest, line.blocks, result_.faults.size() < search_limit))
      return fault(path, "it is altered: " + text_of(*alteration));
    ++result_.good;
    if (chain_.erased.contains(line.device)) {
      ++result_.erased;
      return;
    }
    if (reader_ == nullptr) return;
    if (const auto opened = reader_->read(line); !opened) return fault(path, opened.error());
    ++result_.opened;
  }

  // As write_durably() names a file that is not whole yet.
  static bool is_unfinished(const fs::directory_entry& entry) { return entry.path().extension() == ".new"; }

  // Files that no line names. One beyond the chain's end is being written, or was when the tap lost its power.
  void strangers() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder_ + "/records", error}) {
      if (is_unfinished(entry)) continue;
      const auto number = record_number(entry.path().filename().string());
      const bool is_named = numbers_.contains(number) && fs::path{record_path(folder_, number)} == entry.path();
      if (!is_named && number <= chain_.head.number) fault(entry.path().string(), "no line of the chain names it");
    }
    for (const auto& entry : fs::directory_iterator{folder_ + "/devices", error})
      if (!is_unfinished(entry) && !chain_.devices.contains(entry.path().stem().string()))
        fault(entry.path().string(), "no line of the chain names it");
  }

  void devices() {
    for (const auto& [device, key] : chain_.devices) {
      const auto path = device_path(folder_, device);
      const bool is_there = fs::exists(fs::symlink_status(path));
      if (chain_.erased.contains(device)) {
        if (is_there) fault(path, "the chain says that this key was destroyed, and it is there");
        continue;
      }
      if (!is_there) {
        if (living_.contains(device)) fault(path, "it is missing, and no line of the chain says that it was destroyed");
        continue;
      }
      const auto file = load_device_file(path);
      if (!file)
        fault(path, file.error());
      else if (hex_text(file->public_key) != key || file->id != device)
        fault(path, "its public key is not the one that the chain has");
    }
  }

  std::string folder_;
  CheckedChain chain_;
  EvidenceReader* reader_;
  EvidenceCheck result_;
  std::unordered_set<std::uint64_t> numbers_;
  std::unordered_set<std::string> living_;  // devices with records that are not retired
};

}  // namespace

tl::expected<EvidenceCheck, std::string> check_evidence(const std::string& folder, std::span<const ChainHead> heads,
                                                        EvidenceReader* reader) {
  auto chain = check_chain(folder, heads);
  if (!chain) return tl::unexpected(chain.error());
  return Check{folder, std::move(*chain), reader}.run();
}

}  // namespace sluice
