#include "dataplane/flow/expiry.hh"

namespace sluice {

Expiry::Expiry(std::uint32_t capacity, const Timeouts& timeouts)
    : timeouts_(timeouts), links_(std::make_unique<Link[]>(capacity)) {}

void Expiry::unlink(std::uint32_t index) noexcept {
  auto& link = links_[index];
  auto& queue = queues_[link.queue];
  (link.previous == no_index ? queue.head : links_[link.previous].next) = link.next;
  (link.next == no_index ? queue.tail : links_[link.next].previous) = link.previous;
  link.queued = false;
}

void Expiry::append(std::uint32_t index, std::uint8_t queue, Tick now) noexcept {
  auto& ends = queues_[queue];
  links_[index] = {ends.tail, no_index, now, queue, true};
  (ends.tail == no_index ? ends.head : links_[ends.tail].next) = index;
  ends.tail = index;
}

void Expiry::file(const FlowTable& table, Flow& flow, Tick now) noexcept {
  const auto index = table.index_of(flow);
  const auto queue = static_cast<std::uint8_t>(flow.expiry);
  if (links_[index].queued) {
    if (links_[index].queue == queue) return;
    unlink(index);
  }
  append(index, queue, now);
}

void Expiry::remove(const FlowTable& table, const Flow& flow) noexcept {
  const auto index = table.index_of(flow);
  if (links_[index].queued) unlink(index);
}

Flow* Expiry::next_expired(FlowTable& table, Tick now, std::uint32_t& budget) noexcept {
  for (std::size_t queue = 0; queue < queues_.size(); ++queue) {
    while (budget > 0 && queues_[queue].head != no_index) {
      const auto index = queues_[queue].head;
      if (now - links_[index].filed <= timeouts_[queue]) break;  // filed in order: the rest is younger
      --budget;
      auto& flow = table.at(index);
      if (is_expired(flow, now)) return &flow;
      unlink(index);
      append(index, static_cast<std::uint8_t>(queue), flow.last_seen);
    }
  }
  return nullptr;
}

Flow* Expiry::oldest(FlowTable& table, ExpiryClass expiry) noexcept {
  const auto head = queues_[static_cast<std::size_t>(expiry)].head;
  return head == no_index ? nullptr : &table.at(head);
}

}  // namespace sluice
