// Any text as a configuration: never a crash; and what is accepted is shown as a text that means the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/configuration.hh"
#include "config/show.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::config;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = parse(text, "fuzz", Use::wire);
  if (!loaded) {
    if (loaded.error().empty()) std::abort();
    for (const auto& error : loaded.error()) {
      if (error.message.empty() || error.line == 0 || error.column == 0) std::abort();  // 0: a library threw
    }
    return 0;
  }
  const auto again = parse(show(*loaded), "shown", Use::wire);
  if (!again || !(*again == *loaded)) std::abort();
  return 0;
}
