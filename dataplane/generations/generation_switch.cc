#include "dataplane/generations/generation_switch.hh"

#include <rte_rcu_qsbr.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace sluice {

void GenerationSwitch::FreeVariable::operator()(rte_rcu_qsbr* variable) const noexcept { std::free(variable); }

GenerationSwitch::GenerationSwitch(std::uint32_t workers, std::unique_ptr<const Generation> first)
    : current_(first.get()), live_(std::move(first)) {
  const auto size = rte_rcu_qsbr_get_memsize(workers);
  // A multiple of the cache line, as aligned_alloc() wants it (rte_rcu_qsbr.h: the size is rounded up to one).
  quiescent_.reset(static_cast<rte_rcu_qsbr*>(std::aligned_alloc(RTE_CACHE_LINE_SIZE, size)));
  (void)rte_rcu_qsbr_init(quiescent_.get(), workers);
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    (void)rte_rcu_qsbr_thread_register(quiescent_.get(), worker);
    rte_rcu_qsbr_thread_online(quiescent_.get(), worker);  // on its behalf
  }
}

GenerationSwitch::~GenerationSwitch() = default;

const Generation& GenerationSwitch::current(std::uint32_t worker) noexcept {
  // First the report, then the look: whoever has reported after a publication sees the new pointer.
  rte_rcu_qsbr_quiescent(quiescent_.get(), worker);
  return *current_.load(std::memory_order_acquire);
}

void GenerationSwitch::leave(std::uint32_t worker) noexcept { rte_rcu_qsbr_thread_offline(quiescent_.get(), worker); }

void GenerationSwitch::publish(std::unique_ptr<const Generation> next) noexcept {
  current_.store(next.get(), std::memory_order_release);
  old_ = std::exchange(live_, std::move(next));
  token_ = rte_rcu_qsbr_start(quiescent_.get());
}

bool GenerationSwitch::is_left() const noexcept {
  return old_ == nullptr || rte_rcu_qsbr_check(quiescent_.get(), token_, false) == 1;
}

bool GenerationSwitch::retire() noexcept {
  if (!is_left()) return false;
  old_.reset();
  return true;
}

}  // namespace sluice
