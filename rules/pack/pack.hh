// A pack: the rules of one publisher under one name, as one FlatBuffers file. Writing the same pack twice gives the
// same bytes; reading treats the bytes as hostile and checks everything that a source file's reader would have checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/facts/rule_list.hh"

namespace sluice {

// A file that went into the pack.
struct PackSource {
  std::string name;    // without folders
  std::string sha256;  // of its bytes, hex
};

struct PackInfo {
  std::string name;            // letters, digits, '.', '_', '-'; what rule ids begin with
  std::string channel;         // "stable", "test", ...
  std::uint64_t sequence = 0;  // grows with every release of the pack
  std::int64_t created_ns = 0;
  std::int64_t expires_ns = 0;  // 0 = never; refuses a push only, what runs keeps running
  std::vector<PackSource> sources;
};

struct Pack {
  PackInfo info;
  RuleList rules;
};

// Of the packs that the data plane makes of the site's own lists: nobody signs them and no push changes them.
constexpr std::string_view site_channel = "site";

constexpr std::size_t pack_size_limit = std::size_t{256} << 20;  // bytes
constexpr std::uint32_t pack_format = 2;

[[nodiscard]] std::vector<std::uint8_t> write_pack(const Pack& pack);
// The error says what is wrong and what to do: a cut file, a newer format, a value that no source could have held.
[[nodiscard]] tl::expected<Pack, std::string> read_pack(std::span<const std::uint8_t> bytes);
// SHA-256 over the whole file, hex: how a pack is named in statuses and events.
[[nodiscard]] std::string pack_digest(std::span<const std::uint8_t> bytes);

}  // namespace sluice
