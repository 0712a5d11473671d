// The inventory on disk: devices with their identifiers, sealed, and the votes about them.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/devices/inventory.hh"

// All of them throw what SQLite says, and belong into a transaction of the caller's.
namespace sluice::device_rows {

// Of a device, or of what it turned out to be.
[[nodiscard]] std::optional<std::int64_t> number_of(SQLite::Database& database, const std::string& id);
void write(SQLite::Database& database, const Inventory::Changes& changes);
[[nodiscard]] std::vector<Device> read(SQLite::Database& database);
// Devices without name and findings that were not seen since. True: there were some.
bool retire(SQLite::Database& database, std::int64_t before_ns);

}  // namespace sluice::device_rows
