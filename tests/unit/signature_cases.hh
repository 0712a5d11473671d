// Signatures and messages made from a string of bytes, of so few letters that they match now and then.
#pragma once

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "dataplane/signatures/signature_input.hh"

namespace sluice::test {

// Decisions, one a byte; once they run out all are 0.
class Choices {
 public:
  explicit Choices(Bytes bytes) : bytes_(bytes) {}

  std::uint32_t below(std::uint32_t bound) {
    if (bytes_.empty()) return 0;
    const std::uint32_t value = bytes_.front() % bound;
    bytes_ = bytes_.subspan(1);
    return value;
  }
  bool one_in(std::uint32_t count) { return below(count) == count - 1; }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

inline std::vector<std::uint8_t> random_bytes(std::mt19937& random, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

inline std::string letters(Choices& choices, std::uint32_t count) {
  std::string text;
  for (std::uint32_t i = 0; i < count; ++i) text += "aabAc"[choices.below(5)];
  return text;
}

constexpr std::array<Buffer, 3> buffers_of_cases{Buffer::payload, Buffer::http_uri, Buffer::http_header};

inline Content content_of(Choices& choices) {
  Content content;
  content.bytes = letters(choices, 1 + choices.below(3));
  content.negated = choices.one_in(4);
  content.nocase = choices.one_in(3);
  content.startswith = choices.one_in(8);
  content.endswith = choices.one_in(6);
  if (choices.one_in(5)) content.offset = choices.below(6);
  if (choices.one_in(5)) content.depth = choices.below(10);
  if (choices.one_in(3)) content.distance = static_cast<std::int32_t>(choices.below(9)) - 4;
  if (choices.one_in(3)) content.within = choices.below(8);
  return content;
}

// One that counts from what a byte_extract set.
inline void name_variable(Content& content, Choices& choices) {
  content.startswith = false;  // the other way to say where it stands
  if (choices.one_in(2)) {
    content.offset.reset();
    content.offset_variable = 0;
  } else {
    content.distance.reset();
    content.distance_variable = 0;
  }
}

// The letters are hex digits, so that as text they are small numbers.
inline PartCheck check_of(Choices& choices) {
  if (choices.one_in(4)) {
    DataAt data;
    data.position = choices.below(12);
    data.relative = choices.one_in(2);
    data.negated = choices.one_in(4);
    return data;
  }
  ByteOperation operation;
  operation.kind = static_cast<ByteOperation::Kind>(choices.below(3));
  operation.bytes = static_cast<std::uint8_t>(1 + choices.below(2));
  operation.text = choices.one_in(2) || operation.kind != ByteOperation::Kind::test;
  operation.base = 16;
  operation.relative = choices.one_in(2);
  operation.little = choices.one_in(2);
  operation.offset = static_cast<std::int32_t>(choices.below(8)) - 2;
  operation.operation = choices.one_in(2) ? ByteOperation::Operator::less : ByteOperation::Operator::equal;
  operation.value = choices.one_in(2) ? 11 : 0x6162;
  operation.negated = choices.one_in(2);
  operation.from = static_cast<ByteOperation::From>(choices.below(3));
  operation.post_offset = -static_cast<std::int32_t>(choices.below(16));
  return operation;
}

inline Pcre pcre_of(Choices& choices) {
  constexpr std::array<const char*, 14> atoms{"a",  "b",      "A",     "[ab]", ".", "a*",  "b+",
                                              "a?", "(a|bb)", "(ab)+", "^",    "$", "b*?", "(a..b|.)"};
  Pcre pcre;
  for (auto left = 1 + choices.below(3); left > 0; --left) pcre.expression += atoms[choices.below(atoms.size())];
  pcre.negated = choices.one_in(5);
  pcre.relative = choices.one_in(2);
  pcre.nocase = choices.one_in(3);
  pcre.anchored = choices.one_in(6);
  return pcre;
}

inline Signature signature_of(Choices& choices) {
  Signature signature;
  bool has_variable = false;
  const auto home = buffers_of_cases[choices.below(buffers_of_cases.size())];
  for (auto left = 1 + choices.below(5); left > 0; --left) {
    const auto buffer = choices.one_in(6) ? buffers_of_cases[choices.below(buffers_of_cases.size())] : home;
    SignaturePart part;
    if (choices.one_in(5)) {
      part.pcre = pcre_of(choices);
      part.pcre->buffer = buffer;
    } else if (choices.one_in(5)) {
      part.check = check_of(choices);
      part.check_buffer = buffer;
      const auto* const operation = std::get_if<ByteOperation>(&*part.check);
      // Of one buffer: in which order those of a rule are inspected is not what is tried here.
      has_variable =
          has_variable || (operation != nullptr && operation->kind == ByteOperation::Kind::extract && buffer == home);
    } else {
      part.content = content_of(choices);
      part.content->buffer = buffer;
      if (has_variable && buffer == home && choices.one_in(2)) name_variable(*part.content, choices);
    }
    signature.parts.push_back(std::move(part));
  }
  return signature;
}

// A message, with each buffer in memory of exactly its size.
class MessageCase {
 public:
  explicit MessageCase(Choices& choices) {
    input_.protocol = SignatureProtocol::http;
    input_.ip_protocol = 6;
    if (choices.one_in(4)) input_.payload_position = choices.below(8);
    for (const auto buffer : buffers_of_cases) {
      if (choices.one_in(5)) continue;
      const auto text = letters(choices, choices.below(16));
      room_.push_back(std::make_unique<std::uint8_t[]>(text.size()));
      std::memcpy(room_.back().get(), text.data(), text.size());
      input_.buffers[static_cast<std::size_t>(buffer)] = {room_.back().get(), text.size()};
    }
  }
  [[nodiscard]] const SignatureInput& input() const { return input_; }

 private:
  SignatureInput input_;
  std::vector<std::unique_ptr<std::uint8_t[]>> room_;
};

}  // namespace sluice::test
