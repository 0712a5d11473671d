// A pack made of any bytes, or a good pack with some of its bytes changed: what is read can be written, and reads the
// same again; every name is in its normal form and every range in order; a fault has a text that a terminal can show.
#include <algorithm>
#include <cstdlib>

#include "rules/indicators/indicator_list.hh"
#include "rules/names/domain_name.hh"
#include "rules/pack/pack.hh"
#include "rules/signatures/signature_file.hh"
#include "rules/text/utf8.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

std::vector<std::uint8_t> good_pack() {
  sluice::Pack pack;
  pack.info = {"fuzz", "stable", 1, 1'795'000'000'000'000'000, 0, {{"a.csv", std::string(64, '0')}}};
  auto list = sluice::parse_indicator_list(
      "id,indicator,kind,class,recipient,tlp,first_seen,expires\n"
      "a,a.example,domain,telemetry,Example Ltd,clear,2025-01-01,2027-01-01\n"
      "b,xn--bcher-kva.example,host,advertising,Example Ltd,green,,\n"
      "c,192.0.2.0/24,cidr,anonymiser,,red,,\n"
      "d,2001:db8::1,ip,telemetry,,amber,,\n",
      "fuzz");
  auto rules = sluice::parse_signatures(
      "alert http $HOME_NET any -> [192.0.2.0/24,!192.0.2.7] [80,8000:8080] (msg:\"a\"; flow:established,to_server; "
      "http.uri; content:\"/a?b=\"; startswith; fast_pattern; content:!\"|00|z\"; distance:1; within:9; nocase; "
      "pcre:\"/x[0-9]+/Ri\"; sid:1; rev:2;)\n"
      "drop udp any any <> any !53 (msg:\"b\"; content:\"abc\"; offset:2; depth:5; sid:2;)\n",
      "fuzz");
  require(list.errors.empty() && rules.errors.empty());
  pack.rules.indicators = std::move(list.rows);
  pack.rules.signatures = std::move(rules.signatures);
  return sluice::write_pack(pack);
}

// The changes: two bytes of position, one that is put in.
std::vector<std::uint8_t> changed(std::vector<std::uint8_t> bytes, std::span<const std::uint8_t> changes) {
  for (; changes.size() >= 3; changes = changes.subspan(3))
    bytes[(changes[0] + 256U * changes[1]) % bytes.size()] = changes[2];
  return bytes;
}

void check(const sluice::Pack& pack) {
  for (const auto& row : pack.rules.indicators) {
    require(row.facts.rule_id.starts_with(pack.info.name + "/"));
    require(row.name.empty() || sluice::normal_domain(row.name) == row.name);
    require(row.range.first <= row.range.last);
    require(row.facts.expires.empty() == (row.facts.expires_ns == 0));
  }
  for (const auto& signature : pack.rules.signatures) {
    require(signature.facts.rule_id.starts_with(pack.info.name + "/"));
    for (const auto& part : signature.parts) {
      require(int{part.content.has_value()} + int{part.pcre.has_value()} + int{part.check.has_value()} == 1);
      require(!part.content || (!part.content->bytes.empty() && part.content->bytes.size() <= 255));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto good = good_pack();
  if (size == 0) return 0;
  const std::span rest{data + 1, size - 1};
  const auto bytes = data[0] % 2 == 0 ? std::vector(rest.begin(), rest.end()) : changed(good, rest);
  const auto pack = sluice::read_pack(bytes);
  if (!pack) {
    require(!pack.error().empty() && std::ranges::none_of(pack.error(), sluice::is_control));
    require(!sluice::first_invalid_utf8(pack.error()));
    return 0;
  }
  check(*pack);
  const auto written = sluice::write_pack(*pack);
  const auto again = sluice::read_pack(written);
  require(again.has_value());
  require(sluice::write_pack(*again) == written);
  return 0;
}
