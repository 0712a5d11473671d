#include "control/store/finding_store.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/findings/wording.hh"
#include "control/store/device_rows.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

constexpr std::int64_t day_ns = std::int64_t{86'400} * 1'000'000'000;
constexpr int retire_batch = 5000;  // findings in one transaction: who reads or writes waits for no more
constexpr std::size_t remembered_limit = 65'536;
constexpr std::string_view unknown_class = "unknown";

std::string_view class_of(const FindingGrowth& grown) {
  return grown.rule != nullptr ? text_of(grown.rule->finding_class) : unknown_class;
}

unsigned severity_of(const FindingGrowth& grown) {
  constexpr unsigned least = 4;
  return grown.rule != nullptr ? severity(grown.rule->finding_class, grown.confidence) : least;
}

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// The first column of the first row. The statement is at its end then: one that is not keeps a transaction open.
std::optional<std::int64_t> number_from(SQLite::Statement& statement) {
  std::optional<std::int64_t> number;
  if (statement.executeStep()) number = statement.getColumn(0).getInt64();
  statement.reset();
  return number;
}

std::uint64_t pragma(SQLite::Database& database, const char* text) {
  return static_cast<std::uint64_t>(database.execAndGet(text).getInt64());
}

}  // namespace

FindingStore::FindingStore(SQLite::Database database, StoreOptions options)
    : options_(std::move(options)), database_(std::move(database)) {}

tl::expected<FindingStore, StoreFailure> FindingStore::open(StoreOptions options) {
  auto database = open_store(options.path);
  if (!database) return tl::unexpected(database.error());
  FindingStore store{std::move(*database), std::move(options)};
  if (const auto counted = store.guarded([&] {
        store.count_findings();
        store.measure_bytes();
      });
      !counted)
    return tl::unexpected(counted.error());
  return store;
}

// What was not committed leaves nothing behind, here neither.
template <class Work>
tl::expected<void, StoreFailure> FindingStore::guarded(Work work) {
  try {
    work();
    return {};
  } catch (const SQLite::Exception& error) {
    devices_.clear();
    rules_.clear();
    statements_.clear();
    return tl::unexpected(failure_of(options_.path, error));
  }
}

SQLite::Statement& FindingStore::statement(const char* text) {
  auto found = statements_.find(text);
  if (found == statements_.end()) found = statements_.emplace(text, SQLite::Statement{database_, text}).first;
  found->second.reset();
  return found->second;
}

tl::expected<void, StoreFailure> FindingStore::write(std::span<const FindingGrowth> grown, StoreCounts& counts) {
  const auto before = counts;
  const auto findings_before = findings_;
  auto done = guarded([&] {
    SQLite::Transaction transaction{database_, SQLite::TransactionBehavior::IMMEDIATE};
    for (const auto& one : grown) write_one(one, counts);
    transaction.commit();
    measure_bytes();
    measure(counts);
  });
  if (!done) {
    counts = before;
    findings_ = findings_before;
  }
  return done;
}

tl::expected<void, StoreFailure> FindingStore::write(const Inventory::Changes& changes) {
  if (changes.empty()) return {};
  return guarded([&] {
    SQLite::Transaction transaction{database_, SQLite::TransactionBehavior::IMMEDIATE};
    device_rows::write(database_, changes);
    transaction.commit();
    devices_.clear();
    count_findings();
  });
}

tl::expected<std::vector<Device>, StoreFailure> FindingStore::devices() {
  std::vector<Device> devices;
  const auto done = guarded([&] { devices = device_rows::read(database_); });
  if (!done) return tl::unexpected(done.error());
  return devices;
}

void FindingStore::count_findings() { findings_ = pragma(database_, "SELECT count(*) FROM finding"); }

void FindingStore::measure_bytes() {
  bytes_ = pragma(database_, "PRAGMA page_count") * pragma(database_, "PRAGMA page_size");
}

void FindingStore::measure(StoreCounts& counts) const noexcept {
  counts.findings = findings_;
  counts.bytes = bytes_;
}

// By what is in use: pages that are free are taken first.
bool FindingStore::has_room() {
  const auto used = pragma(database_, "PRAGMA page_count") - pragma(database_, "PRAGMA freelist_count");
  return used * pragma(database_, "PRAGMA page_size") < options_.bytes;
}

std::int64_t FindingStore::device_number(const FindingGrowth& grown) {
  if (const auto known = devices_.find(grown.device_id); known != devices_.end()) return known->second;
  if (devices_.size() >= remembered_limit) devices_.clear();
  auto number = device_rows::number_of(database_, grown.device_id);
  if (!number) {
    auto& insert =
        statement("INSERT INTO device (surrogate, address, first, last) VALUES (?, ?, ?, ?) RETURNING number");
    insert.bind(1, grown.device_id);
    insert.bind(2, grown.device);
    insert.bind(3, grown.first_ns);
    insert.bind(4, grown.last_ns);
    number = number_from(insert);
  }
  return devices_[grown.device_id] = number.value();
}

// What is known of a rule is what was known of it last.
std::int64_t FindingStore::rule_number(const FindingGrowth& grown) {
  if (const auto known = rules_.find(grown.rule_id); known != rules_.end() && known->second.second == grown.rule)
    return known->second.first;
  if (rules_.size() >= remembered_limit) rules_.clear();
  auto& upsert = statement(
      "INSERT INTO rule (rule_id, class, recipient, role, confidence, source) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (rule_id) DO UPDATE SET class = excluded.class, recipient = excluded.recipient, "
      "role = excluded.role, confidence = excluded.confidence, source = excluded.source RETURNING number");
  const auto* const rule = grown.rule.get();
  upsert.bind(1, grown.rule_id);
  upsert.bind(2, std::string{class_of(grown)});
  upsert.bind(3, rule != nullptr ? stored_text(rule->recipient) : "");
  upsert.bind(4, rule != nullptr ? stored_text(rule->role) : "");
  upsert.bind(5, std::string{rule != nullptr ? text_of(rule->confidence) : unknown_class});
  upsert.bind(6, rule != nullptr ? stored_text(rule->source) : "");
  const auto number = number_from(upsert).value();
  rules_[grown.rule_id] = {number, grown.rule};
  return number;
}

std::optional<std::int64_t> FindingStore::find(std::int64_t device, std::int64_t rule, const std::string& destination) {
  auto& select = statement("SELECT number FROM finding WHERE device = ? AND rule = ? AND destination = ?");
  select.bind(1, device);
  select.bind(2, rule);
  select.bind(3, destination);
  return number_from(select);
}

void FindingStore::write_one(const FindingGrowth& grown, StoreCounts& counts) {
  const auto device = device_number(grown);
  const auto rule = rule_number(grown);
  auto number = find(device, rule, grown.destination);
  std::string_view destination = grown.destination;
  if (!number) {
    auto& others = statement("SELECT count(*) FROM finding WHERE device = ? AND rule = ?");
    others.bind(1, device);
    others.bind(2, rule);
    if (number_from(others).value() >= destination_limit) {
      destination = {};
      counts.folded += grown.count;
      number = find(device, rule, "");
    }
  }
  if (!number && !has_room()) {
    counts.full += grown.count;
    return;
  }
  if (!number) ++findings_;
  auto& upsert = statement(
      "INSERT INTO finding (device, rule, destination, class, vlan, remote, is_inside, stage, confidence, lowered, "
      "severity, count, "
      "blocked, would_block, evidence, first, last, ruleset) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, "
      "?) ON CONFLICT (device, rule, destination) DO UPDATE SET class = excluded.class, "
      "vlan = iif(vlan = excluded.vlan, vlan, NULL), remote = iif(remote = excluded.remote, remote, NULL), "
      "is_inside = max(is_inside, excluded.is_inside), stage = max(stage, excluded.stage), "
      "confidence = excluded.confidence, lowered = excluded.lowered, severity = excluded.severity, "
      "count = count + excluded.count, blocked = blocked + excluded.blocked, "
      "would_block = would_block + excluded.would_block, evidence = evidence + excluded.evidence, "
      "first = min(first, excluded.first), last = max(last, excluded.last), ruleset = excluded.ruleset "
      "RETURNING number");
  int at = 0;
  upsert.bind(++at, device);
  upsert.bind(++at, rule);
  upsert.bind(++at, std::string{destination});
  upsert.bind(++at, std::string{class_of(grown)});
  if (++at; grown.vlan)
    upsert.bind(at, *grown.vlan);
  else
    upsert.bind(at);
  if (++at; grown.remote)
    upsert.bind(at, *grown.remote);
  else
    upsert.bind(at);
  upsert.bind(++at, grown.is_inside ? 1 : 0);
  upsert.bind(++at, static_cast<int>(grown.stage));
  upsert.bind(++at, std::string{text_of(grown.confidence)});
  upsert.bind(++at, std::string{text_of(grown.lowered)});
  upsert.bind(++at, severity_of(grown));
  for (const auto value : {grown.count, grown.blocked, grown.would_block, grown.evidence})
    upsert.bind(++at, signed_of(value));
  upsert.bind(++at, grown.first_ns);
  upsert.bind(++at, grown.last_ns);
  upsert.bind(++at, grown.ruleset);
  const auto finding = number_from(upsert).value();

  auto& day = statement(
      "INSERT INTO finding_day (finding, day, finding_id, count, blocked, first, last) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (finding, day) DO UPDATE SET count = count + excluded.count, blocked = blocked + excluded.blocked, "
      "first = min(first, excluded.first), last = max(last, excluded.last)");
  at = 0;
  day.bind(++at, finding);
  day.bind(++at, grown.day);
  day.bind(++at, destination.empty() ? std::string{} : grown.finding_id);  // of several none is the one
  for (const auto value : {grown.count, grown.blocked}) day.bind(++at, signed_of(value));
  day.bind(++at, grown.first_ns);
  day.bind(++at, grown.last_ns);
  day.exec();
  counts.written += grown.count;
}

tl::expected<void, StoreFailure> FindingStore::retire(std::int64_t now_ns, StoreCounts& counts) {
  auto terms = options_.keep_days_of;
  const auto all_classes = std::string{};  // those that have no term of their own
  terms[all_classes] = options_.keep_days;
  std::string named;
  for (const auto& [name, days] : options_.keep_days_of) named += (named.empty() ? "'" : ", '") + name + "'";
  const auto before = counts.retired;
  auto done = guarded([&] {
    for (const auto& [name, days] : terms) {
      const auto of_class =
          name == all_classes ? fmt::format("class NOT IN ({})", named) : fmt::format("class = '{}'", name);
      SQLite::Statement remove{database_, fmt::format("DELETE FROM finding WHERE number IN (SELECT number FROM finding "
                                                      "WHERE last < ? AND {} LIMIT {})",
                                                      of_class, retire_batch)};
      for (int gone = retire_batch; gone == retire_batch; counts.retired += static_cast<std::uint64_t>(gone)) {
        remove.reset();
        remove.bind(1, now_ns - static_cast<std::int64_t>(days) * day_ns);
        gone = remove.exec();
      }
    }
    const auto gone = device_rows::retire(database_, now_ns - static_cast<std::int64_t>(options_.keep_days) * day_ns);
    if (counts.retired != before || gone) {
      database_.exec(
          "DELETE FROM rule WHERE number NOT IN (SELECT rule FROM finding);"
          "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;");
      devices_.clear();
      rules_.clear();
      count_findings();
    }
    measure_bytes();
    measure(counts);
  });
  return done;
}

tl::expected<bool, StoreFailure> FindingStore::change(std::int64_t number, const FindingChange& change,
                                                      std::int64_t now_ns) {
  bool is_there = false;
  const auto done = guarded([&] {
    SQLite::Transaction transaction{database_, SQLite::TransactionBehavior::IMMEDIATE};
    auto& update = statement(
        "UPDATE finding SET state = coalesce(?, state), owner = coalesce(?, owner), ticket = coalesce(?, ticket) "
        "WHERE number = ?");
    int at = 0;
    for (const auto* value : {&change.state, &change.owner, &change.ticket}) {
      ++at;
      if (*value)
        update.bind(at, stored_text(**value));
      else
        update.bind(at);
    }
    update.bind(++at, number);
    is_there = update.exec() > 0;
    if (is_there && change.note) {
      auto& insert = statement("INSERT INTO finding_note (finding, time, author, text) VALUES (?, ?, ?, ?)");
      insert.bind(1, number);
      insert.bind(2, now_ns);
      insert.bind(3, stored_text(change.author));
      insert.bind(4, stored_text(*change.note));
      insert.exec();
    }
    transaction.commit();
  });
  if (!done) return tl::unexpected(done.error());
  return is_there;
}

}  // namespace sluice
