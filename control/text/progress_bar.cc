#include "control/text/progress_bar.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace sluice {
namespace {

constexpr std::uint32_t calls_between_looks = 1024;
constexpr std::size_t bar_width = 40;
constexpr std::chrono::milliseconds redraw{200};

}  // namespace

void ProgressBar::at(std::uint64_t done, std::uint64_t total) {
  if (!wanted_ || ++calls_ % calls_between_looks != 0 || Clock::now() < next_) return;
  next_ = Clock::now() + redraw;
  shown_ = true;
  const auto share = total == 0 ? 0.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(share * bar_width);
  const auto seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  fmt::print(stderr, "\r{} [{:#<{}}{:.<{}}] {:3.0f} %  {:.0f} s ", title_, "", filled, "", bar_width - filled,
             share * 100, seconds);
  std::fflush(stderr);
}

ProgressBar::~ProgressBar() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

}  // namespace sluice
