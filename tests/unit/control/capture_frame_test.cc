#include "control/capture/capture_frame.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;
using namespace std::string_literals;

namespace {

// "KIND:BODY" of each whole frame, one a line.
std::string all_of(CaptureFrames& frames) {
  std::string text;
  while (const auto frame = frames.next()) text += static_cast<char>(frame->kind) + ":"s + frame->body + "\n";
  return text;
}

const auto stream = "n\x08\0\0\0[\"eth0\"]"s + "a\0\0\0\0"s + "p\x03\0\0\0a\0b"s + "e\x02\0\0\0{}"s;
const auto told = "n:[\"eth0\"]\na:\np:a\0b\ne:{}\n"s;

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_frame)

BOOST_AUTO_TEST_CASE(a_frame_is_a_letter_a_size_and_its_bytes) {
  std::string out;
  put_capture_frame(out, CaptureFrameKind::ports, R"(["eth0"])");
  put_capture_frame(out, CaptureFrameKind::alive, {});
  put_capture_frame(out, CaptureFrameKind::packet, "a\0b"s);
  put_capture_frame(out, CaptureFrameKind::end, "{}");
  BOOST_TEST(out == stream);
  CaptureFrames frames;
  frames.add(out);
  BOOST_TEST(all_of(frames) == told);
  BOOST_TEST(!frames.is_broken());
}

BOOST_AUTO_TEST_CASE(frames_come_in_pieces_of_any_size) {
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    CaptureFrames frames;
    std::string text;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      frames.add(std::string_view{stream}.substr(at, piece));
      text += all_of(frames);
    }
    BOOST_TEST(text == told, piece);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_frame_ends_it) {
  for (const auto& broken : {"x\0\0\0\0"s, "p\x01\0\x04\0"s, "p\xff\xff\xff\xff"s}) {  // another letter; beyond 256 KiB
    CaptureFrames frames;
    frames.add("a\0\0\0\0"s + broken);
    BOOST_TEST(all_of(frames) == "a:\n");
    BOOST_TEST(frames.is_broken());
    frames.add("a\0\0\0\0"s);
    BOOST_TEST(!frames.next());
  }
  CaptureFrames largest;
  largest.add("p\0\0\x04\0"s);  // 256 KiB that have not come
  BOOST_TEST(!largest.next());
  BOOST_TEST(!largest.is_broken());
}

BOOST_AUTO_TEST_SUITE_END()
