#include "control/evidence/evidence_store.hh"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "control/evidence/evidence_check.hh"
#include "control/evidence/evidence_quota.hh"
#include "tests/unit/scratch_folder.hh"

using namespace sluice;
namespace fs = std::filesystem;

namespace {

const Tick noon = tick_from_nanoseconds(1'800'000'000'000'000'000);
constexpr auto day = std::chrono::hours{24};

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}
void write(const std::string& path, const std::string& bytes) { std::ofstream{path, std::ios::binary} << bytes; }

// A folder of evidence with its authority.
struct Evidence {
  ScratchFolder scratch;
  EvidenceSecretKey authority = EvidenceSecretKey::random();
  EvidenceOptions options{scratch.file("evidence"), "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", authority.public_key()};
  EvidenceCounts counts;

  [[nodiscard]] tl::expected<EvidenceStore, std::string> open(Tick now = noon) {
    return EvidenceStore::open(options, "ntp", now, counts);
  }
  static EvidenceDraft draft(const char* device, const std::string& what) {
    return {*Address::parse(device), {{"sentence", what}, {"device", {{"address", device}}}}, "capture of " + what};
  }
  void record(EvidenceStore& store, const char* device, const std::string& what, Tick now = noon) {
    std::vector<EvidenceDraft> drafts;
    drafts.push_back(draft(device, what));
    const auto done = store.write(drafts, now, counts);
    BOOST_REQUIRE_MESSAGE(done, (done ? std::string{} : done.error()));
  }
  [[nodiscard]] EvidenceCheck check(std::vector<ChainHead> heads = {}, bool opens = true) const {
    EvidenceReader reader{options.folder, *EvidenceSecretKey::from(authority.bytes())};
    auto checked = check_evidence(options.folder, heads, opens ? &reader : nullptr);
    BOOST_REQUIRE(checked);
    return *checked;
  }
  [[nodiscard]] std::string path(std::uint64_t number) const { return record_path(options.folder, number); }
  [[nodiscard]] std::string chain() const { return options.folder + "/" + chain_file_name; }
  [[nodiscard]] std::string only_device() const {
    return fs::directory_iterator { options.folder + "/devices" } -> path().stem().string();
  }
};

// "FILE: WHAT" of the only fault.
std::string fault(const EvidenceCheck& check) {
  BOOST_REQUIRE_EQUAL(check.faults.size(), 1U);
  return check.faults[0].file + ": " + check.faults[0].what;
}
bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(evidence_store)

// Lines: 1 start, 2 device, 3 record, 4 record of the same, 5 device, 6 record.
BOOST_AUTO_TEST_CASE(records_are_read_by_the_authority_alone) {
  Evidence evidence;
  auto store = evidence.open();
  BOOST_REQUIRE_MESSAGE(store, (store ? std::string{} : store.error()));
  evidence.record(*store, "10.0.0.2", "first finding");
  evidence.record(*store, "10.0.0.2", "second finding");
  evidence.record(*store, "10.0.0.3", "third finding");
  const auto check = evidence.check({store->head()});
  for (const auto& found : check.faults) BOOST_ERROR(found.file << ": " << found.what);
  BOOST_TEST(check.records == 3U);
  BOOST_TEST(check.good == 3U);
  BOOST_TEST(check.opened == 3U);
  BOOST_TEST(check.head.number == 6U);
  BOOST_TEST(evidence.counts.written == 3U);

  EvidenceReader reader{evidence.options.folder, *EvidenceSecretKey::from(evidence.authority.bytes())};
  const auto chain = check_chain(evidence.options.folder, {});
  BOOST_REQUIRE(chain && chain->records.size() == 3);
  const auto record = reader.read(chain->records[1]);
  BOOST_REQUIRE(record);
  BOOST_TEST(holds(record->decision, "second finding"));
  BOOST_TEST(record->capture == "capture of second finding");
  BOOST_TEST(chain->records[0].device == chain->records[1].device);
  BOOST_TEST(chain->records[0].device != chain->records[2].device);

  EvidenceReader stranger{evidence.options.folder, EvidenceSecretKey::random()};
  BOOST_TEST(!stranger.read(chain->records[1]));
  // Nothing in clear says who, or what.
  for (const auto& entry : fs::recursive_directory_iterator{evidence.options.folder}) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = content(entry.path().string());
    BOOST_TEST(!holds(bytes, "10.0.0."));
    BOOST_TEST(!holds(bytes, "finding"));
    struct ::stat status {};
    BOOST_TEST(::stat(entry.path().c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 077U) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_under_the_same_key) {
  Evidence evidence;
  {
    auto store = evidence.open();
    BOOST_REQUIRE(store);
    evidence.record(*store, "10.0.0.2", "before");
  }
  auto store = evidence.open();
  BOOST_REQUIRE_MESSAGE(store, (store ? std::string{} : store.error()));
  evidence.record(*store, "10.0.0.2", "behind");
  const auto chain = check_chain(evidence.options.folder, {});
  BOOST_REQUIRE(chain && chain->records.size() == 2);
  BOOST_TEST(chain->devices.size() == 1U);
  BOOST_TEST(evidence.check().opened == 2U);
}

// Each byte of a record, as no case of its own: the first, one of a later block, the last.
BOOST_AUTO_TEST_CASE(the_first_altered_byte_of_a_record_is_named) {
  Evidence evidence;
  auto store = evidence.open();
  BOOST_REQUIRE(store);
  evidence.record(*store, "10.0.0.2", std::string(1000, 'x'));
  const auto path = evidence.path(3);
  const auto recorded = content(path);
  for (const std::size_t at : {std::size_t{0}, std::size_t{777}, recorded.size() - 1}) {
    auto altered = recorded;
    altered[at] = static_cast<char>(altered[at] ^ 4);
    write(path, altered);
    BOOST_TEST(holds(fault(evidence.check({}, false)),
                     "records/0000000003.box: it is altered: byte " + std::to_string(at) + " was"));
  }
  write(path, recorded.substr(0, 700));
  BOOST_TEST(holds(fault(evidence.check()), "it ends at byte 700"));
  write(path, recorded + "z");
  BOOST_TEST(holds(fault(evidence.check()), "byte " + std::to_string(recorded.size()) + " and what follows was added"));
  fs::remove(path);
  BOOST_TEST(holds(fault(evidence.check()), "records/0000000003.box: it is missing"));
  write(path, recorded);
  write(evidence.path(2), "made up");
  BOOST_TEST(holds(fault(evidence.check()), "records/0000000002.box: no line of the chain names it"));
}

BOOST_AUTO_TEST_CASE(the_first_altered_byte_of_the_chain_is_named) {
  Evidence evidence;
  auto store = evidence.open();
  BOOST_REQUIRE(store);
  for (const auto* const what : {"one", "two", "three"}) evidence.record(*store, "10.0.0.2", what);
  const auto recorded = content(evidence.chain());
  const auto check = [&] { return evidence.check({store->head()}, false); };
  std::size_t line_start = 0;
  for (std::size_t line = 1; line <= 5; ++line) {
    // A digit of the time, so that the line is still one; and the brace, so that it is none.
    for (const auto at : {recorded.find("T", recorded.find("time", line_start) + 8) + 1, line_start}) {
      auto altered = recorded;
      altered[at] = altered[at] == '{' ? '[' : altered[at] == '1' ? '0' : '1';
      write(evidence.chain(), altered);
      const auto said = check();
      BOOST_REQUIRE(!said.faults.empty());
      BOOST_TEST(said.faults.front().file == chain_file_name);
      BOOST_TEST_CONTEXT("line " << line << ": " << said.faults.front().what)
      BOOST_TEST(said.faults.front().what.starts_with("byte " + std::to_string(at) + " is altered"));
    }
    line_start = recorded.find('\n', line_start) + 1;
  }
  // In the digest of the line before.
  const auto at = recorded.find("previous", recorded.find('\n')) + 20;
  auto altered = recorded;
  altered[at] = altered[at] == 'a' ? 'b' : 'a';
  write(evidence.chain(), altered);
  BOOST_TEST(holds(fault(check()), "byte " + std::to_string(at) + " is altered"));
  // A line taken out; the last ones taken away.
  const auto second = recorded.find('\n') + 1, third = recorded.find('\n', second) + 1;
  write(evidence.chain(), recorded.substr(0, second) + recorded.substr(third));
  BOOST_TEST(!check().faults.empty());
  write(evidence.chain(), recorded.substr(0, third));
  BOOST_TEST(holds(check().faults.at(0).what, "lines were taken away"));
  // A chain that is broken gets no further line.
  write(evidence.chain(), altered);
  const auto reopened = evidence.open();
  BOOST_REQUIRE(!reopened);
  BOOST_TEST(holds(reopened.error(), "verify"));
  write(evidence.chain(), recorded);
  BOOST_TEST(check().faults.empty());
}

BOOST_AUTO_TEST_CASE(what_a_power_cut_leaves_is_mended) {
  Evidence evidence;
  {
    auto store = evidence.open();
    BOOST_REQUIRE(store);
    evidence.record(*store, "10.0.0.2", "whole");
  }
  std::ofstream{evidence.chain(), std::ios::app} << R"({"number":4,"time)";
  write(evidence.path(4), "a box whose line never came");
  const auto before = evidence.check();
  BOOST_TEST(before.faults.empty());
  BOOST_TEST(before.torn_bytes == 17U);
  auto store = evidence.open();
  BOOST_REQUIRE_MESSAGE(store, (store ? std::string{} : store.error()));
  BOOST_TEST(evidence.counts.mended == 1U);
  BOOST_TEST(!fs::exists(evidence.path(4)));
  evidence.record(*store, "10.0.0.2", "behind");
  BOOST_TEST(evidence.check().faults.empty());
  BOOST_TEST(evidence.check().opened == 2U);
  BOOST_TEST(holds(content(evidence.chain()), "\"cut_bytes\":17"));
}

BOOST_AUTO_TEST_CASE(an_erased_device_is_opened_by_nobody_and_the_chain_holds) {
  Evidence evidence;
  auto store = evidence.open();
  BOOST_REQUIRE(store);
  evidence.record(*store, "10.0.0.2", "first");
  const auto device = evidence.only_device();
  const auto erased = erase_device(evidence.options.folder, device, noon);
  BOOST_REQUIRE_MESSAGE(erased, (erased ? std::string{} : erased.error()));
  BOOST_TEST(!fs::exists(device_path(evidence.options.folder, device)));
  // The store, which had it open all the while, seals to a new key.
  evidence.record(*store, "10.0.0.2", "second");
  BOOST_TEST(evidence.only_device() != device);
  const auto check = evidence.check({store->head()});
  for (const auto& found : check.faults) BOOST_ERROR(found.file << ": " << found.what);
  BOOST_TEST(check.good == 2U);
  BOOST_TEST(check.erased == 1U);
  BOOST_TEST(check.opened == 1U);
  // Once more changes nothing; one that nobody knows is refused.
  BOOST_TEST(erase_device(evidence.options.folder, device, noon).has_value());
  BOOST_TEST(evidence.check().head.digest == check.head.digest);
  BOOST_TEST(!erase_device(evidence.options.folder, "0b9ed8b6-53a1-4c4e-9f0e-000000000000", noon));
  // A key that goes without a word, or comes back, is said.
  const auto kept = content(device_path(evidence.options.folder, evidence.only_device()));
  const auto living = evidence.only_device();
  fs::remove(device_path(evidence.options.folder, living));
  BOOST_TEST(holds(evidence.check({}, false).faults.at(0).what, "no line of the chain says that it was destroyed"));
  write(device_path(evidence.options.folder, living), kept);
  write(device_path(evidence.options.folder, device), kept);
  BOOST_TEST(holds(fault(evidence.check()), "says that this key was destroyed"));
}

// Whoever puts a key of his own in the place of a device's could read what follows.
BOOST_AUTO_TEST_CASE(a_key_that_the_chain_does_not_know_is_not_sealed_to) {
  Evidence evidence;
  {
    auto store = evidence.open();
    BOOST_REQUIRE(store);
    evidence.record(*store, "10.0.0.2", "first");
  }
  const auto path = device_path(evidence.options.folder, evidence.only_device());
  auto text = content(path);
  const auto at = text.find("public_key") + 13;
  text.replace(at, 64, hex_text(EvidenceSecretKey::random().public_key()));
  write(path, text);
  BOOST_TEST(holds(fault(evidence.check({}, false)), "is not the one that the chain has"));
  BOOST_TEST(!evidence.open());
}

BOOST_AUTO_TEST_CASE(old_records_go_and_the_chain_holds) {
  Evidence evidence;
  auto store = evidence.open();
  BOOST_REQUIRE(store);
  evidence.record(*store, "10.0.0.2", "old");
  evidence.record(*store, "10.0.0.3", "new", noon + 20 * day);
  const auto old_device = check_chain(evidence.options.folder, {})->records[0].device;
  const auto bytes = evidence.counts.bytes;
  BOOST_REQUIRE(store->retire(noon + 30 * day, evidence.counts));
  BOOST_TEST(fs::exists(evidence.path(3)));
  BOOST_REQUIRE(store->retire(noon + 31 * day, evidence.counts));
  BOOST_TEST(!fs::exists(evidence.path(3)));
  BOOST_TEST(!fs::exists(device_path(evidence.options.folder, old_device)));
  BOOST_TEST(evidence.counts.bytes < bytes);
  const auto check = evidence.check({store->head()});
  for (const auto& found : check.faults) BOOST_ERROR(found.file << ": " << found.what);
  BOOST_TEST(check.retired == 1U);
  BOOST_TEST(check.opened == 1U);
  // What a power cut leaves of it goes at the next start.
  write(evidence.path(3), "left over");
  BOOST_REQUIRE(evidence.open(noon + 31 * day));
  BOOST_TEST(!fs::exists(evidence.path(3)));
}

BOOST_AUTO_TEST_CASE(what_was_written_before_the_clock_was_set_goes_with_what_came_later) {
  Evidence evidence;
  const auto boot = tick_from_nanoseconds(60'000'000'000);  // 1970
  auto store = evidence.open(boot);
  BOOST_REQUIRE(store);
  evidence.record(*store, "10.0.0.2", "early", boot);
  evidence.record(*store, "10.0.0.2", "later", noon);
  BOOST_REQUIRE(store->retire(noon + 30 * day, evidence.counts));
  BOOST_TEST(fs::exists(evidence.path(3)));
  BOOST_REQUIRE(store->retire(noon + 31 * day, evidence.counts));
  BOOST_TEST(!fs::exists(evidence.path(3)));
}

BOOST_AUTO_TEST_CASE(what_finds_no_room_is_counted) {
  Evidence evidence;
  evidence.options.record_bytes = 20'480;
  evidence.options.total_bytes = 21'000;
  auto store = evidence.open();
  BOOST_REQUIRE(store);
  evidence.record(*store, "10.0.0.2", "fits");
  evidence.record(*store, "10.0.0.2", std::string(30'000, 'x'));
  evidence.record(*store, "10.0.0.2", std::string(700, 'x'));
  evidence.record(*store, "10.0.0.2", "no room");
  const auto refused = [&](EvidenceRefusal why) { return evidence.counts.refused[static_cast<std::size_t>(why)]; };
  BOOST_TEST(refused(EvidenceRefusal::size) == 1U);
  BOOST_TEST(refused(EvidenceRefusal::full) == 1U);
  BOOST_TEST(evidence.counts.written == 2U);
  BOOST_TEST(evidence.check({store->head()}).opened == 2U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_an_error) {
  Evidence evidence;
  write(evidence.options.folder, "a file");
  BOOST_TEST(!evidence.open());
}

BOOST_AUTO_TEST_CASE(each_device_has_so_many_records_in_an_hour) {
  EvidenceQuota quota{2};
  const auto one = *Address::parse("10.0.0.2"), other = *Address::parse("2001:db8::1");
  BOOST_TEST(quota.take(one, noon));
  BOOST_TEST(quota.take(one, noon));
  BOOST_TEST(!quota.take(one, noon));
  BOOST_TEST(quota.take(other, noon));
  BOOST_TEST(quota.take(one, noon + std::chrono::hours{1}));
}

BOOST_AUTO_TEST_SUITE_END()
