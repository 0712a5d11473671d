// The operator's program that switches the relays of wires which no kernel can hold: `PROGRAM bypass WIRE...`, and
// `PROGRAM return WIRE...`. One runs at a time, within a limit; what was wanted meanwhile comes next.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "dataplane/base/descriptor.hh"
#include "dataplane/guard/health.hh"

namespace sluice {

class Relay {
 public:
  // Does nothing where `program` is empty or there are no wires.
  Relay(std::string program, const std::vector<std::string>& wires, std::chrono::milliseconds limit);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void want(bool bypass, Moment now) noexcept;
  // Whenever end() is readable, and every now and then.
  void look(Moment now) noexcept;
  // Of the program that runs; below 0 where none does.
  [[nodiscard]] int end() const noexcept { return running_.number(); }

 private:
  void start(Moment now) noexcept;
  void collect() noexcept;

  std::string program_;
  std::vector<std::string> words_;
  std::vector<char*> arguments_;
  std::chrono::milliseconds limit_;
  bool wanted_ = false;  // bypass
  bool asked_ = false;   // `wanted_` has not been told yet
  Descriptor running_;
  int process_ = 0;
  Moment begun_{};
};

}  // namespace sluice
