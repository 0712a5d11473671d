#include "control/findings/redaction.hh"

#include <sys/stat.h>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

using namespace sluice;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// A folder of its own for each case.
struct Folder {
  fs::path path;
  Folder() {
    auto name = (fs::temp_directory_path() / "redaction-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const char* name) const { return (path / name).string(); }
};

::mode_t mode_of(const fs::path& path) {
  struct ::stat status {};
  BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string text(const RedactionKey& key) { return {key.begin(), key.end()}; }

void write(const std::string& path, const std::string& bytes, ::mode_t mode = 0600) {
  std::ofstream{path, std::ios::binary} << bytes;
  BOOST_REQUIRE(::chmod(path.c_str(), mode) == 0);
}

std::string error_of(const std::string& path) {
  const auto key = load_or_make_key(path);
  return key ? "" : key.error();
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// HMAC fills a key up with zeros (RFC 2104 section 2): a shorter one is the same as one of 32 bytes with zeros behind.
RedactionKey key_of(std::string_view start) {
  RedactionKey key{};
  std::copy(start.begin(), start.end(), key.begin());
  return key;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_redaction)

// RFC 4231 sections 4.2 and 4.3.
BOOST_AUTO_TEST_CASE(digests_of_the_rfc) {
  const Redactor first{key_of(std::string(20, '\x0b'))};
  BOOST_TEST(json(first.redact("device-id", "Hi There")) ==
             json::parse(R"({"kind": "device-id", "length": 8, "digest": "hmac-sha256:b0344c61d8db3853"})"));
  const Redactor second{key_of("Jefe")};
  BOOST_TEST(json(second.redact("network-name", "what do ya want for nothing?")) ==
             json::parse(R"({"kind": "network-name", "length": 28, "digest": "hmac-sha256:5bdcc146bf60754e"})"));
  BOOST_TEST(first.complaint() == "");
}

BOOST_AUTO_TEST_CASE(lengths_count_bytes_and_any_bytes_do) {
  const Redactor redactor{key_of("Jefe")};
  BOOST_TEST(redactor.redact("x", "")["length"] == 0);
  BOOST_TEST(redactor.redact("x", "\xc3\xbc")["length"] == 2);
  BOOST_TEST(redactor.redact("x", std::string_view{"a\0b\xff", 4})["length"] == 4);
  BOOST_TEST(redactor.redact("x", "a")["digest"] != redactor.redact("x", std::string_view{"a\0", 2})["digest"]);
}

BOOST_AUTO_TEST_CASE(without_a_key_no_digest) {
  BOOST_TEST(json(Redactor{}.redact("device-id", "a-0123")) == json::parse(R"({"kind": "device-id", "length": 6})"));
}

BOOST_AUTO_TEST_CASE(a_key_is_made_once_and_kept_from_others) {
  const Folder folder;
  const auto path = folder.file("a/b/redaction.key");
  const auto made = load_or_make_key(path);
  BOOST_REQUIRE(made);
  BOOST_TEST(content(path) == text(*made));
  BOOST_TEST(content(path).size() == 32U);
  BOOST_TEST(mode_of(path) == 0600U);
  BOOST_TEST(mode_of(folder.path / "a") == 0700U);
  BOOST_TEST(mode_of(folder.path / "a/b") == 0700U);
  BOOST_TEST(std::distance(fs::directory_iterator{folder.path / "a/b"}, {}) == 1);  // no draft is left behind
  BOOST_TEST((load_or_make_key(path) == made));
  BOOST_TEST((load_or_make_key(folder.file("other.key")) != made));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_there_is_taken) {
  const Folder folder;
  const auto path = folder.file("key");
  write(path, "0123456789abcdef0123456789abcdef");
  BOOST_TEST((*load_or_make_key(path) == key_of("0123456789abcdef0123456789abcdef")));
}

BOOST_AUTO_TEST_CASE(a_key_of_another_size_is_refused_and_left) {
  const Folder folder;
  const auto path = folder.file("key");
  for (const std::size_t size : {0U, 31U, 33U, 5000U}) {
    write(path, std::string(size, 'k'));
    BOOST_TEST(holds(error_of(path),
                     path + ": the key of redaction has " + std::to_string(size) + " bytes instead of 32: remove it"));
    BOOST_TEST(content(path) == std::string(size, 'k'));
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_or_write_is_refused) {
  const Folder folder;
  const auto path = folder.file("key");
  for (const ::mode_t mode : {0640U, 0604U, 0644U, 0620U, 0602U}) {
    write(path, std::string(32, 'k'), mode);
    const auto error = error_of(path);
    BOOST_TEST(holds(error, path + ": the key of redaction is open to others (mode 0"), error);
    BOOST_TEST(holds(error, "`chmod 600` it"));
    BOOST_TEST(!holds(error, "kkk"));
  }
  write(path, std::string(32, 'k'), 0400);
  BOOST_TEST(error_of(path) == "");
}

BOOST_AUTO_TEST_CASE(only_a_plain_file_is_a_key) {
  const Folder folder;
  fs::create_directory(folder.file("folder"));
  BOOST_TEST(holds(error_of(folder.file("folder")), "is no plain file"));
  BOOST_REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  BOOST_TEST(holds(error_of(folder.file("pipe")), "is no plain file"));
  write(folder.file("key"), std::string(32, 'k'));
  fs::create_symlink(folder.file("key"), folder.file("link"));
  BOOST_TEST(holds(error_of(folder.file("link")), "cannot be opened"));
  BOOST_TEST(holds(error_of(folder.file("key/below")), "cannot be opened: Not a directory"));
  BOOST_TEST(holds(error_of("/proc/no-folder/key"), "/proc/no-folder/key: the key of redaction cannot be written"));
}

BOOST_AUTO_TEST_CASE(programs_that_start_at_once_get_one_key) {
  const Folder folder;
  const auto path = folder.file("a/key");
  std::vector<tl::expected<RedactionKey, std::string>> keys(8, RedactionKey{});
  std::vector<std::thread> threads;
  for (auto& key : keys) threads.emplace_back([&key, &path] { key = load_or_make_key(path); });
  for (auto& thread : threads) thread.join();
  for (const auto& key : keys) {
    BOOST_REQUIRE(key);
    BOOST_TEST(text(*key) == content(path));
  }
}

BOOST_AUTO_TEST_CASE(the_key_file_is_touched_when_an_identifier_comes_by) {
  const Folder folder;
  const auto path = folder.file("state/key");
  const Redactor redactor{path};
  BOOST_TEST(!fs::exists(folder.path / "state"));
  const auto digest = redactor.redact("device-id", "a-0123")["digest"];
  BOOST_TEST(fs::exists(path));
  BOOST_TEST(redactor.complaint() == "");
  BOOST_TEST(Redactor{path}.redact("device-id", "a-0123")["digest"] == digest);
  BOOST_TEST(Redactor{*load_or_make_key(path)}.redact("device-id", "a-0123")["digest"] == digest);
}

BOOST_AUTO_TEST_CASE(where_no_key_can_be_kept_the_run_has_its_own) {
  const Redactor redactor{"/proc/no-folder/key"};
  BOOST_TEST(redactor.complaint() == "");  // no identifier yet: nothing to say
  const auto digest = redactor.redact("device-id", "a-0123")["digest"];
  BOOST_TEST(redactor.redact("device-id", "a-0123")["digest"] == digest);
  BOOST_TEST(holds(redactor.complaint(), "/proc/no-folder/key: the key of redaction cannot be written"));
  BOOST_TEST(holds(redactor.complaint(), "compare with those of no other run"));
  const Redactor homeless{""};
  BOOST_TEST(homeless.redact("device-id", "a-0123").contains("digest"));
  BOOST_TEST(holds(homeless.complaint(), "HOME is not set; the digests"));
  const Redactor other{"/proc/no-folder/key"};
  BOOST_TEST(other.redact("device-id", "a-0123")["digest"] != digest);
}

BOOST_AUTO_TEST_CASE(a_person_s_key_is_among_his_state) {
  const auto path = [](const char* state, const char* home) {
    state != nullptr ? ::setenv("XDG_STATE_HOME", state, 1) : ::unsetenv("XDG_STATE_HOME");
    home != nullptr ? ::setenv("HOME", home, 1) : ::unsetenv("HOME");
    return own_key_path();
  };
  const auto* const home = std::getenv("HOME");
  const std::string home_before = home != nullptr ? home : "";
  BOOST_TEST(path("/s", "/h") == "/s/sluice/redaction.key");
  BOOST_TEST(path(nullptr, "/h") == "/h/.local/state/sluice/redaction.key");
  BOOST_TEST(path("", "/h") == "/h/.local/state/sluice/redaction.key");
  BOOST_TEST(path("relative", "/h") == "/h/.local/state/sluice/redaction.key");
  BOOST_TEST(path(nullptr, nullptr) == "");
  if (!home_before.empty()) ::setenv("HOME", home_before.c_str(), 1);
}

BOOST_AUTO_TEST_SUITE_END()
