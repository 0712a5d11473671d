#include "dataplane/http/multipart.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr std::string_view type = "multipart/form-data; boundary=------------------------5a4feb6fc69add5c";
// Sent by curl 7.88 for -F imei=123456 -F 'photo=@photo.png;type=image/png' -F 'note=a;filename='
constexpr std::string_view body =
    "--------------------------5a4feb6fc69add5c\r\nContent-Disposition: form-data; name=\"imei\"\r\n\r\n123456\r\n"
    "--------------------------5a4feb6fc69add5c\r\nContent-Disposition: form-data; name=\"photo\"; "
    "filename=\"photo.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n"
    "--------------------------5a4feb6fc69add5c\r\nContent-Disposition: form-data; name=\"note\"; filename=\"\"\r\n\r\n"
    "a\r\n--------------------------5a4feb6fc69add5c--\r\n";

std::vector<std::string> parts_of(std::string_view content_type, std::string_view text) {
  std::vector<std::string> found;
  FormParts parts{content_type, as_bytes(text)};
  while (const auto part = parts.next())
    found.push_back(std::string{part->name} + "|" + std::string{part->file_name} + "|" +
                    std::string{part->content_type});
  return found;
}

using Parts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(multipart)

BOOST_AUTO_TEST_CASE(the_parts_of_a_form) {
  BOOST_TEST(is_multipart_form(type));
  BOOST_TEST(is_multipart_form("Multipart/Form-Data;boundary=x"));
  BOOST_TEST(!is_multipart_form("multipart/mixed; boundary=x"));
  BOOST_TEST((parts_of(type, body) == Parts{"imei||", "photo|photo.png|image/png", "note||"}));
  BOOST_TEST(
      (parts_of("multipart/form-data; boundary=\"------------------------5a4feb6fc69add5c\"", body).size() == 3));
}

BOOST_AUTO_TEST_CASE(a_cut_body_gives_the_parts_whose_heads_are_whole) {
  BOOST_TEST((parts_of(type, body.substr(0, body.find("image/png"))) == Parts{"imei||"}));
  BOOST_TEST(parts_of(type, body.substr(0, 20)).empty());
  BOOST_TEST(parts_of("multipart/form-data", body).empty());
}

BOOST_AUTO_TEST_CASE(no_more_parts_than_the_bound) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nv\r\n";
  BOOST_TEST(parts_of("multipart/form-data; boundary=b", many).size() == multipart_part_limit);
}

BOOST_AUTO_TEST_SUITE_END()
