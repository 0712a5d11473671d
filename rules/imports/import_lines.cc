// Lists of one entry a line: hosts files, lists of names and addresses, Suricata's datasets.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>

#include "rules/imports/import.hh"
#include "rules/imports/import_line.hh"
#include "rules/imports/import_value.hh"
#include "rules/names/address.hh"

namespace sluice {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t dataset_value_limit = 4096;  // bytes of a decoded value

// Names that hosts files give to the machine itself (hosts(5) of Linux, and the head of the StevenBlack lists).
constexpr std::array<std::string_view, 12> local_names{
    "localhost", "localhost.localdomain", "local",        "broadcasthost",  "ip6-localhost", "ip6-loopback",
    "0.0.0.0",   "ip6-localnet",          "ip6-allnodes", "ip6-allrouters", "ip6-allhosts",  "ip6-mcastprefix"};

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(blanks)); }

// What stands behind '#', and the line without it.
std::string_view cut_comment(std::string_view& line) {
  const auto at = line.find('#');
  if (at == std::string_view::npos) return {};
  // A '#' within a word is part of it (the fragment of a URL).
  if (at > 0 && blanks.find(line[at - 1]) == std::string_view::npos) return {};
  const auto comment = trimmed(line.substr(at + 1));
  line = trimmed(line.substr(0, at));
  return comment;
}

void hosts_line(std::string_view line, std::size_t place, const ImportedRow& origin, ImportedRows& into) {
  const auto address = first_word(line);
  const bool has_address = Address::parse(address.substr(0, address.find('%'))).has_value();
  if (!has_address) return into.leave(LeftOut::malformed, place, line, "no address in front: of domains perhaps");
  auto rest = trimmed(line.substr(address.size()));
  if (rest.empty()) return into.leave(LeftOut::malformed, place, line, "no name behind the address");
  for (; !rest.empty(); rest = trimmed(rest.substr(first_word(rest).size()))) {
    const auto name = first_word(rest);
    if (std::find(local_names.begin(), local_names.end(), name) != local_names.end()) {
      into.leave(LeftOut::local_name, place, name);
      continue;
    }
    auto row = origin;
    // A hosts file redirects exactly the names that it lists.
    if (!read_import_value(name, place, into, row)) continue;
    if (row[ListColumn::kind] == "domain" && into.defaults().kind.empty()) row[ListColumn::kind] = "host";
    into.take(std::move(row), place);
  }
}

std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto body = std::min(text.find('='), text.size());
  const auto padding = text.size() - body;
  if (text.empty() || text.size() % 4 != 0 || padding > 2 || text.size() > dataset_value_limit ||
      text.substr(0, body).find_first_not_of(alphabet) != std::string_view::npos ||
      text.substr(body).find_first_not_of('=') != std::string_view::npos)
    return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

// Suricata, "Datasets": one value a line, strings in base64, addresses and digests plain; of datarep with ",VALUE".
void dataset_line(std::string_view line, std::size_t place, const ImportedRow& origin, ImportedRows& into) {
  const auto comma = line.find(',');
  const auto value = trimmed(line.substr(0, comma));
  if (comma != std::string_view::npos) into.note(TakenAs::without_reputation, place, line);
  const auto is_digest = [&] {
    return (value.size() == 32 || value.size() == 40 || value.size() == 64) &&
           value.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  };
  if (AddressRange::parse(value) || is_digest()) return take_import_value(value, place, into, origin);
  const auto text = from_base64(value);
  if (!text) return into.leave(LeftOut::malformed, place, line, "no base64, address or digest");
  take_import_value(*text, place, into, origin);
}

}  // namespace

void import_lines(ImportFormat format, std::string_view text, const ImportedRow& origin, ImportedRows& into,
                  std::size_t first) {
  ImportLines lines(text, first);
  for (std::string_view line; lines.next(line);) {
    if (line.empty() || line.front() == '#' || line.front() == '!' || line.front() == ';') continue;
    const auto comment = cut_comment(line);
    if (format == ImportFormat::hosts) {
      hosts_line(line, lines.number(), origin, into);
    } else if (format == ImportFormat::dataset) {
      dataset_line(line, lines.number(), origin, into);
    } else {
      auto row = origin;
      row[ListColumn::purpose] = import_text(comment, import_text_limit);
      take_import_value(line, lines.number(), into, std::move(row));
    }
  }
}

}  // namespace sluice
