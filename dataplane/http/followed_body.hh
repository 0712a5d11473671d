// The body of one HTTP message, followed to its end: the files in it are measured and named, and its start is kept for
// signatures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/digest.hh"
#include "dataplane/base/hits.hh"
#include "dataplane/base/pool.hh"
#include "dataplane/http/content_stream.hh"
#include "dataplane/http/file_name.hh"
#include "dataplane/http/form_stream.hh"

namespace sluice {

// Of a body's content, decoded, what signatures may be matched against.
constexpr std::size_t body_content_limit = 102'400;

// One worker's: what followed bodies are worked on with.
struct BodyTools {
  ContentStream::Scratch scratch;
  bool hashes = false;  // files are hashed
};

// How a file ended.
enum class FileState : std::uint8_t {
  closed = 0,     // all of it was read
  truncated = 1,  // bytes of it are missing, its end or some before it, or it could not be decoded to its end
};

struct FileFacts {
  std::string_view name;   // empty: none is known
  std::uint64_t size = 0;  // bytes of content that were read
  FileState state{};
  bool has_gaps = false;
  bool has_digests = false;
  std::array<std::uint8_t, Md5Sum::size> md5{};
  std::array<std::uint8_t, Sha1Sum::size> sha1{};
  std::array<std::uint8_t, Sha256Sum::size> sha256{};
};

// Whom the end of a file is told to.
struct FileSink {
  void* context;
  void (*take)(void* context, const FileFacts& file) noexcept;
};

class FollowedBody {
 public:
  static constexpr std::size_t record_limit = 4096;  // of what its event says of the message
  static constexpr std::size_t head_limit = 8192;    // a head lies in one reassembly window

  void clear() noexcept;
  // `content_type`: of a request, where its files may stand in a form; else empty. `limit`: content to keep.
  void begin(const ContentCodings& codings, std::string_view content_type, std::size_t limit) noexcept;
  // The message's head, for signatures that look at the body once more; one that is too long is not kept.
  void keep_head(std::string_view head) noexcept;
  // Room for what its events say of the message.
  [[nodiscard]] std::span<std::uint8_t> record_room() noexcept { return record_; }
  void set_record(std::size_t size) noexcept { record_size_ = static_cast<std::uint16_t>(size); }
  // Room for the name of a body that is one file.
  [[nodiscard]] std::span<char> name_room() noexcept { return name_; }
  void set_name(std::size_t size) noexcept { name_size_ = static_cast<std::uint16_t>(size); }

  // Bytes of the body as sent, without chunk lines.
  void add(Bytes coded, BodyTools& tools, FileSink sink) noexcept;
  // Bytes of it that never came by.
  void skip(BodyTools& tools, FileSink sink) noexcept;
  // No more of it will come; `whole`: its end has.
  void end(bool whole, BodyTools& tools, FileSink sink) noexcept;

  [[nodiscard]] std::string_view head() const noexcept { return {head_.data(), head_size_}; }
  [[nodiscard]] Bytes record() const noexcept { return Bytes{record_}.first(record_size_); }
  // The start of the content.
  [[nodiscard]] Bytes content() const noexcept { return Bytes{content_}.first(content_size_); }
  // Of the file at hand, or of the last one.
  [[nodiscard]] std::string_view name() const noexcept { return {name_.data(), name_size_}; }
  [[nodiscard]] std::uint64_t file_size() const noexcept { return size_; }
  // Whether as much is kept as shall be.
  [[nodiscard]] bool is_full() const noexcept { return content_size_ == content_limit_; }
  [[nodiscard]] std::optional<ContentError> error() const noexcept { return stream_.error(); }
  // How much of the content signatures have seen.
  [[nodiscard]] std::size_t seen() const noexcept { return seen_; }
  void set_seen(std::size_t size) noexcept { seen_ = static_cast<std::uint32_t>(size); }
  // What signatures have found in it.
  [[nodiscard]] Hits& reported() noexcept { return reported_; }

 private:
  // No member is initialised here: see Pool.
  struct Way {
    FollowedBody* body;
    BodyTools* tools;
    FileSink sink;
  };
  static void take_content(void* way, Bytes content) noexcept;
  static void begin_part(void* way, std::string_view name) noexcept;
  static void take_part(void* way, Bytes content) noexcept;
  static void end_part(void* way) noexcept;
  void open_file() noexcept;
  void add_to_file(Bytes content, const BodyTools& tools) noexcept;
  void close_file(FileState state, const BodyTools& tools, FileSink sink) noexcept;

  bool is_form_;
  bool is_open_;   // a file is
  bool has_gaps_;  // bytes of it never came by
  bool is_lost_;   // behind a hole the content cannot be read on
  std::uint16_t name_size_;
  std::uint16_t record_size_;
  std::uint16_t head_size_;
  std::uint32_t content_size_;
  std::uint32_t content_limit_;
  std::uint32_t seen_;
  std::uint64_t size_;  // of the file at hand
  Hits reported_;
  Md5Sum md5_;
  Sha1Sum sha1_;
  Sha256Sum sha256_;
  FormStream form_;
  std::array<char, file_name_limit> name_;
  std::array<std::uint8_t, record_limit> record_;
  std::array<char, head_limit> head_;
  std::array<std::uint8_t, body_content_limit> content_;
  ContentStream stream_;
};

using FollowedBodies = Pool<FollowedBody>;

}  // namespace sluice
