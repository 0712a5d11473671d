#include "control/evidence/chain_check.hh"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "control/evidence/chain_file.hh"
#include "control/evidence/chain_writer.hh"
#include "control/evidence/sealed_record.hh"

namespace sluice {
namespace {

// Altered bytes that are looked for, and in lines of what length: each may take seconds.
constexpr std::size_t search_limit = 4;
constexpr std::size_t search_size_limit = 4096;
constexpr std::size_t few_digits = 8;  // in which a digest may differ and still be the altered one

struct TextLine {
  std::string text;
  std::uint64_t offset = 0;  // in the file
};

// Of two digests how many digits differ, and where the first does: those of different texts share few.
struct Difference {
  std::size_t digits = 0;
  std::size_t first = 0;
};
Difference difference(std::string_view one, std::string_view other) {
  Difference found;
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    if (one[i] == other[i]) continue;
    if (found.digits++ == 0) found.first = i;
  }
  return found;
}

class ChainCheck {
 public:
  explicit ChainCheck(std::span<const ChainHead> heads) : heads_(heads) {}

  tl::expected<CheckedChain, std::string> run(const std::string& folder) {
    auto file = ChainFile::open(folder + "/" + chain_file_name, ChainFile::Use::read);
    if (!file) return tl::unexpected(file.error());
    for (std::uint64_t offset = 0;; offset = file->position()) {
      auto text = file->next();
      if (!text) return tl::unexpected(text.error());
      if (!*text) break;
      line({std::move(**text), offset});
    }
    settle(nullptr, std::nullopt);
    checked_.torn_bytes = file->torn_bytes();
    for (const auto& head : heads_)
      if (head.number > number_)
        fault(
            fmt::format("it ends with line {}, and line {} was told of: lines were taken away", number_, head.number));
    checked_.head = {number_, digest_};
    return std::move(checked_);
  }

 private:
  void fault(std::string what) { checked_.faults.push_back({chain_file_name, std::move(what)}); }

  // A line is judged when the next one is there, which has its digest.
  void line(TextLine next) {
    auto parsed = parse_chain_line(next.text);
    std::optional<std::string> told;
    if (parsed) told = parsed->previous;
    settle(&next, told);
    last_ = std::move(next);
    parsed_ = std::move(parsed);
    digest_ = sha256_hex(last_->text);
  }

  // `told`: the digest that the next line has of the last one; nothing where there is no next line, or it is none.
  void settle(const TextLine* next, const std::optional<std::string>& told) {
    if (!last_) {
      if (told && *told != first_digest()) fault("it does not begin with its first line: lines were taken away");
      return;
    }
    const auto number = number_ + 1;
    auto wanted = told;
    for (const auto& head : heads_)
      if (head.number == number) wanted = head.digest;
    const auto suspicion = std::exchange(suspicion_, {});
    if (!wanted || *wanted == digest_) {
      if (!suspicion.empty()) fault(suspicion);
      if (!parsed_) fault(fmt::format("line {}, from byte {} on: {}", number, last_->offset, parsed_.error()));
    } else if (told == wanted && next != nullptr && difference(*told, digest_).digits <= few_digits) {
      if (!suspicion.empty()) fault(suspicion);
      suspect_digest(*next, *told, number + 1);
    } else {
      altered(*wanted, number, suspicion);
    }
    number_ = parsed_ ? parsed_->number : number;
    if (parsed_) take(*parsed_, number);
  }

  // It is the digest in the next line that is another. Where that line's own digest is known, it will be found there.
  void suspect_digest(const TextLine& next, const std::string& told, std::uint64_t number) {
    const auto at = next.text.rfind(told) + difference(told, digest_).first;
    suspicion_ = fmt::format("byte {} is altered (line {}, column {}: of the digest of the line before)",
                             next.offset + at, number, at + 1);
  }

  void altered(const std::string& wanted, std::uint64_t number, const std::string& suspicion) {
    const bool is_searched = last_->text.size() <= search_size_limit && searches_++ < search_limit;
    const auto found = is_searched ? find_altered_byte(last_->text, wanted) : std::nullopt;
    if (found) {
      fault(fmt::format("byte {} is altered: it was 0x{:02x} (line {}, column {})", last_->offset + found->first,
                        found->before, number, found->first + 1));
      last_->text[found->first] = static_cast<char>(found->before);
      parsed_ = parse_chain_line(last_->text);
    } else {
      if (!suspicion.empty()) fault(suspicion);
      fault(
          fmt::format("line {} is not the one that was written: the first altered byte is one of {} to {}, or lines "
                      "were taken away or put in there",
                      number, last_->offset, last_->offset + last_->text.size()));
    }
    digest_ = wanted;
  }

  void take(const ChainLine& line, std::uint64_t number) {
    if (line.number != number) fault(fmt::format("in the place of line {} is line {}", number, line.number));
    switch (line.kind) {
      case ChainKind::start: break;
      case ChainKind::device: checked_.devices[line.device] = line.public_key; break;
      case ChainKind::record: checked_.records.push_back(line); break;
      case ChainKind::retired: checked_.through = std::max(checked_.through, line.through); break;
      case ChainKind::tombstone: checked_.erased.insert(line.device); break;
    }
  }

  std::span<const ChainHead> heads_;
  CheckedChain checked_;
  std::uint64_t number_ = 0;  // of the line that was judged last
  std::optional<TextLine> last_;
  tl::expected<ChainLine, std::string> parsed_;
  std::string digest_ = first_digest();
  std::string suspicion_;  // a fault of the next line, unless more is known of it
  std::size_t searches_ = 0;
};

}  // namespace

tl::expected<CheckedChain, std::string> check_chain(const std::string& folder, std::span<const ChainHead> heads) {
  return ChainCheck{heads}.run(folder);
}

}  // namespace sluice
