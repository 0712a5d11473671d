#include "dataplane/quic/quic_crypto.hh"

#include <openssl/crypto.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/unit/quic_samples.hh"

using quic_samples::from_hex;
using sluice::Bytes;
using sluice::next_long_packet;
using sluice::open_client_initial;
using sluice::quic_version_1;
using sluice::quic_version_2;
using sluice::quic_version_draft_29;
using sluice::QuicError;
using sluice::QuicInitialKeys;
using sluice::QuicInitialState;
using sluice::QuicLongPacket;
using sluice::QuicOpener;
using sluice::Reader;

namespace {

// OpenSSL takes other allocators only before it has allocated once, so they are set before main().
thread_local std::size_t allocations = 0;
void* counting_malloc(std::size_t size, const char*, int) {
  ++allocations;
  return std::malloc(size);
}
void* counting_realloc(void* old, std::size_t size, const char*, int) {
  ++allocations;
  return std::realloc(old, size);
}
void counting_free(void* memory, const char*, int) { std::free(memory); }
const bool counts_allocations = CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free) == 1;

// A PING and 30 bytes of PADDING in packets that Python's `cryptography` protected as RFC 9001 section 5 says.
// Keys from ID 8394c8f03e515708, sent to f067a5502a4262b5: the client's second Initial, after the server's first.
constexpr std::string_view second_initial =
    "cb0000000108f067a5502a4262b500004030bd6b3aabbc0787c2cee1dd9ca4327ce62563678a8ba3f7600884e02455e5"
    "5e04d8830182795affbf9263f102bad77ede";
// The same in version 2: the server chose it (RFC 9369 section 4.1).
constexpr std::string_view second_initial_in_v2 =
    "d86b3343cf08f067a5502a4262b500004032daa0ae301a16b37349ecc31f30c2dff4a0bc8d9aa7ebd9a709acca7825c2"
    "bcd9de15a7ee74b5d27b457f5bed6525926ca53a";
// Keys from f067a5502a4262b5, which a Retry gave to the client, with a token.
constexpr std::string_view initial_after_retry =
    "c80000000108f067a5502a4262b50005746f6b656e403198e54ff0ea3dc785cfe70492e8034d29cd026a68c25b569792"
    "4cf2545d68d8f7bc1ed4ae34056baa65aa1e23e66100516a";
// Version 0x1a2a3a4a, keys of v1; of draft-29; of draft-29, the second Initial.
constexpr std::string_view reserved_v1 =
    "cb1a2a3a4a088394c8f03e51570800004030bd6b3aabbc0787c2cee1dd9ca4327ce62563678a8ba3f7600884e02455e5"
    "5e0438274c62da817cfe0f35dd08ad0459c5";
constexpr std::string_view reserved_draft_29 =
    "cc1a2a3a4a088394c8f03e51570800004030caaca659d70a22d64d5731729c400630b3bcaa0f74f7f670b9f381ab0b32"
    "ed6e39c3615223f43f307e98ed175b2d41b8";
constexpr std::string_view reserved_draft_29_second =
    "c91a2a3a4a08f067a5502a4262b5000040309cfc66fc9b92032bbdde8a986fd7426508bef46003dbe6ca5ff1451b5802"
    "10be2cc2a8ee15518019b63b07e208b56151";

// A packet with the bytes that it views.
struct Sample {
  explicit Sample(std::vector<std::uint8_t> raw) : bytes(std::move(raw)) {
    Reader reader{bytes};
    const auto read = next_long_packet(reader);
    BOOST_REQUIRE(read);
    packet = *read;
  }
  explicit Sample(std::string_view hex) : Sample(from_hex(hex)) {}
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  std::vector<std::uint8_t> bytes;
  QuicLongPacket packet;
};

struct Fixture {
  QuicOpener opener;
  std::vector<std::uint8_t> out = std::vector<std::uint8_t>(1500);
  std::vector<std::uint8_t> dcid = from_hex(quic_samples::dcid);

  auto open(std::uint32_t version, const QuicLongPacket& packet) {
    return open_client_initial(opener, version, dcid, packet, out);
  }
  // A success is told as no_keys, which no packet here gives otherwise.
  QuicError error_of(std::uint32_t version, const QuicLongPacket& packet) {
    const auto opened = open(version, packet);
    BOOST_TEST(!opened);
    return opened ? QuicError::no_keys : opened.error();
  }
};

std::vector<std::uint8_t> client_payload() {
  auto payload = from_hex(quic_samples::client_crypto_frame);
  payload.resize(quic_samples::client_payload_size);
  return payload;
}

std::vector<std::uint8_t> ping_payload() {
  std::vector<std::uint8_t> payload(31);
  payload[0] = 0x01;
  return payload;
}

void check_keys(std::uint32_t version, std::string_view key, std::string_view iv, std::string_view header_key) {
  const auto keys = QuicInitialKeys::derive(version, from_hex(quic_samples::dcid));
  BOOST_REQUIRE(keys);
  BOOST_TEST(std::ranges::equal(keys->key, from_hex(key)), "key of " << std::hex << version);
  BOOST_TEST(std::ranges::equal(keys->iv, from_hex(iv)), "iv of " << std::hex << version);
  BOOST_TEST(std::ranges::equal(keys->header_key, from_hex(header_key)), "header key of " << std::hex << version);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(quic_crypto, Fixture)

BOOST_AUTO_TEST_CASE(keys_of_every_salt) {
  // RFC 9001 appendix A.1
  for (const auto version : {quic_version_1, 0xff000021U, 0xff000022U, 0xfaceb003U})
    check_keys(version, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
               "9f50449e04a0e810283a1e9933adedd2");
  // RFC 9369 appendix A.1
  check_keys(quic_version_2, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f",
             "45b95e15235d6f45a6b19cbcb0294ba9");
  // draft-ietf-quic-tls-29 appendix A.1
  for (const auto version : {0xff00001dU, 0xff00001eU, 0xff00001fU, 0xff000020U})
    check_keys(version, "175257a31eb09dea9366d8bb79ad80ba", "6b26114b9cba2b63a9e8dd4f",
               "9ddd12c994c0698b89374a9c077a3077");
  // draft-ietf-quic-tls-23 appendix A.1
  for (const auto version : {0xff000017U, 0xff00001bU, 0xff00001cU, 0xfaceb002U, 0xfaceb00eU})
    check_keys(version, "af7fd7efebd21878ff66811248983694", "8681359410a70bb9c92f0420",
               "a980b8b4fb7d9fbc13e814c23164253d");
  // Salt of draft-ietf-quic-tls-22 section 5.2, expanded with Python's `hmac`
  for (const auto version : {0xff000016U, 0xfaceb001U})
    check_keys(version, "07863d9c083786bc86766ce0d02bf93f", "fb33da41a8f297d482df670e",
               "48dbcf44e335508f7f23fb2c3790a37c");
  // Salts of Chromium's crypto_utils.cc, expanded the same way
  check_keys(sluice::quic_version_q050, "348cb426373281cfaec63f5b609350e7", "4b9cf5c4a378544aed414625",
             "609d47aa6b7fab4705068781528143f7");
  check_keys(sluice::quic_version_t050, "80ab8e0313d2c851aaff5405824a916a", "aedd2abe20b9eff2116e4429",
             "d3a731204b1c81e9644f91bd062633a9");
  check_keys(sluice::quic_version_t051, "e66b805440a16d39f1889b2726d1cc5c", "efdd37eda34f2f7080bb140c",
             "34ebf45dc367d3502a9fe09cfd3fd9f6");
}

BOOST_AUTO_TEST_CASE(versions_without_keys) {
  for (const auto version : {0U, 2U, 0x1a2a3a4aU, 0xff000015U, 0xff000023U, 0x51303436U, 0x54303438U}) {
    const auto keys = QuicInitialKeys::derive(version, dcid);
    BOOST_TEST(!keys, "version " << std::hex << version);
    BOOST_TEST((keys.error() == QuicError::no_keys));
  }
}

BOOST_AUTO_TEST_CASE(opens_the_sample_of_rfc_9001) {
  const Sample sample{quic_samples::client_initial_v1};
  const auto before = sample.bytes;
  const auto opened = open(quic_version_1, sample.packet);
  BOOST_REQUIRE(opened);
  BOOST_TEST(std::ranges::equal(*opened, client_payload()));
  BOOST_TEST((opened->data() == out.data()));
  BOOST_TEST(sample.bytes == before);  // the packet goes on as it came
}

BOOST_AUTO_TEST_CASE(opens_the_sample_of_rfc_9369) {
  const Sample sample{quic_samples::client_initial_v2};
  const auto opened = open(quic_version_2, sample.packet);
  BOOST_REQUIRE(opened);
  BOOST_TEST(std::ranges::equal(*opened, client_payload()));
}

BOOST_AUTO_TEST_CASE(packet_numbers_of_one_to_three_bytes) {
  BOOST_TEST(open(quic_version_1, Sample{second_initial}.packet).has_value());
  BOOST_TEST(open(quic_version_2, Sample{second_initial_in_v2}.packet).has_value());
  dcid = from_hex("f067a5502a4262b5");
  const auto opened = open(quic_version_1, Sample{initial_after_retry}.packet);
  BOOST_REQUIRE(opened);
  BOOST_TEST(std::ranges::equal(*opened, ping_payload()));
}

BOOST_AUTO_TEST_CASE(another_id_another_version_or_the_server_do_not_open) {
  const Sample sample{quic_samples::client_initial_v1};
  BOOST_TEST((error_of(quic_version_draft_29, sample.packet) == QuicError::authentication));
  BOOST_TEST((error_of(quic_version_1, Sample{quic_samples::server_initial_v1}.packet) == QuicError::authentication));
  dcid.back() ^= 1;
  BOOST_TEST((error_of(quic_version_1, sample.packet) == QuicError::authentication));
  dcid.clear();
  BOOST_TEST((error_of(quic_version_1, sample.packet) == QuicError::authentication));
}

BOOST_AUTO_TEST_CASE(other_packet_types_are_refused) {
  BOOST_TEST((error_of(quic_version_1, Sample{quic_samples::retry_v1}.packet) == QuicError::not_initial));
  Sample handshake{quic_samples::client_initial_v1};
  handshake.packet.type = sluice::QuicPacketType::handshake;
  BOOST_TEST((error_of(quic_version_1, handshake.packet) == QuicError::not_initial));
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_breaks_the_tag) {
  const auto whole = from_hex(quic_samples::client_initial_v1);
  const Sample untouched{quic_samples::client_initial_v1};
  const auto keys = QuicInitialKeys::derive(quic_version_1, dcid);
  BOOST_REQUIRE(keys);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto bytes = whole;
      bytes[at] ^= static_cast<std::uint8_t>(1U << bit);
      auto packet = untouched.packet;  // read before the flip: only the tag is left to tell
      packet.whole_packet = bytes;
      const auto opened = opener.open(*keys, packet, out);
      BOOST_REQUIRE_MESSAGE(!opened, "byte " << at << " bit " << bit);
      BOOST_TEST((opened.error() == QuicError::authentication));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_packet_cut_anywhere_does_not_open) {
  const Sample sample{quic_samples::client_initial_v1};
  const auto keys = QuicInitialKeys::derive(quic_version_1, dcid);
  BOOST_REQUIRE(keys);
  const std::size_t least = 18 + 4 + 16;  // header, packet number, sample
  for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
    auto packet = sample.packet;
    packet.whole_packet = Bytes{sample.bytes}.first(size);
    const auto opened = opener.open(*keys, packet, out);
    BOOST_REQUIRE_MESSAGE(!opened, "size " << size);
    BOOST_TEST((opened.error() == (size <= least ? QuicError::truncated : QuicError::authentication)), "size " << size);
  }
}

BOOST_AUTO_TEST_CASE(the_payload_must_fit) {
  const Sample sample{quic_samples::client_initial_v1};
  out.resize(quic_samples::client_payload_size);
  BOOST_TEST(open(quic_version_1, sample.packet).has_value());
  out.resize(quic_samples::client_payload_size - 1);
  BOOST_TEST((error_of(quic_version_1, sample.packet) == QuicError::buffer_too_small));
}

BOOST_AUTO_TEST_CASE(a_flow_keeps_the_first_id) {
  QuicInitialState flow;
  BOOST_TEST(flow.version() == 0U);
  BOOST_TEST(flow.open(opener, Sample{quic_samples::client_initial_v1}.packet, out).has_value());
  BOOST_TEST(flow.version() == quic_version_1);
  const auto opened = flow.open(opener, Sample{second_initial}.packet, out);
  BOOST_REQUIRE(opened);
  BOOST_TEST(std::ranges::equal(*opened, ping_payload()));
  // The server moved the connection to version 2: same ID, other salt.
  BOOST_TEST(flow.open(opener, Sample{second_initial_in_v2}.packet, out).has_value());
  BOOST_TEST(flow.version() == quic_version_2);
}

BOOST_AUTO_TEST_CASE(the_second_initial_alone_does_not_open) {
  QuicInitialState flow;
  const auto opened = flow.open(opener, Sample{second_initial}.packet, out);
  BOOST_REQUIRE(!opened);
  BOOST_TEST((opened.error() == QuicError::authentication));
  BOOST_TEST(flow.version() == 0U);
}

BOOST_AUTO_TEST_CASE(after_a_retry_the_new_id_counts) {
  QuicInitialState flow;
  BOOST_TEST(flow.open(opener, Sample{quic_samples::client_initial_v1}.packet, out).has_value());
  BOOST_TEST(flow.open(opener, Sample{initial_after_retry}.packet, out).has_value());
  // Its keys are the ones kept now: those of the first ID are gone, and the packet's own never fitted it.
  BOOST_TEST(!flow.open(opener, Sample{second_initial}.packet, out).has_value());
  BOOST_TEST(flow.open(opener, Sample{initial_after_retry}.packet, out).has_value());
}

BOOST_AUTO_TEST_CASE(a_reserved_version_hides_v1_or_draft_29) {
  QuicInitialState v1;
  BOOST_TEST(v1.open(opener, Sample{reserved_v1}.packet, out).has_value());
  BOOST_TEST(v1.version() == quic_version_1);
  QuicInitialState draft;
  BOOST_TEST(draft.open(opener, Sample{reserved_draft_29}.packet, out).has_value());
  BOOST_TEST(draft.version() == quic_version_draft_29);
  BOOST_TEST(draft.open(opener, Sample{reserved_draft_29_second}.packet, out).has_value());
}

BOOST_AUTO_TEST_CASE(a_flow_that_never_opens_is_given_up) {
  QuicInitialState flow;
  const Sample server{quic_samples::server_initial_v1};
  const Sample good{quic_samples::client_initial_v1};
  for (unsigned i = 0; i < sluice::quic_failed_opens_limit; ++i) {
    const auto opened = flow.open(opener, server.packet, out);
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error() == QuicError::authentication));
    if (i + 2 == sluice::quic_failed_opens_limit) BOOST_TEST(flow.open(opener, good.packet, out).has_value());
  }
  const auto late = flow.open(opener, good.packet, out);
  BOOST_REQUIRE(!late);
  BOOST_TEST((late.error() == QuicError::attempts_spent));
}

BOOST_AUTO_TEST_CASE(an_id_that_cannot_be_kept_is_refused) {
  QuicInitialState flow;
  Sample sample{quic_samples::client_initial_v1};
  const std::vector<std::uint8_t> long_id(sluice::quic_connection_id_limit + 1);
  sample.packet.dcid = long_id;
  BOOST_TEST((flow.open(opener, sample.packet, out).error() == QuicError::connection_id_length));
}

BOOST_AUTO_TEST_CASE(packets_that_cost_nothing_spend_no_attempt) {
  QuicInitialState flow;
  Sample retry{quic_samples::retry_v1};
  Sample google{quic_samples::client_initial_v1};
  google.packet.version = 0x54303438;
  for (unsigned i = 0; i < 2 * sluice::quic_failed_opens_limit; ++i) {
    BOOST_TEST((flow.open(opener, retry.packet, out).error() == QuicError::not_initial));
    BOOST_TEST((flow.open(opener, google.packet, out).error() == QuicError::no_keys));
  }
  BOOST_TEST(flow.open(opener, Sample{quic_samples::client_initial_v1}.packet, out).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_after_start) {
  BOOST_REQUIRE_MESSAGE(counts_allocations, "OpenSSL had allocated before this test could count");
  const auto at_start = allocations;
  { const QuicOpener another; }
  BOOST_TEST(allocations > at_start);  // the count counts

  const Sample v1{quic_samples::client_initial_v1};
  const Sample v2{quic_samples::client_initial_v2};
  const Sample server{quic_samples::server_initial_v1};
  const Sample reserved{reserved_draft_29};
  const Sample retried{initial_after_retry};
  std::size_t counted = 0;
  unsigned opened = 0;
  // In a thread of its own, as a worker has it: what OpenSSL keeps by thread would be made there.
  std::thread worker{[&] {
    for (int round = 0; round < 3; ++round) {
      QuicInitialState flow;
      for (const auto* sample : {&server, &v1, &v2, &reserved, &retried})
        opened += flow.open(opener, sample->packet, out).has_value() ? 1U : 0U;
    }
    counted = allocations;
  }};
  worker.join();
  BOOST_TEST(opened == 3U * 4U);
  BOOST_TEST(counted == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
