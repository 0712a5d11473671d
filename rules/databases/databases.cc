#include "rules/databases/databases.hh"

#include <fmt/format.h>

#include <concepts>
#include <string_view>

#include "rules/text/sha256.hh"

namespace sluice {
namespace {

// Little-endian throughout: magic, u32 format, u32 number of buffers, u32 size of the platform text, u64 size of each
// database, the one for streams last; digest of the patterns, platform, databases; SHA-256 (hex) over all of that.
constexpr std::string_view magic = "SLUICEDB";
constexpr std::size_t database_count = buffer_count + 1;
constexpr std::size_t header_size = magic.size() + std::size_t{3} * 4 + database_count * 8;
constexpr std::size_t least_size = header_size + std::size_t{2} * sha256_text_size;
constexpr std::uint32_t platform_limit = 256;  // bytes

template <std::unsigned_integral Number>
void put(std::vector<std::uint8_t>& out, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put(std::vector<std::uint8_t>& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

// Takes from the front; the caller has checked that it is there.
class Front {
 public:
  explicit Front(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

  [[nodiscard]] std::span<const std::uint8_t> take(std::size_t count) {
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  template <std::unsigned_integral Number>
  [[nodiscard]] Number number() {
    Number value = 0;
    const auto raw = take(sizeof value);
    for (std::size_t i = 0; i < sizeof value; ++i) value |= static_cast<Number>(Number{raw[i]} << (8 * i));
    return value;
  }
  [[nodiscard]] std::string text(std::size_t count) {
    const auto raw = take(count);
    return {raw.begin(), raw.end()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

std::string sum_of(std::span<const std::uint8_t> bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

tl::unexpected<std::string> refused(std::string_view why) {
  return tl::unexpected(fmt::format("compiled databases: {}; compile them anew", why));
}

}  // namespace

std::vector<std::uint8_t> write_databases(const Databases& databases) {
  std::vector<std::uint8_t> out;
  auto size = least_size + databases.platform.size();
  for (const auto& database : databases.by_buffer) size += database.size();
  size += databases.payload_stream.size();
  out.reserve(size);
  put(out, magic);
  put(out, databases_format);
  put(out, static_cast<std::uint32_t>(buffer_count));
  put(out, static_cast<std::uint32_t>(databases.platform.size()));
  for (const auto& database : databases.by_buffer) put(out, std::uint64_t{database.size()});
  put(out, std::uint64_t{databases.payload_stream.size()});
  put(out, databases.prefilter_digest);
  put(out, databases.platform);
  for (const auto& database : databases.by_buffer) out.insert(out.end(), database.begin(), database.end());
  out.insert(out.end(), databases.payload_stream.begin(), databases.payload_stream.end());
  put(out, sum_of(out));
  return out;
}

tl::expected<Databases, std::string> read_databases(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < least_size)
    return refused(fmt::format("{} bytes, and the shortest file has {}: it was cut", bytes.size(), least_size));
  if (bytes.size() > databases_file_limit)
    return refused(fmt::format("{} bytes are more than the limit of {}", bytes.size(), databases_file_limit));
  Front front{bytes};
  if (front.text(magic.size()) != magic) return refused("this is another kind of file");
  if (const auto format = front.number<std::uint32_t>(); format != databases_format)
    return refused(fmt::format("format {}, and this program reads format {}", format, databases_format));
  if (const auto buffers = front.number<std::uint32_t>(); buffers != buffer_count)
    return refused(fmt::format("of {} buffers, and this program has {}", buffers, buffer_count));
  const auto platform_size = front.number<std::uint32_t>();
  if (platform_size > platform_limit) return refused("the platform text is too long: the file is damaged");
  std::array<std::size_t, database_count> sizes{};
  std::size_t rest = bytes.size() - least_size;  // what the file holds beside its fixed parts
  const auto promised = [&rest](std::uint64_t size) {
    if (size > rest) return false;
    rest -= static_cast<std::size_t>(size);
    return true;
  };
  bool holds = promised(platform_size);
  for (auto& size : sizes) {
    const auto wanted = front.number<std::uint64_t>();
    holds = holds && promised(wanted);
    size = static_cast<std::size_t>(wanted);
  }
  if (!holds) return refused("the file is shorter than it says: it was cut");
  if (rest != 0) return refused(fmt::format("{} bytes stand behind the end", rest));

  const auto content = bytes.first(bytes.size() - sha256_text_size);
  const auto sum = bytes.last(sha256_text_size);
  if (sum_of(content) != std::string{sum.begin(), sum.end()})
    return refused("the SHA-256 over the content does not fit: the file is damaged");

  Databases databases;
  databases.prefilter_digest = front.text(sha256_text_size);
  databases.platform = front.text(platform_size);
  if (!is_sha256(databases.prefilter_digest)) return refused("the digest in it is none");
  for (std::size_t buffer = 0; buffer < buffer_count; ++buffer) {
    const auto raw = front.take(sizes[buffer]);
    databases.by_buffer[buffer].assign(raw.begin(), raw.end());
  }
  const auto stream = front.take(sizes[buffer_count]);
  databases.payload_stream.assign(stream.begin(), stream.end());
  return databases;
}

}  // namespace sluice
