#include "control/store/device_rows.hh"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sluice::device_rows {
namespace {

std::optional<std::int64_t> number_from(SQLite::Statement& statement) {
  std::optional<std::int64_t> number;
  if (statement.executeStep()) number = statement.getColumn(0).getInt64();
  statement.reset();
  return number;
}

std::string address_of(const Device& device) { return device.place ? device.place->address.text() : std::string{}; }

std::string hex_of(const IdentifierDigest& digest) {
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.end(), ""));
}

class Writing {
 public:
  explicit Writing(SQLite::Database& database) : database_(&database) {}

  void put(const Device& device) {
    upsert_.bind(1, device.id.text());
    upsert_.bind(2, address_of(device));
    upsert_.bind(3, device.place ? device.place->vlan : 0);
    upsert_.bind(4, device.name);
    upsert_.bind(5, device.group);
    upsert_.bind(6, device.forwards ? 1 : 0);
    upsert_.bind(7, device.identification.vendor);
    upsert_.bind(8, device.identification.model);
    upsert_.bind(9, device.identification.os);
    upsert_.bind(10, device.first_ns);
    upsert_.bind(11, device.last_ns);
    upsert_.bind(12, device.systems);
    upsert_.bind(13, device.distance);
    upsert_.bind(14, device.several().empty() ? 0 : 1);
    const auto number = number_from(upsert_).value();
    put_links(number, device);
    put_votes(number, device);
  }

 private:
  // An identifier that was taken from it by hand is another's now.
  void put_links(std::int64_t number, const Device& device) {
    std::string kept;
    for (const auto& link : device.links) kept += fmt::format("{}x'{}'", kept.empty() ? "" : ", ", hex_of(link.digest));
    database_->exec(fmt::format("DELETE FROM device_link WHERE device = {} AND digest NOT IN ({})", number, kept));
    for (const auto& link : device.links) {
      link_.reset();
      link_.bind(1, number);
      link_.bind(2, std::string{text_of(link.kind)});
      link_.bind(3, link.digest.data(), static_cast<int>(link.digest.size()));
      link_.bind(4, link.is_random ? 1 : 0);
      link_.bind(5, link.sealed.data(), static_cast<int>(link.sealed.size()));
      link_.bind(6, link.first_ns);
      link_.bind(7, link.last_ns);
      link_.exec();
    }
  }

  void put_votes(std::int64_t number, const Device& device) {
    database_->exec(fmt::format("DELETE FROM device_vote WHERE device = {}", number));
    for (const auto& seen : device.votes) {
      vote_.reset();
      vote_.bind(1, number);
      int at = 1;
      for (const auto& text : {std::string{text_of(seen.vote.from)}, seen.vote.vendor, seen.vote.model, seen.vote.os,
                               seen.vote.build, seen.vote.source})
        vote_.bind(++at, text);
      vote_.bind(++at, seen.vote.weight);
      vote_.bind(++at, static_cast<std::int64_t>(seen.count));
      vote_.bind(++at, seen.first_ns);
      vote_.bind(++at, seen.last_ns);
      vote_.exec();
    }
  }

  SQLite::Database* database_;
  SQLite::Statement upsert_{
      *database_,
      "INSERT INTO device (surrogate, address, vlan, name, team, forwards, vendor, model, os, first, last, systems, "
      "distance, is_several) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (surrogate) DO UPDATE SET "
      "address = excluded.address, vlan = excluded.vlan, name = excluded.name, team = excluded.team, "
      "forwards = excluded.forwards, vendor = excluded.vendor, model = excluded.model, os = excluded.os, "
      "first = excluded.first, last = excluded.last, systems = excluded.systems, distance = excluded.distance, "
      "is_several = excluded.is_several RETURNING number"};
  SQLite::Statement link_{*database_,
                          "INSERT INTO device_link (device, kind, digest, is_random, sealed, first, last) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, kind, digest) DO UPDATE SET "
                          "last = excluded.last"};
  SQLite::Statement vote_{*database_,
                          "INSERT OR REPLACE INTO device_vote (device, kind, vendor, model, os, build, source, weight, "
                          "count, first, last) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
};

// Findings of both become one, where they are of one rule and destination.
void join(SQLite::Database& database, std::int64_t gone, std::int64_t into) {
  const auto pair = fmt::format(
      "old.device = {} AND finding.device = {} AND old.rule = finding.rule AND "
      "old.destination = finding.destination",
      gone, into);
  database.exec(fmt::format(
      "UPDATE finding SET count = finding.count + old.count, blocked = finding.blocked + old.blocked, "
      "would_block = finding.would_block + old.would_block, evidence = finding.evidence + old.evidence, "
      "first = min(finding.first, old.first), last = max(finding.last, old.last), "
      "stage = max(finding.stage, old.stage) FROM finding AS old WHERE {0};"
      "INSERT INTO finding_day (finding, day, finding_id, count, blocked, first, last) "
      "SELECT pair.into_number, day, finding_id, count, blocked, first, last FROM finding_day JOIN "
      "(SELECT old.number AS old_number, finding.number AS into_number FROM finding AS old JOIN finding ON {0}) AS "
      "pair "
      "ON finding_day.finding = pair.old_number WHERE true ON CONFLICT (finding, day) DO UPDATE SET "
      "count = count + excluded.count, blocked = blocked + excluded.blocked, first = min(first, excluded.first), "
      "last = max(last, excluded.last);"
      "UPDATE finding_note SET finding = pair.into_number FROM (SELECT old.number AS old_number, "
      "finding.number AS into_number FROM finding AS old JOIN finding ON {0}) AS pair "
      "WHERE finding_note.finding = pair.old_number;"
      "DELETE FROM finding WHERE number IN (SELECT old.number FROM finding AS old JOIN finding ON {0});"
      "UPDATE finding SET device = {2} WHERE device = {1};"
      "UPDATE device_alias SET device = {2} WHERE device = {1};"
      "INSERT INTO device_alias (surrogate, device) SELECT surrogate, {2} FROM device WHERE number = {1};"
      "DELETE FROM device WHERE number = {1};",
      pair, gone, into));
}

Device device_from(SQLite::Statement& row) {
  Device device;
  device.id = Uuid::parse(row.getColumn(1).getString()).value_or(Uuid{});
  if (const auto address = Address::parse(row.getColumn(2).getString()))
    device.place = DevicePlace{*address, static_cast<std::uint16_t>(row.getColumn(3).getInt())};
  device.name = row.getColumn(4).getString();
  device.group = row.getColumn(5).getString();
  device.forwards = row.getColumn(6).getInt() != 0;
  device.first_ns = row.getColumn(7).getInt64();
  device.last_ns = row.getColumn(8).getInt64();
  device.systems = static_cast<std::uint8_t>(row.getColumn(9).getInt());
  device.distance = static_cast<std::uint8_t>(row.getColumn(10).getInt());
  return device;
}

}  // namespace

std::optional<std::int64_t> number_of(SQLite::Database& database, const std::string& id) {
  SQLite::Statement select{database,
                           "SELECT number FROM device WHERE surrogate = :id UNION ALL "
                           "SELECT device FROM device_alias WHERE surrogate = :id"};
  select.bind(":id", id);
  return number_from(select);
}

void write(SQLite::Database& database, const Inventory::Changes& changes) {
  for (const auto& [gone, into] : changes.joined) {
    const auto old = number_of(database, gone.text());
    auto now = number_of(database, into.text());
    if (!old || old == now) continue;
    if (!now) {
      SQLite::Statement insert{database, "INSERT INTO device (surrogate, address) VALUES (?, '') RETURNING number"};
      insert.bind(1, into.text());
      now = number_from(insert);
    }
    join(database, *old, now.value());
  }
  Writing writing{database};
  for (const auto& device : changes.devices) writing.put(device);
}

std::vector<Device> read(SQLite::Database& database) {
  std::vector<Device> devices;
  std::map<std::int64_t, std::size_t> places;
  SQLite::Statement rows{database,
                         "SELECT number, surrogate, address, vlan, name, team, forwards, first, last, systems, "
                         "distance FROM device"};
  while (rows.executeStep()) {
    places[rows.getColumn(0).getInt64()] = devices.size();
    devices.push_back(device_from(rows));
  }
  SQLite::Statement links{database, "SELECT device, kind, digest, is_random, sealed, first, last FROM device_link"};
  while (links.executeStep()) {
    const auto place = places.find(links.getColumn(0).getInt64());
    const auto kind = link_kind_of(links.getColumn(1).getString());
    const auto digest = links.getColumn(2);
    SeenLink link;
    if (place == places.end() || !kind || digest.getBytes() != static_cast<int>(link.digest.size())) continue;
    const auto* const bytes = static_cast<const std::uint8_t*>(digest.getBlob());
    std::copy(bytes, bytes + link.digest.size(), link.digest.begin());
    link.kind = *kind;
    link.is_random = links.getColumn(3).getInt() != 0;
    const auto sealed = links.getColumn(4);
    const auto* const box = static_cast<const std::uint8_t*>(sealed.getBlob());
    link.sealed.assign(box, box + sealed.getBytes());
    link.first_ns = links.getColumn(5).getInt64();
    link.last_ns = links.getColumn(6).getInt64();
    devices[place->second].links.push_back(std::move(link));
  }
  SQLite::Statement votes{database,
                          "SELECT device, kind, vendor, model, os, build, source, weight, count, first, last FROM "
                          "device_vote"};
  while (votes.executeStep()) {
    const auto place = places.find(votes.getColumn(0).getInt64());
    const auto kind = fact_kind_of(votes.getColumn(1).getString());
    if (place == places.end() || !kind) continue;
    int at = 1;
    const auto text = [&] { return votes.getColumn(++at).getString(); };
    SeenVote seen;
    seen.vote.from = *kind;
    seen.vote.vendor = text();
    seen.vote.model = text();
    seen.vote.os = text();
    seen.vote.build = text();
    seen.vote.source = text();
    seen.vote.weight = votes.getColumn(++at).getInt();
    seen.count = static_cast<std::uint64_t>(votes.getColumn(++at).getInt64());
    seen.first_ns = votes.getColumn(++at).getInt64();
    seen.last_ns = votes.getColumn(++at).getInt64();
    devices[place->second].votes.push_back(std::move(seen));
  }
  return devices;
}

bool retire(SQLite::Database& database, std::int64_t before_ns) {
  SQLite::Statement remove{database,
                           "DELETE FROM device WHERE last < ? AND name = '' AND number NOT IN (SELECT device FROM "
                           "finding)"};
  remove.bind(1, before_ns);
  return remove.exec() > 0;
}

}  // namespace sluice::device_rows
