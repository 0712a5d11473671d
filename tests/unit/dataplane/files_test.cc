// Bodies of HTTP that are followed to their ends: codings and forms in pieces of any size, names, and the events of the
// files in them.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/digest.hh"
#include "dataplane/http/content_stream.hh"
#include "dataplane/http/file_name.hh"
#include "dataplane/http/form_stream.hh"
#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;
using quic_samples::from_hex;

namespace {

// "abc" by gzip 1.12 and Python's zlib.
constexpr std::string_view abc_gzip = "1f8b08000000000002034b4c4a0600c241243503000000";
constexpr std::string_view abc_zlib = "78da4b4c4a0600024d0127";
constexpr std::string_view abc_deflate = "4b4c4a0600";
// "imei=123456789012345&" eight times over, by Node's brotli.
constexpr std::string_view imei_brotli = "1ba700f845078766f1f9906130a81652ac142041f8c38a9a47560fdb50";
// "Sluice " 3,000 times over and not at an end yet, by Node's brotli (write and flush), which reads it so too.
constexpr std::string_view open_brotli = "8b0329f88dd448adbda69e2a63ab93206369715b24703709803e19";
// RFC 1321 appendix A.5; FIPS 180-4's examples.
constexpr std::string_view abc_md5 = "900150983cd24fb0d6963f7d28e17f72";
constexpr std::string_view abc_sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
constexpr std::string_view abc_sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string text_of_hex(std::string_view hex) { return std::string{as_text(from_hex(hex))}; }

struct Decoded {
  std::string content;
  std::optional<ContentError> error;
  bool is_broken = false;
};

// `coded` in pieces of that size.
Decoded decode(std::string_view list, std::string_view coded, std::size_t piece) {
  const auto stream = std::make_unique<ContentStream>();
  const auto scratch = std::make_unique<ContentStream::Scratch>();
  ContentCodings codings;
  codings.add(list);
  stream->begin(codings);
  Decoded decoded;
  const ContentSink sink{
      &decoded, [](void* to, Bytes content) noexcept { static_cast<Decoded*>(to)->content += as_text(content); }};
  for (; !coded.empty(); coded.remove_prefix(std::min(piece, coded.size())))
    stream->add(as_bytes(coded.substr(0, piece)), *scratch, sink);
  stream->end(*scratch, sink);
  decoded.error = stream->error();
  decoded.is_broken = stream->is_broken();
  return decoded;
}

// What is in a form: "NAME=CONTENT;", or "NAME=CONTENT!" where the end did not come.
std::string files_of(std::string_view type, std::string_view body, std::size_t piece) {
  FormStream form;
  if (!form.begin(type)) return "no form";
  std::string files;
  const FormStream::Sink sink{
      &files, [](void* to, std::string_view name) noexcept { (static_cast<std::string*>(to)->append(name)) += '='; },
      [](void* to, Bytes content) noexcept { static_cast<std::string*>(to)->append(as_text(content)); },
      [](void* to) noexcept { *static_cast<std::string*>(to) += ';'; }};
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size())))
    form.add(as_bytes(body.substr(0, piece)), sink);
  return form.is_open() ? files + '!' : files;
}

std::string name_of(std::string_view head) {
  std::array<char, file_name_limit> room;
  return std::string{disposed_name(HttpHeaders{head}, room)};
}

std::string path_of(std::string_view target) {
  std::array<char, file_name_limit> room;
  return std::string{target_name(target, room)};
}

PipelineOptions following(std::uint32_t bodies = 4) {
  auto options = with_queues();
  options.followed_bodies = bodies;
  options.hash_files = true;
  return options;
}

// A connection whose two sides speak in turn.
struct Talk {
  explicit Talk(PipelineRun& run) : tcp(run, 40000, 80) { tcp.open(); }
  void client(std::string_view text) {
    tcp.client(sent, as_bytes(text));
    sent += text.size();
  }
  void server(std::string_view text) {
    tcp.server(received, as_bytes(text), sent);
    received += text.size();
  }
  Connection tcp;
  std::size_t sent = 0;
  std::size_t received = 0;
};

const std::string get = "GET /a%20b/c.bin?x=1 HTTP/1.1\r\nHost: a.example\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(codings_are_undone_in_pieces_of_any_size) {
  for (std::size_t piece = 1; piece < 40; ++piece) {
    BOOST_TEST_INFO(piece);
    BOOST_TEST(decode("gzip", text_of_hex(abc_gzip), piece).content == "abc");
    BOOST_TEST(decode("deflate", text_of_hex(abc_zlib), piece).content == "abc");
    BOOST_TEST(decode("deflate", text_of_hex(abc_deflate), piece).content == "abc");
    BOOST_TEST(decode("gzip", text_of_hex(abc_zlib), piece).content == "abc");     // under the wrong name
    BOOST_TEST(decode("deflate", text_of_hex(abc_gzip), piece).content == "abc");  //
    BOOST_TEST(decode("br", text_of_hex(imei_brotli), piece).content.size() == 8 * 21U);
    // RFC 1952 section 2.2: several members are one file; what follows them is passed over.
    const auto two = text_of_hex(abc_gzip) + text_of_hex(abc_gzip) + "waste";
    BOOST_TEST(decode("gzip", two, piece).content == "abcabc");
  }
}

BOOST_AUTO_TEST_CASE(all_that_a_brotli_body_shows_so_far_comes_at_once) {
  for (const std::size_t piece : {1, 7, 100})
    BOOST_TEST(decode("br", text_of_hex(open_brotli), piece).content.size() == 3000 * 7U);
}

BOOST_AUTO_TEST_CASE(what_is_not_coded_as_it_says_goes_through) {
  const std::string plain = "<html>" + std::string(2000, 'a');
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{4000}}) {
    const auto decoded = decode("gzip", plain, piece);
    BOOST_TEST(decoded.content == plain);
    BOOST_TEST((decoded.error == ContentError::corrupt));
    BOOST_TEST(!decoded.is_broken);
  }
  BOOST_TEST(decode("gzip", "a", 1).content == "a");  // too short to tell
  BOOST_TEST(decode("lzma", plain, 100).content == plain);
  // Broken in the midst of it.
  const auto broken = decode("deflate", text_of_hex(abc_deflate).substr(0, 4) + "\xff\xff\xff", 100);
  BOOST_TEST(broken.content == "abc");
}

BOOST_AUTO_TEST_CASE(a_form_tells_its_files_in_pieces_of_any_size) {
  constexpr std::string_view type = "multipart/form-data; boundary=\"AaB03x\"";
  // RFC 7578 section 4 and RFC 2046 section 5.1.1, with what looks like a boundary and is none.
  const std::string body =
      "preamble\r\n--AaB03x\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nJoe\r\n"
      "--AaB03x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
      "one\r\r\n--AaB03\r\n-\r\n\r\n--AaB03x  \r\n"
      "Content-Disposition: form-data; name=\"g\"; filename=\"empty\"\r\n\r\n\r\n--AaB03x\n"
      "content-disposition: form-data; name=\"h\"; filename=b\n\n--AaB03y\n\n--AaB03x--\r\n"
      "--AaB03x\r\nContent-Disposition: form-data; filename=\"behind the end\"\r\n\r\nx";
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    BOOST_TEST_INFO(piece);
    BOOST_TEST(files_of(type, body, piece) == "a.txt=one\r\r\n--AaB03\r\n-\r\n;empty=;b=--AaB03y\n;");
  }
  BOOST_TEST(files_of(type, body.substr(0, 176), 7).ends_with("!"));
  BOOST_TEST(files_of("text/plain; boundary=a", body, 7) == "no form");
  BOOST_TEST(files_of("multipart/form-data", body, 7) == "no form");
}

BOOST_AUTO_TEST_CASE(a_file_has_the_name_that_its_message_gives) {
  BOOST_TEST(name_of("Content-Disposition: attachment; filename=\"a b.txt\"\r\n\r\n") == "a b.txt");
  BOOST_TEST(name_of("content-disposition: inline;filename=a.txt\r\n\r\n") == "a.txt");
  // RFC 6266 section 5: the extended form goes first.
  BOOST_TEST(name_of("Content-Disposition: attachment; filename=\"EURO rates\"; "
                     "filename*=utf-8''%e2%82%ac%20rates\r\n\r\n") == "\xe2\x82\xac rates");
  BOOST_TEST(name_of("Content-Type: text/plain\r\n\r\n").empty());
  BOOST_TEST(path_of("/a/b%2Etxt?q=1#f") == "/a/b.txt");
  BOOST_TEST(path_of("http://a.example/x/y") == "/x/y");
  BOOST_TEST(path_of("/%zz") == "/%zz");
  BOOST_TEST(path_of("http://a.example").empty());
}

BOOST_AUTO_TEST_CASE(a_body_is_a_file_whose_event_comes_with_its_end) {
  PipelineRun run{following()};
  Talk talk{run};
  talk.client(get);
  talk.server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
  const auto coded = text_of_hex(abc_gzip);
  talk.server("7\r\n" + coded.substr(0, 7) + "\r\n");
  talk.server("10;x=y\r\n" + coded.substr(7) + "\r\n");
  BOOST_TEST(run.events().empty());
  talk.server("0\r\n\r\n");
  std::string line;
  run.each_event([&](const Event& event) {
    if (event.header().type != EventType::fileinfo) return;
    const auto hex = [&](Field field) {
      std::string text(2 * event.find(field)->value.size(), ' ');
      write_hex(event.find(field)->value, text);
      return text;
    };
    line = std::string{event.find(Field::file_name)->text()} + " " +
           std::to_string(event.find(Field::file_size)->integer());
    BOOST_TEST(hex(Field::file_md5) == abc_md5);
    BOOST_TEST(hex(Field::file_sha1) == abc_sha1);
    BOOST_TEST(hex(Field::file_sha256) == abc_sha256);
    BOOST_TEST(event.find(Field::http_status)->integer() == 200U);
    BOOST_TEST(event.find(Field::http_host)->text() == "a.example");
    BOOST_TEST(event.find(Field::packet_way)->integer() == 1U);
  });
  BOOST_TEST(line == "/a b/c.bin 3");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_connection_ends_its_last_file) {
  PipelineRun run{following()};
  Talk closed{run};
  closed.client(get);
  closed.server("HTTP/1.1 200 OK\r\n\r\nabc");
  closed.tcp.server(closed.received, {}, closed.sent, tcp_flag::ack | tcp_flag::fin);
  BOOST_TEST((run.events() == Lines{"http a.example /a%20b/c.bin?x=1 200", "file /a b/c.bin 3 closed"}));
}

BOOST_AUTO_TEST_CASE(what_never_came_by_is_a_gap_and_the_next_message_is_read) {
  PipelineRun run{following()};
  Talk talk{run};
  talk.client(get + get);
  talk.server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
  talk.received += 5;  // lost to the tap, and confirmed below
  talk.server("xyzHTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc");
  run.send(tcp_frame(talk.tcp.at(), Connection::client_isn + 1 + static_cast<std::uint32_t>(talk.sent),
                     Connection::server_isn + 1 + static_cast<std::uint32_t>(talk.received), tcp_flag::ack));
  BOOST_TEST((run.events() == Lines{"http a.example /a%20b/c.bin?x=1 200", "file /a b/c.bin 5 truncated gaps",
                                    "http a.example /a%20b/c.bin?x=1 404", "file /a b/c.bin 3 closed"}));
}

BOOST_AUTO_TEST_CASE(each_file_of_a_form_has_its_event) {
  PipelineRun run{following()};
  Talk talk{run};
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"one\"\r\n\r\nabc\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"g\"; filename=\"two\"\r\n\r\nabcd\r\n--b--\r\n";
  talk.client(
      "POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  talk.client(body.substr(0, 90));
  talk.client(body.substr(90));
  talk.server("HTTP/1.1 204 No Content\r\n\r\n");
  BOOST_TEST((run.events() == Lines{"file one 3 closed", "file two 4 closed", "http a.example /up 204"}));
}

BOOST_AUTO_TEST_CASE(more_bodies_than_are_followed_are_counted) {
  PipelineRun run{following(1)};
  Talk talk{run};
  talk.client("POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nabc");
  talk.server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");  // before the request's end
  BOOST_TEST(run.pipeline().counters().content_errors[ContentError::not_followed] == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
