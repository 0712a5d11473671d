#include "control/store/schema.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "dataplane/base/descriptor.hh"

namespace sluice {
namespace {

constexpr int patience_ms = 5000;

// From each version to the next; never changed once released. Times are nanoseconds since 1970.
constexpr std::array<const char*, store_version> migrations{R"(
-- A device is its address until more is known of it; what others see of it is the surrogate.
CREATE TABLE device (
  number INTEGER PRIMARY KEY,
  surrogate TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL UNIQUE
) STRICT;

-- What was known of a rule when it last found something.
CREATE TABLE rule (
  number INTEGER PRIMARY KEY,
  rule_id TEXT NOT NULL UNIQUE,
  class TEXT NOT NULL,
  recipient TEXT NOT NULL,
  role TEXT NOT NULL,
  confidence TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE finding (
  number INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES device,
  rule INTEGER NOT NULL REFERENCES rule,
  destination TEXT NOT NULL,    -- empty: those beyond the bound of one device and rule
  class TEXT NOT NULL,          -- of the rule, when it was last found
  vlan INTEGER,                 -- outermost, 0: none; null: it was seen in several
  remote TEXT,                  -- the other end's address; null: several, or none is meant
  is_inside INTEGER NOT NULL,   -- 1: the configuration says that the device is on the inside
  stage INTEGER NOT NULL,       -- the furthest
  confidence TEXT NOT NULL,
  lowered TEXT NOT NULL,
  severity INTEGER NOT NULL,    -- 1 (most severe) to 4
  count INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  would_block INTEGER NOT NULL,
  evidence INTEGER NOT NULL,    -- records that were asked for
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  ruleset TEXT NOT NULL,        -- digest, of the last
  state TEXT NOT NULL DEFAULT 'new',
  owner TEXT NOT NULL DEFAULT '',
  ticket TEXT NOT NULL DEFAULT '',
  UNIQUE (device, rule, destination)
) STRICT;
CREATE INDEX finding_by_last ON finding (last, number);
CREATE INDEX finding_by_device ON finding (device, last, number);
CREATE INDEX finding_by_rule ON finding (rule, last, number);
CREATE INDEX finding_by_class ON finding (class, last, number);
CREATE INDEX finding_by_state ON finding (state, last, number);

-- One day of a finding: what the finding_id of events names.
CREATE TABLE finding_day (
  finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
  day TEXT NOT NULL,            -- UTC
  finding_id TEXT NOT NULL,
  count INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (finding, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_day_by_id ON finding_day (finding_id);

CREATE TABLE finding_note (
  number INTEGER PRIMARY KEY,
  finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
  time INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX finding_note_by_finding ON finding_note (finding, number);
)",
                                                            R"(
-- A device is no longer its address.
CREATE TABLE device_2 (
  number INTEGER PRIMARY KEY,
  surrogate TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL,             -- the last; empty: none is known
  vlan INTEGER NOT NULL DEFAULT 0,   -- of the address; 0: none
  name TEXT NOT NULL DEFAULT '',     -- the operator's, as is the group
  team TEXT NOT NULL DEFAULT '',
  forwards INTEGER NOT NULL DEFAULT 0,  -- 1: its frames carry packets of several devices
  systems INTEGER NOT NULL DEFAULT 0,   -- by hop limits: 1 that starts with 64, 2 with 128, 3 both
  distance INTEGER NOT NULL DEFAULT 0,  -- routers between, at most
  is_several INTEGER NOT NULL DEFAULT 0,  -- 1: it is taken for several devices
  vendor TEXT NOT NULL DEFAULT '',   -- what the votes come to
  model TEXT NOT NULL DEFAULT '',
  os TEXT NOT NULL DEFAULT '',
  first INTEGER NOT NULL DEFAULT 0,
  last INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO device_2 (number, surrogate, address, first, last)
  SELECT number, surrogate, address,
    coalesce((SELECT min(first) FROM finding WHERE finding.device = device.number), 0),
    coalesce((SELECT max(last) FROM finding WHERE finding.device = device.number), 0) FROM device;
DROP TABLE device;
ALTER TABLE device_2 RENAME TO device;
CREATE INDEX device_by_address ON device (address);

-- What a device was before it turned out to be another that was known.
CREATE TABLE device_alias (
  surrogate TEXT PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES device ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX device_alias_by_device ON device_alias (device);

-- Identifiers: a digest and a sealed copy, both under the tap's key.
CREATE TABLE device_link (
  device INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  kind TEXT NOT NULL,
  digest BLOB NOT NULL,
  is_random INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (device, kind, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_vote (
  device INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  kind TEXT NOT NULL,           -- of the fact that it stands on
  vendor TEXT NOT NULL,
  model TEXT NOT NULL,
  os TEXT NOT NULL,
  build TEXT NOT NULL,
  weight INTEGER NOT NULL,
  source TEXT NOT NULL,
  count INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (device, kind, vendor, model, os, build, source)
) STRICT, WITHOUT ROWID;
)"};

int number_of(SQLite::Database& database, const char* pragma) { return database.execAndGet(pragma).getInt(); }

StoreFailure later(const std::string& path, int version) {
  return {StoreFault::later,
          fmt::format("{}: a later Sluice made it (version {} of the store; this one knows {}): go back "
                      "to that one, or move the file away",
                      path, version, store_version)};
}

void bring_up_to_date(SQLite::Database& database, int version) {
  SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
  for (; version < store_version; ++version) database.exec(migrations[static_cast<std::size_t>(version)]);
  database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", store_application, store_version));
  transaction.commit();
}

// Nobody else may read it; SQLite gives what it makes beside it the same mode.
tl::expected<void, StoreFailure> make_file(const std::string& path) {
  std::error_code ignored;  // open() says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  const Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
  if (!file.is_open())
    return tl::unexpected(StoreFailure{StoreFault::unreachable, fmt::format("{}: {}", path, std::strerror(errno))});
  return {};
}

}  // namespace

StoreFailure failure_of(const std::string& path, const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {StoreFault::damaged, fmt::format("{}: {}", path, error.what())};
    default: return {StoreFault::unreachable, fmt::format("{}: {}", path, error.what())};
  }
}

tl::expected<SQLite::Database, StoreFailure> open_store(const std::string& path) {
  if (const auto made = make_file(path); !made) return tl::unexpected(made.error());
  try {
    SQLite::Database database{path, SQLite::OPEN_READWRITE, patience_ms};
    const auto application = number_of(database, "PRAGMA application_id");
    const auto version = number_of(database, "PRAGMA user_version");
    const auto tables = number_of(database, "SELECT count(*) FROM sqlite_schema");
    if (tables > 0 && application != store_application)
      return tl::unexpected(StoreFailure{StoreFault::unreachable,
                                         path + ": is a database of another program; move it away, or name another "
                                                "control.state_directory"});
    if (version > store_version) return tl::unexpected(later(path, version));
    // Before there is a table: what goes gives its room back.
    if (tables == 0) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    // Foreign keys are looked at when all tables stand: a table that is made anew is gone for a moment.
    database.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -8192;");
    if (version < store_version) bring_up_to_date(database, version);
    database.exec("PRAGMA foreign_keys = ON");
    return database;
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(failure_of(path, error));
  }
}

tl::expected<SQLite::Database, StoreFailure> read_store(const std::string& path) {
  try {
    SQLite::Database database{path, SQLite::OPEN_READONLY, patience_ms};
    if (const auto version = number_of(database, "PRAGMA user_version"); version > store_version)
      return tl::unexpected(later(path, version));
    database.exec("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192;");
    return database;
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(failure_of(path, error));
  }
}

}  // namespace sluice
