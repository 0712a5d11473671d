#include "control/tap/rule_fetcher.hh"

#include <utility>

#include "rules/pack/pack_view.hh"

namespace sluice {

tl::expected<std::shared_ptr<const RuleBook>, std::string> read_rule_book(const SealedFiles& packs) {
  std::vector<PackView> views;
  for (const auto& file : packs) {
    auto pack = PackView::open(file->bytes(), file);
    if (!pack) return tl::unexpected(pack.error());
    views.push_back(std::move(*pack));
  }
  return std::make_shared<const RuleBook>(std::move(views));
}

RuleFetcher::RuleFetcher(Fetch fetch) : fetch_(std::move(fetch)), thread_([this] { run(); }) {}

RuleFetcher::~RuleFetcher() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void RuleFetcher::ask(std::uint64_t epoch, std::uint32_t generation) {
  {
    const std::lock_guard lock{mutex_};
    const Question question{epoch, generation};
    const bool too_early = failed_ == question && std::chrono::steady_clock::now() < retry_at_;
    if (question_ || answer_ || too_early) return;
    question_ = question;
  }
  wake_.notify_one();
}

std::optional<RuleFetcher::Answer> RuleFetcher::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(answer_, std::nullopt);
}

void RuleFetcher::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || (question_ && !answer_); });
    if (stop_) return;
    const auto question = *question_;
    lock.unlock();
    auto files = fetch_(question.generation);
    auto book = files ? read_rule_book(*files) : tl::unexpected(files.error());
    lock.lock();
    failed_ = book ? std::nullopt : std::optional{question};
    retry_at_ = std::chrono::steady_clock::now() + retry_interval;
    answer_.emplace(Answer{question.epoch, question.generation, std::move(book)});
    question_.reset();
  }
}

}  // namespace sluice
