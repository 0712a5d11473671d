// What lies in a folder of evidence, made of any bytes: a line of the chain is only taken as a tap writes it, a record
// comes back as it was taken apart, the page of an export has the command lines that it shall have and no other. And
// what a hostile data plane makes of an event becomes a record.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "control/evidence/chain_line.hh"
#include "control/evidence/decision.hh"
#include "control/evidence/evidence_export.hh"
#include "control/evidence/flow_keeper.hh"
#include "control/evidence/sealed_record.hh"
#include "rules/text/utf8.hh"

namespace {

constexpr std::size_t record_bytes = 32768;

void require(bool truth) {
  if (!truth) std::abort();
}

// Commands stand behind four blanks, and nothing of a record begins one or leaves its quotes.
void check_page(const std::string& page) {
  for (std::size_t at = 0; at < page.size();) {
    const auto end = std::min(page.find('\n', at), page.size());
    const auto line = std::string_view{page}.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("    ")) continue;
    const auto command = line.substr(4);
    if (command.starts_with("tshark -r capture.pcapng -Y '")) {
      require(std::ranges::count(command, '\'') == 2 && command.ends_with("' -x"));
      require(command.find_first_of("`$;|\\") == std::string_view::npos);
    } else {
      require(command == "sha256sum -c SHA256SUMS");
    }
  }
}

void check_event(const std::uint8_t* data, std::size_t size) {
  static const sluice::DecisionWriter writer{sluice::EveContext{}, "", "0", record_bytes};
  std::vector<std::uint8_t> record(data, data + size / 8 * 8);
  if (record.size() < sizeof(sluice::EventHeader)) return;
  const auto record_size = static_cast<std::uint32_t>(record.size());
  std::memcpy(record.data() + offsetof(sluice::EventHeader, size), &record_size, sizeof record_size);
  const auto event = sluice::Event::parse(record);
  if (!event) return;
  const auto draft = writer.draft(*event);
  require(draft.decision.dump().size() + draft.capture.size() < record_bytes);

  // The same as packets of a flow that is kept.
  std::vector<std::uint8_t> room(sizeof(sluice::EventHeader));
  sluice::EventWriter beginning{room};
  beginning.begin(event->header());
  const auto begin = sluice::Event::parse(beginning.finish());
  require(begin.has_value());
  sluice::FlowKeeper keeper;
  std::vector<sluice::EvidenceDraft> parts;
  keeper.take(*begin, writer, parts);
  for (int i = 0; i < 3; ++i) keeper.take(*event, writer, parts);
  keeper.finish(parts);
  for (const auto& part : parts) require(part.decision.dump().size() + part.capture.size() < record_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto line = sluice::parse_chain_line(text))
    require(sluice::text_of(*line) == text);
  else
    require(!line.error().empty() && !sluice::first_invalid_utf8(line.error()));
  if (const auto record = sluice::parse_record(text)) {
    require(sluice::record_bytes(*record) == text);
    check_page(sluice::export_page({"", 1, *record, {}}));
  }
  check_page(sluice::export_page({"", 1, {std::string{text}, ""}, {}}));
  static_cast<void>(sluice::parse_chain_head(text));
  check_event(data, size);
  return 0;
}
