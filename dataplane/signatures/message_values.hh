// The values of one message while they are put together for its signatures: views of its bytes, and what had to be
// written another way. What nobody asks for is not put together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/signatures/signature_input.hh"
#include "dataplane/signatures/signature_set.hh"

namespace sluice {

constexpr std::size_t further_values_limit = 512;    // of a message, beyond the first of each buffer
constexpr std::size_t number_values_limit = 512;     // of a message
constexpr std::size_t value_room_size = 128 * 1024;  // bytes of values that are written another way

class MessageValues {
 public:
  // Forgets the message before. `wanted` outlives the values.
  void begin(SignatureInput& input, const SignatureSet& wanted) noexcept {
    input_ = &input;
    wanted_ = &wanted;
    further_count_ = number_count_ = used_ = start_ = 0;
    is_cut_ = false;
  }

  [[nodiscard]] bool wants(Buffer buffer) const noexcept { return wanted_->wants(buffer); }
  [[nodiscard]] bool wants(MessageNumber number) const noexcept { return wanted_->wants(number); }

  // Null data = the message has no such value. Of a buffer that may have several, each; of others the last.
  void put(Buffer buffer, Bytes value) noexcept;
  void put(Buffer buffer, std::string_view value) noexcept { put(buffer, as_bytes(value)); }
  void put(MessageNumber number, std::uint64_t value) noexcept;

  // Writes a value piece by piece; finish() returns it, good until the next begin().
  void write(std::string_view text) noexcept;
  void write(char byte) noexcept { write(std::string_view{&byte, 1}); }
  [[nodiscard]] std::string_view written() const noexcept { return {room_.data() + start_, used_ - start_}; }
  // Takes back what was written from `size` bytes on.
  void cut_written(std::size_t size) noexcept { used_ = start_ + size; }
  [[nodiscard]] std::string_view finish() noexcept;
  void finish(Buffer buffer) noexcept { put(buffer, finish()); }

  // A bound above was hit.
  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

 private:
  SignatureInput* input_ = nullptr;
  const SignatureSet* wanted_ = nullptr;
  std::size_t further_count_ = 0;
  std::size_t number_count_ = 0;
  std::size_t used_ = 0;
  std::size_t start_ = 0;  // of the value that is being written
  bool is_cut_ = false;
  std::array<FurtherValue, further_values_limit> further_;
  std::array<NumberValue, number_values_limit> numbers_;
  std::array<char, value_room_size> room_;
};

}  // namespace sluice
