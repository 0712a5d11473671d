#include "control/access/audit_log.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "control/text/timestamp.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view name_start = "audit-", name_end = ".jsonl";
constexpr std::size_t month_size = 7;                // 2026-11
constexpr std::string_view first_month = "2026-01";  // a clock that says less was not set: there was no Sluice

const std::string no_digest(sha256_text_size, '0');

std::string path_of(const std::string& folder, const std::string& month) {
  return fmt::format("{}/{}{}{}", folder, name_start, month, name_end);
}

// In order of time.
tl::expected<std::vector<std::string>, std::string> months_in(const std::string& folder) {
  std::vector<std::string> months;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (name.size() == name_start.size() + month_size + name_end.size() && name.starts_with(name_start) &&
        name.ends_with(name_end))
      months.push_back(name.substr(name_start.size(), month_size));
  }
  if (error) return tl::unexpected(folder + ": cannot be read: " + error.message());
  std::sort(months.begin(), months.end());
  return months;
}

std::string digest_of(std::string_view line) {
  Sha256 sum;
  sum.add(line);
  return sum.hex();
}

// Reads a file of the chain line by line; `check` goes on from what was read before. The first line of all may point
// to one that has gone with its time.
tl::expected<void, std::string> read_file(ChainFile& file, const std::string& path, AuditCheck& check,
                                          const std::function<bool(const AuditLine&)>& take) {
  for (;;) {
    const auto text = file.next();
    if (!text) return tl::unexpected(text.error());
    if (!*text) return {};
    const auto fault = [&](std::string_view what) {
      if (check.fault.empty()) check.fault = fmt::format("{}, behind line {}: {}", path, check.last, what);
    };
    const auto line = parse_audit_line(**text);
    if (!line) {
      fault(line.error());
      return {};
    }
    const bool is_first = check.lines == 0;
    if (!is_first && line->number != check.last + 1) fault("a number is left out");
    if (!is_first && line->previous != check.head) fault("it does not follow from the line before");
    if (is_first && line->number == 1 && line->previous != no_digest) fault("something stood before the first line");
    if (!check.fault.empty()) return {};
    ++check.lines;
    if (is_first) check.first = line->number;
    check.last = line->number;
    check.head = digest_of(**text);
    if (take && !take(*line)) return {};
  }
}

}  // namespace

tl::expected<AuditCheck, std::string> AuditLog::check(const std::string& folder) {
  const auto months = months_in(folder);
  if (!months) return tl::unexpected(months.error());
  AuditCheck check;
  for (const auto& month : *months) {
    const auto path = path_of(folder, month);
    auto file = ChainFile::open(path, ChainFile::Use::read);
    if (!file) return tl::unexpected(file.error());
    if (const auto read = read_file(*file, path, check, {}); !read) return tl::unexpected(read.error());
    if (!check.fault.empty()) break;
  }
  return check;
}

tl::expected<std::unique_ptr<AuditLog>, std::string> AuditLog::open(const std::string& folder, std::uint32_t keep_days,
                                                                    Tick now) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return tl::unexpected(folder + ": cannot be made: " + error.message());
  std::unique_ptr<AuditLog> log{new AuditLog{folder, keep_days}};
  if (const auto done = log->resume(); !done) return tl::unexpected(done.error());
  AuditLine line;
  line.kind = AuditKind::started;
  line.subject = std::exchange(log->put_aside_, {});
  if (const auto noted = log->note(std::move(line), now); !noted) return tl::unexpected(noted.error());
  return log;
}

// The last file is read; those before it are looked at by who checks the whole.
tl::expected<void, std::string> AuditLog::resume() {
  digest_ = no_digest;
  const auto months = months_in(folder_);
  if (!months) return tl::unexpected(months.error());
  if (months->empty()) return {};
  month_ = months->back();
  const auto path = path_of(folder_, month_);
  auto file = ChainFile::open(path, ChainFile::Use::write);
  if (!file) return tl::unexpected(file.error());
  AuditCheck check;
  if (const auto read = read_file(*file, path, check, {}); !read) return tl::unexpected(read.error());
  if (!check.fault.empty()) {
    const auto aside = path + ".damaged";
    std::error_code error;
    fs::rename(path, aside, error);
    if (error) return tl::unexpected(path + ": does not hold, and cannot be put aside: " + error.message());
    put_aside_ = check.fault + "; put aside as " + aside;
    return {};
  }
  if (file->torn_bytes() != 0)
    if (const auto cut = file->cut_here(); !cut) return tl::unexpected(cut.error());
  if (check.lines != 0) {
    number_ = check.last;
    digest_ = check.head;
  }
  file_ = std::move(*file);
  return {};
}

tl::expected<void, std::string> AuditLog::turn_to(const std::string& month, Tick now) {
  const auto path = path_of(folder_, month);
  auto file = ChainFile::open(path, ChainFile::Use::write);
  if (!file) return tl::unexpected(file.error());
  AuditCheck check;  // what is there is read past, and left as it is
  if (const auto read = read_file(*file, path, check, {}); !read) return tl::unexpected(read.error());
  file_ = std::move(*file);
  month_ = month;
  retire(now);
  return {};
}

// Whole files alone: the chain loses lines at its old end and nowhere else. What was written without a clock is as old
// as what follows it.
void AuditLog::retire(Tick now) const {
  const auto months = months_in(folder_);
  if (!months) return;
  const auto before = day_text(now - std::chrono::hours{24} * keep_days_).substr(0, month_size);
  const auto dated =
      std::find_if(months->begin(), months->end(), [](const auto& month) { return month >= first_month; });
  for (const auto& month : *months) {
    std::error_code ignored;  // it is tried again with the next file
    const auto& age = month < first_month && dated != months->end() ? *dated : month;
    if (age < before && month < month_) fs::remove(path_of(folder_, month), ignored);
  }
}

tl::expected<std::uint64_t, std::string> AuditLog::note(AuditLine line, Tick now) {
  const std::lock_guard lock{mutex_};
  const auto month = std::max(month_, day_text(now).substr(0, month_size));
  if (!file_ || month != month_)
    if (const auto turned = turn_to(month, now); !turned) return tl::unexpected(turned.error());
  line.number = number_ + 1;
  line.time = timestamp_text(now);
  line.previous = digest_;
  const auto text = text_of(line);
  if (const auto written = file_->append(text + "\n"); !written) return tl::unexpected(written.error());
  number_ = line.number;
  digest_ = digest_of(text);
  return line.number;
}

tl::expected<std::vector<AuditLine>, std::string> AuditLog::page(std::uint64_t after, std::size_t limit) const {
  std::vector<AuditLine> lines;
  const auto months = months_in(folder_);
  if (!months) return tl::unexpected(months.error());
  for (const auto& month : *months) {
    const auto path = path_of(folder_, month);
    auto file = ChainFile::open(path, ChainFile::Use::read);
    if (!file) return tl::unexpected(file.error());
    AuditCheck check;
    const auto read = read_file(*file, path, check, [&](const AuditLine& line) {
      if (line.number > after && lines.size() < limit) lines.push_back(line);
      return lines.size() < limit;
    });
    if (!read) return tl::unexpected(read.error());
    if (lines.size() == limit) break;
  }
  return lines;
}

}  // namespace sluice
