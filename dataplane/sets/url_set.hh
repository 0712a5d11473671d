// URLs of a generation, looked up by the host and the path of a request: once for each '/' in it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/hits.hh"
#include "rules/names/http_url.hh"

namespace sluice {

// A request as it was sent. The host is without port; the port is that of the authority, else of the connection.
struct RequestedUrl {
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view target;  // "/path?query", or absolute: "http://host/path"
};

class UrlSet {
 public:
  // '/' of a path that are looked at; deeper paths match what ends before.
  static constexpr std::size_t depth_limit = 32;

  // A URL as HttpUrl::text(). index() follows once all are in.
  void add(std::string_view name, std::uint32_t row);
  void index();
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  // Of a target that is longer than http_url_size_limit, the rows that lie within it.
  void match(const RequestedUrl& url, Hits& hits) const noexcept;

 private:
  struct Entry {
    std::uint64_t hash = 0;  // of host and path
    std::uint32_t text = 0;  // offset in texts_: host and path, then the query
    std::uint16_t path_size = 0;
    std::uint16_t query_size = 0;
    std::uint16_t port = 0;  // 0: any
    std::uint32_t row = 0;
  };

  void match_path(std::uint64_t hash, std::string_view path, std::string_view query, std::uint16_t port,
                  Hits& hits) const noexcept;

  std::vector<Entry> entries_;  // sorted by hash, then row
  std::string texts_;
};

}  // namespace sluice
