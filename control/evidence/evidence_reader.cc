#include "control/evidence/evidence_reader.hh"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "control/evidence/device_file.hh"
#include "control/text/text_file.hh"

namespace sluice {

tl::expected<const EvidenceSecretKey*, std::string> EvidenceReader::key_of(const std::string& device) {
  if (const auto known = keys_.find(device); known != keys_.end()) return &known->second;
  const auto path = device_path(folder_, device);
  const auto file = load_device_file(path);
  if (!file) return tl::unexpected(file.error());
  const auto bytes = authority_.open(file->sealed_secret);
  if (!bytes) return tl::unexpected(path + ": this secret key does not open it: it was sealed to another, or altered");
  auto secret = EvidenceSecretKey::from(*bytes);
  if (!secret || secret->public_key() != file->public_key)
    return tl::unexpected(path + ": its two keys do not belong together");
  return &keys_.emplace(device, std::move(*secret)).first->second;
}

tl::expected<EvidenceRecord, std::string> EvidenceReader::read(const ChainLine& line) {
  const auto path = record_path(folder_, line.number);
  const auto box = read_text_file(path, sealed_record_limit);
  if (!box) return tl::unexpected(box.error());
  if (!*box) return tl::unexpected(path + ": there is no such file");
  const auto key = key_of(line.device);
  if (!key) return tl::unexpected(key.error());
  const auto bytes = (*key)->open(**box);
  if (!bytes) return tl::unexpected(path + ": the key of its device does not open it");
  auto record = parse_record(*bytes);
  if (!record) return tl::unexpected(path + ": " + record.error());
  const auto decision = nlohmann::json::parse(record->decision, nullptr, false);
  const bool is_meant = decision.is_object() && decision.value("record", nlohmann::json{}) == line.number &&
                        decision.value("device", nlohmann::json::object()).is_object() &&
                        decision["device"].value("surrogate", nlohmann::json{}) == line.device;
  if (!is_meant) return tl::unexpected(path + ": what it holds is another record");
  return record;
}

}  // namespace sluice
