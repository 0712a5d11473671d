// The first byte chooses codings, the rest is the body: what comes out is bounded, twice the same, and a shorter body
// gives the start of it.
#include "dataplane/http/content_coding.hh"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  static ContentDecoder decoder;
  static constexpr std::string_view lists[] = {
      "gzip", "deflate", "br", "gzip, gzip", "br, deflate", "gzip,gzip,br,br,br", "zstd", ""};
  Reader input{Bytes{data, size}};
  ContentCodings codings;
  codings.add(lists[input.u8() % std::size(lists)]);
  const auto body = input.rest();
  const auto once = decoder.decode(codings, body);
  const std::vector<std::uint8_t> content{once.content.begin(), once.content.end()};
  if (codings.size() > 0 && !once.error && content.size() > content_decoded_limit) std::abort();
  const auto again = decoder.decode(codings, body);
  if (!std::equal(again.content.begin(), again.content.end(), content.begin(), content.end())) std::abort();
  if (again.error != once.error) std::abort();
  static_cast<void>(decoder.decode(codings, body.first(body.size() / 2)));
  return 0;
}
