#include "control/evidence/chain_writer.hh"

#include <fmt/format.h>

#include <utility>

#include "control/evidence/sealed_record.hh"
#include "control/text/timestamp.hh"
#include "rules/text/sha256.hh"

namespace sluice {

std::string first_digest() { return std::string(sha256_text_size, '0'); }

tl::expected<ChainWriter, std::string> ChainWriter::open(const std::string& folder) {
  auto file = ChainFile::open(folder + "/" + chain_file_name, ChainFile::Use::write);
  if (!file) return tl::unexpected(file.error());
  ChainWriter writer{std::move(*file)};
  writer.head_ = writer.ahead_ = {0, first_digest()};
  return writer;
}

tl::expected<std::uint64_t, std::string> ChainWriter::begin(const Take& take) {
  if (const auto locked = file_.lock(); !locked) return tl::unexpected(locked.error());
  const auto give_up = [this](std::string why) {
    file_.unlock();
    return tl::unexpected(std::move(why));
  };
  for (;;) {
    const auto text = file_.next();
    if (!text) return give_up(text.error());
    if (!*text) break;
    const auto line = parse_chain_line(**text);
    const bool follows = line && line->number == head_.number + 1 && line->previous == head_.digest;
    if (!follows)
      return give_up(
          fmt::format("line {} of the chain does not hold: `sluice evidence verify` says where; move the "
                      "folder away, and a new chain begins",
                      head_.number + 1));
    head_ = ahead_ = {line->number, sha256_hex(**text)};
    take(*line);
  }
  const auto torn = file_.torn_bytes();
  if (torn == 0) return 0;
  if (const auto cut = file_.cut_here(); !cut) return give_up(cut.error());
  return torn;
}

std::uint64_t ChainWriter::add(ChainLine line, Tick now) {
  line.number = next_number();
  line.time = timestamp_text(now);
  line.previous = ahead_.digest;
  const auto text = text_of(line);
  ahead_ = {line.number, sha256_hex(text)};
  pending_ += text + "\n";
  return line.number;
}

tl::expected<void, std::string> ChainWriter::commit() {
  auto done = pending_.empty() ? tl::expected<void, std::string>{} : file_.append(pending_);
  pending_.clear();
  if (done) head_ = ahead_;
  file_.unlock();
  return done;
}

}  // namespace sluice
