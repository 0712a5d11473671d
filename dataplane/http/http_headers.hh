// The header section of an HTTP/1 message (RFC 9112 section 5) as pairs of name and value. HTTP is text: it is cut by
// the searches and prefixes of std::string_view, which cannot leave it, never by an index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

// Cuts the first line off `rest`: true where its LF is there. A CR before the LF is taken away too, and a bare LF
// ends a line as well (RFC 9112 section 2.2).
[[nodiscard]] bool take_line(std::string_view& rest, std::string_view& line) noexcept;

// Without optional white space (RFC 9110 section 5.6.3) and line ends on both sides.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

// Names and tokens are compared without case, in ASCII (RFC 9110 section 5.1).
[[nodiscard]] bool same_token(std::string_view a, std::string_view b) noexcept;

struct HttpHeader {
  std::string_view name;   // as sent
  std::string_view value;  // trimmed; folded lines (RFC 9112 section 5.2) stand in it with their line ends
};

// for (const HttpHeader& header : request.headers). Lenient as servers are: space before the colon is dropped, a
// line without a name or a colon is passed over.
class HttpHeaders {
 public:
  HttpHeaders() noexcept = default;
  // Whole lines; nothing from the first empty line on is read.
  explicit HttpHeaders(std::string_view block) noexcept : block_(block) {}

  class Iterator {
   public:
    explicit Iterator(std::string_view at) noexcept : rest_(at) { load(); }
    const HttpHeader& operator*() const noexcept { return header_; }
    const HttpHeader* operator->() const noexcept { return &header_; }
    Iterator& operator++() noexcept {
      load();
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept {
      return at_end_ == other.at_end_ && rest_.size() == other.rest_.size();
    }

   private:
    void load() noexcept;
    std::string_view rest_;  // behind header_
    HttpHeader header_;
    bool at_end_ = false;
  };

  [[nodiscard]] Iterator begin() const noexcept { return Iterator{block_}; }
  [[nodiscard]] Iterator end() const noexcept { return Iterator{{}}; }

  // The value of the first header of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  // As it was sent.
  [[nodiscard]] std::string_view text() const noexcept { return block_; }

 private:
  std::string_view block_;
};

constexpr std::size_t http_header_limit = 256;  // lines of a header section

enum class HeaderBlock : std::uint8_t {
  whole,     // the empty line is there
  cut,       // it is yet to come
  too_long,  // more lines than http_header_limit
};

// Takes the lines up to and with the empty one off `rest`, which is left alone where they are not all there.
[[nodiscard]] HeaderBlock take_header_block(std::string_view& rest, HttpHeaders& headers) noexcept;

}  // namespace sluice
