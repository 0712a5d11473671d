#include "control/evidence/evidence_store.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

#include "control/evidence/device_file.hh"
#include "control/evidence/sealed_record.hh"
#include "control/tap/system_clock.hh"
#include "control/text/timestamp.hh"
#include "control/text/uuid.hh"
#include "dataplane/generations/durable_file.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t day_s = 86'400;

tl::expected<void, std::string> make_folders(const std::string& folder) {
  for (const auto& path : {folder, folder + "/records", folder + "/devices"}) {
    std::error_code error;
    if (fs::create_directories(path, error)) fs::permissions(path, fs::perms{0700}, error);
    if (error) return tl::unexpected(path + ": " + error.message());
  }
  return {};
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

tl::expected<EvidenceStore, std::string> EvidenceStore::open(EvidenceOptions options, std::string_view clock_state,
                                                             Tick now, EvidenceCounts& counts) {
  if (const auto made = make_folders(options.folder); !made) return tl::unexpected(made.error());
  const auto tag_key = load_or_make_key(options.folder + "/tag.key");
  if (!tag_key) return tl::unexpected(tag_key.error());
  auto chain = ChainWriter::open(options.folder);
  if (!chain) return tl::unexpected(chain.error());
  EvidenceStore store{std::move(options), std::move(*chain), *tag_key};
  const auto torn = store.catch_up();
  if (!torn) return tl::unexpected(torn.error());
  if (*torn > 0) ++counts.mended;
  if (const auto loaded = store.load_devices(); !loaded) {
    store.chain_.abandon();
    return tl::unexpected(loaded.error());
  }
  store.clear_away();
  ChainLine line;
  line.kind = ChainKind::start;
  line.tap = store.options_.tap_id;
  line.authority = hex_text(store.options_.authority);
  line.clock_state = clock_state;
  line.cut_bytes = *torn;
  store.chain_.add(std::move(line), now);
  if (const auto done = store.chain_.commit(); !done) return tl::unexpected(done.error());
  counts.bytes = store.bytes_;
  return store;
}

tl::expected<std::uint64_t, std::string> EvidenceStore::catch_up() {
  return chain_.begin([this](const ChainLine& line) { apply(line); });
}

void EvidenceStore::apply(const ChainLine& line) {
  switch (line.kind) {
    case ChainKind::start: break;
    case ChainKind::device: keys_[line.device] = line.public_key; break;
    case ChainKind::record:
      kept_.push_back({line.number, seconds_from(line.time).value_or(0), line.bytes, line.device});
      bytes_ += line.bytes;
      break;
    case ChainKind::retired:
      through_ = std::max(through_, line.through);
      while (!kept_.empty() && kept_.front().number <= through_) {
        bytes_ -= kept_.front().bytes;
        kept_.pop_front();
      }
      break;
    case ChainKind::tombstone:
      keys_.erase(line.device);
      std::erase_if(devices_, [&](const auto& device) { return device.second.id == line.device; });
      break;
  }
}

// A key that the chain does not vouch for is not sealed to: whoever put it there could read what follows.
tl::expected<void, std::string> EvidenceStore::load_devices() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{options_.folder + "/devices", error}) {
    if (entry.path().extension() != ".json") {  // never whole: a power cut left it
      ::unlink(entry.path().c_str());
      continue;
    }
    const auto device = load_device_file(entry.path().string());
    if (!device) return tl::unexpected(device.error());
    const auto known = keys_.find(device->id);
    if (known == keys_.end()) {  // its line was never written, or it was erased
      ::unlink(entry.path().c_str());
      continue;
    }
    if (known->second != hex_text(device->public_key))
      return tl::unexpected(entry.path().string() +
                            ": its public key is not the one that the chain has: move the folder away, and ask who "
                            "altered it");
    devices_[device->tag] = {device->id, device->public_key};
  }
  if (error) return tl::unexpected(options_.folder + "/devices: " + error.message());
  return {};
}

void EvidenceStore::clear_away() const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{options_.folder + "/records", error}) {
    const auto number = record_number(entry.path().filename().string());
    if (number <= through_ || number >= chain_.next_number()) ::unlink(entry.path().c_str());
  }
}

std::string EvidenceStore::tag_of(const Address& address) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  ::HMAC(::EVP_sha256(), tag_key_.data(), static_cast<int>(tag_key_.size()), address.bytes.data(), address.bytes.size(),
         digest.data(), &size);
  return hex_text(std::string_view{reinterpret_cast<const char*>(digest.data()), size});
}

tl::expected<const EvidenceStore::Device*, std::string> EvidenceStore::device_of(const Address& address, Tick now) {
  const auto tag = tag_of(address);
  if (const auto found = devices_.find(tag); found != devices_.end()) return &found->second;
  if (devices_.size() >= device_limit) return nullptr;
  const auto secret = EvidenceSecretKey::random();  // forgotten at the end of this function
  const DeviceFile file{Uuid::random().text(), tag, secret.public_key(), seal(options_.authority, secret.bytes())};
  const auto path = device_path(options_.folder, file.id);
  if (const auto written = write_durably(path, bytes_of(text_of(file))); !written)
    return tl::unexpected(written.error());
  ChainLine line;
  line.kind = ChainKind::device;
  line.device = file.id;
  line.public_key = hex_text(file.public_key);
  chain_.add(line, now);
  keys_[file.id] = line.public_key;
  return &(devices_[tag] = {file.id, file.public_key});
}

tl::expected<void, std::string> EvidenceStore::write_one(EvidenceDraft& draft, Tick now, EvidenceCounts& counts) {
  if (bytes_ + options_.record_bytes > options_.total_bytes) {
    counts.refuse(EvidenceRefusal::full);
    return {};
  }
  const auto device = device_of(draft.device, now);
  if (!device) return tl::unexpected(device.error());
  if (*device == nullptr) {
    counts.refuse(EvidenceRefusal::devices);
    return {};
  }
  const auto number = chain_.next_number();
  draft.decision["record"] = number;
  draft.decision["device"]["surrogate"] = (*device)->id;
  const auto box = seal((*device)->key, record_bytes({draft.decision.dump(), std::move(draft.capture)}));
  if (box.size() > options_.record_bytes) {
    counts.refuse(EvidenceRefusal::size);
    return {};
  }
  if (const auto written = write_durably(record_path(options_.folder, number), bytes_of(box)); !written)
    return tl::unexpected(written.error());
  ChainLine line;
  line.kind = ChainKind::record;
  line.device = (*device)->id;
  line.bytes = box.size();
  line.digest = sha256_hex(box);
  line.blocks = block_digests(box);
  chain_.add(line, now);
  kept_.push_back({number, unix_seconds(now), box.size(), (*device)->id});
  bytes_ += box.size();
  return {};
}

tl::expected<void, std::string> EvidenceStore::write(std::span<EvidenceDraft> drafts, Tick now,
                                                     EvidenceCounts& counts) {
  if (const auto torn = catch_up(); !torn) return tl::unexpected(torn.error());
  const auto before = kept_.size();
  auto fresh = counts;
  for (auto& draft : drafts) {
    if (auto done = write_one(draft, now, fresh); !done) {
      chain_.abandon();
      return done;
    }
  }
  if (auto done = chain_.commit(); !done) return done;
  counts = fresh;
  counts.written += kept_.size() - before;
  counts.bytes = bytes_;
  return {};
}

// The files go behind the lines that say so: what a power cut leaves of them goes at the next start.
tl::expected<void, std::string> EvidenceStore::retire(Tick now, EvidenceCounts& counts) {
  if (const auto torn = catch_up(); !torn) return tl::unexpected(torn.error());
  const auto oldest = unix_seconds(now) - day_s * options_.keep_days;
  // Of one that was written before the clock was set the age is not known: it goes with a later one.
  std::size_t old = 0;
  for (std::size_t i = 0; i < kept_.size(); ++i)
    if (kept_[i].seconds >= clock_set_since && kept_[i].seconds < oldest) old = i + 1;
  std::vector<ChainLine> lines;
  std::vector<std::string> files;
  std::set<std::string_view> living;  // devices
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (i < old)
      files.push_back(record_path(options_.folder, kept_[i].number));
    else
      living.insert(kept_[i].device);
  }
  if (!files.empty()) {
    ChainLine line;
    line.kind = ChainKind::retired;
    line.through = kept_[old - 1].number;
    lines.push_back(std::move(line));
    for (const auto& [tag, device] : devices_) {
      if (living.contains(device.id)) continue;
      ChainLine tombstone;
      tombstone.kind = ChainKind::tombstone;
      tombstone.device = device.id;
      lines.push_back(std::move(tombstone));
      files.push_back(device_path(options_.folder, device.id));
    }
  }
  for (const auto& line : lines) chain_.add(line, now);
  if (auto done = chain_.commit(); !done) return done;
  for (const auto& file : files) ::unlink(file.c_str());
  for (const auto& line : lines) apply(line);
  counts.bytes = bytes_;
  return {};
}

tl::expected<void, std::string> erase_device(const std::string& folder, const std::string& device, Tick now) {
  if (!fs::exists(folder + "/" + chain_file_name)) return tl::unexpected(folder + ": holds no chain of evidence");
  auto chain = ChainWriter::open(folder);
  if (!chain) return tl::unexpected(chain.error());
  bool is_known = false;
  bool is_erased = false;
  const auto torn = chain->begin([&](const ChainLine& line) {
    if (line.device != device) return;
    is_known = true;
    is_erased = is_erased || line.kind == ChainKind::tombstone;
  });
  if (!torn) return tl::unexpected(torn.error());
  const auto give_up = [&](std::string why) {
    chain->abandon();
    return tl::unexpected(std::move(why));
  };
  if (!is_known) return give_up("the chain has no device " + device + ": `sluice evidence list` has them");
  const auto path = device_path(folder, device);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return give_up(path + ": cannot be removed: " + std::strerror(errno));
  const Descriptor devices{::open((folder + "/devices").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!devices.is_open() || ::fsync(devices.number()) != 0)
    return give_up(folder + "/devices: cannot be written to the disk: " + std::strerror(errno));
  if (!is_erased) {
    ChainLine line;
    line.kind = ChainKind::tombstone;
    line.device = device;
    chain->add(line, now);
  }
  return chain->commit();
}

}  // namespace sluice
