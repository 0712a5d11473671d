// A file of EVE lines.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace sluice {

class EveFile {
 public:
  // "-" is standard output. False where it cannot be opened; errno says why.
  [[nodiscard]] bool open(const std::string& path);
  [[nodiscard]] bool is_open() const noexcept { return file_ != nullptr; }

  void write(const std::string& line);
  // False where anything was lost since open() (a full disk); errno may say why.
  [[nodiscard]] bool flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept {
      if (file != stdout) std::fclose(file);
    }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace sluice
