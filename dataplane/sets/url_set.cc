#include "dataplane/sets/url_set.hh"

#include <algorithm>

#include "rules/names/domain_name.hh"

namespace sluice {
namespace {

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), forwards: the hash up to each '/' falls out of one walk.
constexpr std::uint64_t hash_start = 0xcbf29ce484222325;
constexpr std::uint64_t step(std::uint64_t hash, char byte) noexcept {
  return (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

// RFC 9112 section 3.2.2: of an absolute target what follows the authority.
std::string_view path_of(std::string_view target) noexcept {
  if (target.starts_with('/')) return target;
  const auto authority = target.find("://");
  if (authority == std::string_view::npos) return {};
  const auto path = target.find_first_of("/?", authority + 3);
  return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
}

}  // namespace

void UrlSet::add(std::string_view name, std::uint32_t row) {
  const auto url = parse_http_url(name);
  if (!url) return;  // an indicator's name is one of its own making
  const auto text = url->host + url->path;
  auto hash = hash_start;
  for (const auto byte : text) hash = step(hash, byte);
  entries_.push_back({hash, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint16_t>(text.size()),
                      static_cast<std::uint16_t>(url->query.size()), url->port, row});
  texts_ += text;
  texts_ += url->query;
}

void UrlSet::index() {
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.hash != b.hash ? a.hash < b.hash : a.row < b.row; });
}

void UrlSet::match_path(std::uint64_t hash, std::string_view path, std::string_view query, std::uint16_t port,
                        Hits& hits) const noexcept {
  auto at = std::lower_bound(entries_.begin(), entries_.end(), hash,
                             [](const Entry& entry, std::uint64_t wanted) { return entry.hash < wanted; });
  for (; at != entries_.end() && at->hash == hash; ++at) {
    const std::string_view text{texts_.data() + at->text, std::size_t{at->path_size} + at->query_size};
    if (text.substr(0, at->path_size) != path) continue;
    if (at->port != 0 && at->port != port) continue;
    if (query.starts_with(text.substr(at->path_size))) hits.add(at->row);
  }
}

void UrlSet::match(const RequestedUrl& url, Hits& hits) const noexcept {
  auto host = url.host;
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto target = path_of(url.target);
  if (entries_.empty() || target.empty() || host.empty() || host.size() > domain_name_size_limit) return;

  std::array<char, domain_name_size_limit + 1 + http_url_size_limit> room;
  auto hash = hash_start;
  for (std::size_t i = 0; i < host.size(); ++i) {
    room[i] = lower(host[i]);
    hash = step(hash, room[i]);
  }
  auto* const begin = room.data() + host.size();
  std::size_t size = 0;
  if (target.front() == '?') begin[size++] = '/';
  size += normal_url_part(target.substr(0, http_url_size_limit), begin + size);
  const std::string_view written{begin, size};
  const auto path_size = std::min(written.find('?'), size);
  const auto query = written.substr(path_size);
  const bool whole = path_size < size || target.size() <= http_url_size_limit;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < path_size; ++i) {
    hash = step(hash, begin[i]);
    const bool last = i + 1 == path_size;
    if (last && whole) {
      match_path(hash, {room.data(), host.size() + path_size}, query, url.port, hits);
    } else if (begin[i] == '/' && ++depth <= depth_limit) {
      // Below a folder any path is meant, but a query asks for the folder itself.
      match_path(hash, {room.data(), host.size() + i + 1}, {}, url.port, hits);
    }
  }
}

}  // namespace sluice
