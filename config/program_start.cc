#include "config/program_start.hh"

#include <getopt.h>

#include <cstdio>
#include <string>
#include <utility>

namespace sluice::config {

tl::expected<Started, int> program_start(int argc, char** argv, const Program& program, Use use) {
  const option options[] = {{"config", required_argument, nullptr, 'c'},
                            {"help", no_argument, nullptr, 'h'},
                            {"version", no_argument, nullptr, 'v'},
                            {nullptr, 0, nullptr, 0}};
  std::string path;
  for (int choice = 0; (choice = ::getopt_long(argc, argv, "", options, nullptr)) != -1;) {
    switch (choice) {
      case 'c': path = optarg; break;
      case 'h': std::fputs(program.help, stdout); return tl::unexpected(0);
      case 'v': std::printf("%s %s\n", program.name, program.version); return tl::unexpected(0);
      default: return tl::unexpected(exit_usage);  // getopt has said why
    }
  }
  if (path.empty() || optind != argc) {
    std::fprintf(stderr, "%s: give --config FILE and nothing else (--help tells more)\n", program.name);
    return tl::unexpected(exit_usage);
  }
  auto loaded = load(path, use);
  if (loaded) return Started{std::move(*loaded), std::move(path)};
  for (const auto& error : loaded.error()) std::fprintf(stderr, "%s\n", text(error).c_str());
  return tl::unexpected(exit_usage);
}

}  // namespace sluice::config
