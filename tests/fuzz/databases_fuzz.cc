// Any bytes as a file of compiled databases. What is taken says of itself just what it holds: written again it is the
// same. Since no mutation keeps the SHA-256, the bytes are also tried with the sum that they would need.
#include "rules/databases/databases.hh"

#include <algorithm>
#include <cstdlib>

#include "rules/text/sha256.hh"

namespace {

void read(std::span<const std::uint8_t> bytes) {
  const auto databases = sluice::read_databases(bytes);
  if (!databases) {
    if (databases.error().empty()) std::abort();
    return;
  }
  const auto again = sluice::write_databases(*databases);
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes{data, size};
  read(bytes);
  std::vector<std::uint8_t> summed{data, data + size};
  sluice::Sha256 sum;
  sum.add(bytes);
  const auto text = sum.hex();
  summed.insert(summed.end(), text.begin(), text.end());
  read(summed);
  return 0;
}
