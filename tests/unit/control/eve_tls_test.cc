#include "control/eve/eve_tls.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

namespace {

json plain(const Json& object) { return json::parse(object.dump()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_tls)

// TLS and QUIC spelled as Suricata spells them.
BOOST_AUTO_TEST_CASE(numbers_have_names) {
  BOOST_TEST(tls_version_text(0x0300) == "SSLv3");
  BOOST_TEST(tls_version_text(0x0301) == "TLSv1");
  BOOST_TEST(tls_version_text(0x0303) == "TLS 1.2");
  BOOST_TEST(tls_version_text(0x0304) == "TLS 1.3");
  BOOST_TEST(tls_version_text(0x7f1c) == "TLS 1.3 draft-28");
  BOOST_TEST(tls_version_text(0x7f0e) == "TLS 1.3 draft-<16");
  BOOST_TEST(tls_version_text(0xfefd) == "DTLS 1.2");
  BOOST_TEST(tls_version_text(0x0305) == "0x0305");
  BOOST_TEST(quic_version_text(1) == "1");
  BOOST_TEST(quic_version_text(0x6b3343cf) == "6b3343cf");
  BOOST_TEST(quic_version_text(0xff00001d) == "ff00001d");
  BOOST_TEST(quic_version_text(0x51303436) == "Q046");
  BOOST_TEST(quic_version_text(0x51303530) == "51303530");  // Q050: Suricata has no name for it
}

BOOST_AUTO_TEST_CASE(the_first_of_a_repeated_field_stands) {
  Record record{header(EventType::tls)};
  record.text(Field::tls_sni, "first.example").text(Field::tls_sni, "second.example");
  BOOST_TEST(plain(tls_object(record.event())) == json::parse(R"({"sni": "first.example"})"));
}

// The certificate of github.com in suricata-verify (bug-2646-01), and one of a client; written down from the events
// that Suricata gives for it.
BOOST_AUTO_TEST_CASE(certificates) {
  Record record{header(EventType::tls)};
  record.integer(Field::tls_version_selected, 0x0303)
      .integer(Field::tls_cipher_selected, 0xc02f)
      .text(Field::tls_server_alpn, "h2")
      .text(Field::cert_sha1, "00112233445566778899aabbccddeeff00112233")
      .integer(Field::cert_from_client, 1)
      .text(Field::cert_sha1, "ccaa484866460e91532c9c7c232ab1744d299d33")
      .text(Field::cert_serial, "083a84592f77f2e7951bf887cedec966")
      .text(Field::cert_subject, "C=US, O=GitHub, Inc., CN=www.github.com")
      .text(Field::cert_issuer, "C=US, O=DigiCert Inc")
      .integer(Field::cert_not_before, 1490227200)
      .integer(Field::cert_not_after, 253402300799)
      .integer(Field::cert_self_signed, 1)
      .text(Field::cert_name, "www.github.com")
      .text(Field::cert_name, "github.com");
  BOOST_TEST(plain(tls_object(record.event())) == json::parse(R"({
    "version": "TLS 1.2", "server_alpns": ["h2"], "server_handshake": {"version": "TLS 1.2", "cipher": 49199},
    "subject": "C=US, O=GitHub, Inc., CN=www.github.com", "issuerdn": "C=US, O=DigiCert Inc",
    "serial": "08:3A:84:59:2F:77:F2:E7:95:1B:F8:87:CE:DE:C9:66",
    "fingerprint": "cc:aa:48:48:66:46:0e:91:53:2c:9c:7c:23:2a:b1:74:4d:29:9d:33",
    "notbefore": "2017-03-23T00:00:00", "notafter": "9999-12-31T23:59:59",
    "subjectaltname": ["www.github.com", "github.com"],
    "certificates": [
      {"sha1": "00112233445566778899aabbccddeeff00112233", "from_client": true},
      {"sha1": "ccaa484866460e91532c9c7c232ab1744d299d33",
       "serial": "08:3A:84:59:2F:77:F2:E7:95:1B:F8:87:CE:DE:C9:66",
       "subject": "C=US, O=GitHub, Inc., CN=www.github.com", "issuer": "C=US, O=DigiCert Inc",
       "not_before": "2017-03-23T00:00:00", "not_after": "9999-12-31T23:59:59", "self_signed": true,
       "names": ["www.github.com", "github.com"]}]})"));
}

// Lists of a hello: GREASE (RFC 8701: 0x0a0a, 0x1a1a) stands for nothing in a handshake, and is an extension in QUIC.
BOOST_AUTO_TEST_CASE(lists_of_a_hello) {
  Record tls{header(EventType::tls)};
  tls.integer(Field::tls_version_legacy, 0x0303).text(Field::tls_ciphers_offered, {"\x0a\x0a\x13\x01\xc0\x2f", 6});
  tls.text(Field::tls_extensions, {"\x1a\x1a\x00\x00\x00\x10", 6})
      .text(Field::tls_signature_algorithms, {"\x04\x03", 2});
  tls.text(Field::tls_server_extensions, {"\xff\x01", 2});
  BOOST_TEST(plain(tls_object(tls.event())) == json::parse(R"({
    "client_handshake": {"version": "TLS 1.2", "ciphers": [4865, 49199], "exts": [0, 16], "sig_algs": [1027]},
    "server_handshake": {"exts": [65281]}})"));
  Record quic{header(EventType::quic)};
  quic.text(Field::quic_sni, "a.example").text(Field::tls_alpn, "h3").text(Field::tls_alpn, "h3-29");
  quic.text(Field::tls_extensions, {"\x1a\x1a\x00\x00\x00\x10", 6});
  BOOST_TEST(plain(quic_object(quic.event())) == json::parse(R"({
    "sni": "a.example",
    "extensions": [{"type": 6682}, {"name": "server_name", "type": 0, "values": ["a.example"]},
                   {"name": "alpn", "type": 16, "values": ["h3", "h3-29"]}]})"));
}

BOOST_AUTO_TEST_CASE(times_of_certificates) {
  const auto not_before = [](std::int64_t seconds) {
    Record record{header(EventType::tls)};
    record.text(Field::cert_sha1, "00").integer(Field::cert_not_before, static_cast<std::uint64_t>(seconds));
    return tls_object(record.event())["notbefore"].get<std::string>();
  };
  BOOST_TEST(not_before(-86400) == "1969-12-31T00:00:00");  // suricata-verify, tls-pre-1970
  BOOST_TEST(not_before(0) == "1970-01-01T00:00:00");
  BOOST_TEST(not_before(INT64_MAX) == "9999-12-31T23:59:59");
  BOOST_TEST(not_before(INT64_MIN) == "0000-01-01T00:00:00");
}

BOOST_AUTO_TEST_CASE(fingerprints_of_quic) {
  Record record{header(EventType::quic)};
  record.integer(Field::quic_version, 1)
      .text(Field::ja3_hash, "e7d705a3286e19ea42f587b344ee6865")
      .text(Field::ja3_text, "771,4865,0,,")
      .text(Field::ja4, "q13d0310h3_55b375c5d22e_cd85d2d88918")
      .text(Field::ja3s_hash, "eb1d94daa7e0344597e756a1fb6e7054");
  BOOST_TEST(plain(quic_object(record.event())) == json::parse(R"({
    "version": "1", "ja4": "q13d0310h3_55b375c5d22e_cd85d2d88918",
    "ja3": {"hash": "e7d705a3286e19ea42f587b344ee6865", "string": "771,4865,0,,"},
    "ja3s": {"hash": "eb1d94daa7e0344597e756a1fb6e7054"}})"));
}

BOOST_AUTO_TEST_CASE(what_is_known_of_ech) {
  const auto own_of = [](std::uint64_t view) {
    Record record{header(EventType::tls)};
    record.integer(Field::tls_ech, view).integer(Field::tls_ech_config_id, 7);
    Json own = Json::object();
    put_own_of_handshake(own, record.event());
    return plain(own);
  };
  BOOST_TEST(own_of(1) == json::parse(R"({"ech": {"view": "GREASE or unknown", "config_id": 7}})"));
  BOOST_TEST(own_of(2) == json::parse(R"({"ech": {"view": "real", "config_id": 7}})"));
  BOOST_TEST(own_of(99) == json::parse(R"({"ech": {"view": "GREASE or unknown", "config_id": 7}})"));
}

BOOST_AUTO_TEST_SUITE_END()
