// The database that the control plane keeps: made, brought up to date, and found damaged.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <tl/expected.hpp>

namespace sluice {

// PRAGMA user_version of what this program writes. 1 is the first; a database of a later one is refused.
constexpr int store_version = 2;
// PRAGMA application_id: "slui".
constexpr int store_application = 0x736c7569;

enum class StoreFault {
  damaged,     // it is no database, or no longer one
  later,       // a later program made it
  unreachable  // the disk, the folder or the rights
};
struct StoreFailure {
  StoreFault fault{};
  std::string reason;  // with the path and what to do
};

// Opens for writing, mode 0600, with its folder; brings an older one up to date in one transaction. Write-ahead log;
// what is committed survives a power cut.
[[nodiscard]] tl::expected<SQLite::Database, StoreFailure> open_store(const std::string& path);
// A second connection, which reads only and never waits for the writer.
[[nodiscard]] tl::expected<SQLite::Database, StoreFailure> read_store(const std::string& path);
// Of what SQLite says.
[[nodiscard]] StoreFailure failure_of(const std::string& path, const SQLite::Exception& error);

}  // namespace sluice
