// Examples through the pipeline that works on a wire: which rules a described conversation hits.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <tl/expected.hpp>

#include "control/packs/rule_examples.hh"
#include "dataplane/match/generation.hh"

namespace sluice {

class ExampleRun {
 public:
  // `generation` must outlive it, and be built for one worker.
  explicit ExampleRun(const Generation& generation);
  ~ExampleRun();
  ExampleRun(const ExampleRun&) = delete;
  ExampleRun& operator=(const ExampleRun&) = delete;

  // The rows that the conversation hits; nothing is left of the one before. The error is that of a capture that cannot
  // be read.
  [[nodiscard]] tl::expected<std::set<std::uint32_t>, std::string> rows_hit(const Conversation& talk);

  // Streams that a generation must have room for.
  static constexpr std::uint32_t streams = 16;

 private:
  class Talk;

  const Generation* generation_;
  std::unique_ptr<Talk> brief_;  // for conversations of which there are many and which say little
};

}  // namespace sluice
