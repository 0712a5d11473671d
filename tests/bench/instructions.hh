// How many instructions a thread has executed, where the CPU counts them and the kernel lets a program see it.
#pragma once

#include <cstdint>

namespace sluice::bench {

class InstructionCounter {
 public:
  InstructionCounter() = default;
  ~InstructionCounter();
  InstructionCounter(const InstructionCounter&) = delete;
  InstructionCounter& operator=(const InstructionCounter&) = delete;

  // From here on counts what the calling thread does in user space. Virtual machines often have no such counter.
  void open() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
  // Since open(); 0 where there is no counter.
  [[nodiscard]] std::uint64_t read() const noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace sluice::bench
