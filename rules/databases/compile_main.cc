// sluice-compile: verified packs in, serialised Hyperscan databases out, by inherited descriptors, behind the walls of
// compile_sandbox.hh. Started by the data plane as its own user; the data plane takes databases from it alone.
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/databases/compile.hh"
#include "rules/databases/compile_sandbox.hh"
#include "rules/databases/memory_file.hh"
#include "rules/pack/pack_view.hh"

namespace sluice {
namespace {

constexpr const char* usage =
    "usage: sluice-compile --packs FD,FD,... --output FD\n"
    "Reads the packs (signatures verified by the caller) from open descriptors, compiles their signatures and writes\n"
    "the databases to the output descriptor. HEX is the SHA-256 of the ruleset, which the databases will carry.\n"
    "Exit status: 0 done, 1 refused (the reasons on standard error, one a line), 2 wrong arguments.\n";

constexpr std::size_t errors_limit = 100;  // lines; the rest is counted

enum Exit { done = 0, refused = 1, wrong_arguments = 2 };

struct Arguments {
  std::vector<int> packs;
  int output = -1;
};

void say(std::string_view text) {
  const auto line = fmt::format("sluice-compile: {}\n", text);
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));  // there is nobody else to tell
}

std::optional<int> descriptor_from(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<std::vector<int>> descriptors_from(std::string_view text) {
  std::vector<int> numbers;
  while (true) {
    const auto comma = text.find(',');
    const auto number = descriptor_from(text.substr(0, comma));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

std::optional<Arguments> arguments_from(const std::vector<std::string_view>& words) {
  Arguments arguments;
  if (words.size() != 4) return std::nullopt;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto value = words[i + 1];
    if (words[i] == "--packs") {
      const auto numbers = descriptors_from(value);
      if (!numbers) return std::nullopt;
      arguments.packs = *numbers;
    } else if (words[i] == "--output") {
      arguments.output = descriptor_from(value).value_or(-1);
    } else {
      return std::nullopt;
    }
  }
  if (arguments.packs.empty() || arguments.output < 0) return std::nullopt;
  return arguments;
}

std::optional<SignatureList> signatures_of(const std::vector<int>& packs) {
  SignatureList signatures;
  for (const int descriptor : packs) {
    const auto bytes = read_whole(descriptor, pack_size_limit);
    if (!bytes) {
      say(fmt::format("pack at descriptor {}: {}", descriptor, bytes.error()));
      return std::nullopt;
    }
    const auto pack = PackView::open(*bytes);
    auto read = pack ? pack->read_signatures() : tl::unexpected(pack.error());
    if (!read) {
      say(fmt::format("pack at descriptor {}: {}", descriptor, read.error()));
      return std::nullopt;
    }
    for (auto& signature : *read) signatures.push_back(std::move(signature));
  }
  return signatures;
}

bool write_whole(int descriptor, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      say(fmt::format("output at descriptor {}: {}", descriptor, std::strerror(errno)));
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

Exit run(const Arguments& arguments) {
  auto descriptors = arguments.packs;
  descriptors.push_back(arguments.output);
  if (const auto inside = enter_compile_sandbox(descriptors); !inside) {
    say(inside.error());
    return refused;
  }
  const auto signatures = signatures_of(arguments.packs);
  if (!signatures) return refused;
  const auto databases = compile_databases(*signatures, make_prefilter(*signatures));
  if (!databases) {
    const auto& errors = databases.error();
    for (std::size_t i = 0; i < errors.size() && i < errors_limit; ++i) say(errors[i].text(*signatures));
    if (errors.size() > errors_limit) say(fmt::format("and {} more", errors.size() - errors_limit));
    return refused;
  }
  return write_whole(arguments.output, write_databases(*databases)) ? done : refused;
}

Exit run_within_memory(const Arguments& arguments) {
  try {
    return run(arguments);
  } catch (const std::bad_alloc&) {
    constexpr std::string_view text = "sluice-compile: not enough memory for these packs: use fewer signatures\n";
    static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
    return refused;
  }
}

}  // namespace
}  // namespace sluice

int main(int count, char** words) {
  const auto arguments = sluice::arguments_from({words + 1, words + count});
  if (!arguments) {
    fmt::print(stderr, "{}", sluice::usage);
    return sluice::wrong_arguments;
  }
  // OpenSSL reads its configuration at its first use, when files cannot be opened any more; SHA-256 needs none.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  // Nothing is flushed and no destructor of a global is run: both are more than the sandbox has to allow.
  std::_Exit(sluice::run_within_memory(*arguments));
}
