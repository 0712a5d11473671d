#include "control/eve/eve_file.hh"

namespace sluice {

bool EveFile::open(const std::string& path) {
  file_.reset(path == "-" ? stdout : std::fopen(path.c_str(), "we"));
  return is_open();
}

void EveFile::write(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), file_.get());
  std::fputc('\n', file_.get());
}

bool EveFile::flush() { return !is_open() || (std::fflush(file_.get()) == 0 && std::ferror(file_.get()) == 0); }

}  // namespace sluice
