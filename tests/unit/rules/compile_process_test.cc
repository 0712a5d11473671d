#include "rules/databases/compile_process.hh"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "rules/databases/compile.hh"
#include "rules/pack/pack.hh"
#include "tests/unit/signature_parts.hh"

using namespace sluice;

namespace {

namespace fs = std::filesystem;

const std::string no_digest(64, 'd');  // where no databases come
using Outcome = tl::expected<std::optional<Databases>, std::string>;
using Packs = std::vector<std::span<const std::uint8_t>>;

// The program beside this test in the build directory.
std::string program() {
  const auto built = fs::read_symlink("/proc/self/exe").parent_path() / "../../rules/sluice-compile";
  BOOST_REQUIRE_MESSAGE(fs::exists(built), built.string() + " is not built: build rules/sluice-compile");
  return built.lexically_normal().string();
}

std::vector<std::uint8_t> pack_of(const std::string& name, const SignatureList& signatures) {
  Pack pack;
  pack.info.name = name;
  pack.info.channel = "test";
  pack.info.sequence = 1;
  pack.info.created_ns = 1;
  pack.rules.signatures = signatures;
  for (auto& signature : pack.rules.signatures)
    signature.facts.rule_id = name + "/" + std::to_string(signature.facts.signature_id);
  return write_pack(pack);
}

std::string digest_of(const SignatureList& signatures) { return prefilter_digest(make_prefilter(signatures)); }

Outcome outcome(CompileProcess& process) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (true) {
    auto polled = process.poll();
    if (!polled || *polled) return polled;
    BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

std::string failure(CompileProcess& process) {
  const auto result = outcome(process);
  BOOST_REQUIRE(!result.has_value());
  BOOST_TEST(!process.running());
  return result.error();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Of what is thrown where rules are refused UBSan looks up the type, by calls that the sandbox forbids.
bool refusals_can_be_tried() {
#ifdef __SANITIZE_ADDRESS__
  BOOST_TEST_MESSAGE("SKIPPED under the sanitizers: their own calls in the sandbox are refused");
  return false;
#else
  return true;
#endif
}

// A program that stands in for sluice-compile.
struct Script {
  explicit Script(const std::string& lines) {
    auto name = (fs::temp_directory_path() / "sluice-script-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    BOOST_REQUIRE(file >= 0);
    ::close(file);
    path = name;
    std::ofstream{path} << "#!/bin/sh\n" << lines << "\n";
    BOOST_REQUIRE(::chmod(path.c_str(), 0700) == 0);
  }
  ~Script() { ::unlink(path.c_str()); }
  std::string path;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(compile_process)

// The same databases as in this process: the patterns of all packs in their order.
BOOST_AUTO_TEST_CASE(packs_become_databases) {
  const SignatureList first{signature(1, content("one")), signature(2, pcre("two|three"))};
  const SignatureList second{signature(3, content("four", Buffer::http_uri)), signature(4, content("one"))};
  const auto one = pack_of("first", first);
  const auto two = pack_of("second", second);
  CompileProcess process{program()};
  auto all = first;
  all.insert(all.end(), second.begin(), second.end());
  BOOST_REQUIRE_MESSAGE(process.start(Packs{one, two}, digest_of(all)).has_value(), "not started");
  BOOST_TEST(process.running());
  BOOST_TEST(!process.start(Packs{one}, digest_of(first)).has_value());
  const auto result = outcome(process);
  BOOST_REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error()));
  const auto expected = compile_databases(all, make_prefilter(all));
  BOOST_REQUIRE(expected.has_value());
  BOOST_TEST((*result)->prefilter_digest == expected->prefilter_digest);
  BOOST_TEST(((*result)->by_buffer == expected->by_buffer));
  BOOST_TEST(!process.running());
  BOOST_TEST(!process.poll().has_value());  // told once
}

// Descriptors whose numbers are those that the child's are to have, in the other order.
BOOST_AUTO_TEST_CASE(descriptors_may_have_any_numbers) {
  std::vector<MemoryFile> files;
  std::vector<int> numbers;
  SignatureList all;
  for (std::uint32_t i = 0; i < 12; ++i) {
    const SignatureList own{signature(i + 1, content(std::string(i + 2, 'x')))};
    all.push_back(own[0]);
    files.push_back(std::move(*MemoryFile::sealed("pack", pack_of("pack" + std::to_string(i), own))));
    numbers.push_back(files.back().descriptor());
  }
  std::reverse(numbers.begin(), numbers.end());
  std::reverse(all.begin(), all.end());
  CompileProcess process{program()};
  BOOST_REQUIRE(process.start(numbers, digest_of(all)).has_value());
  files.clear();  // the child has its own
  const auto result = outcome(process);
  BOOST_REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error()));
  BOOST_TEST((*result)->prefilter_digest == prefilter_digest(make_prefilter(all)));
}

// As a service may be started: what is opened next gets the number of standard input.
BOOST_AUTO_TEST_CASE(a_process_without_standard_input_can_start_one) {
  const int kept = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  CompileProcess process{program()};
  const SignatureList signatures{signature(1, content("ab"))};
  const auto pack = pack_of("p", signatures);
  const bool started = process.start(Packs{pack}, digest_of(signatures)).has_value();
  if (kept >= 0) {
    ::dup2(kept, STDIN_FILENO);
    ::close(kept);
  }
  BOOST_REQUIRE(started);
  const auto result = outcome(process);
  BOOST_TEST(result.has_value(), (result ? "" : result.error()));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_by_name) {
  if (!refusals_can_be_tried()) return;
  CompileProcess process{program()};
  const auto bad = pack_of("bad", {signature(7, pcre("a*"))});
  BOOST_REQUIRE(process.start(Packs{bad}, no_digest).has_value());
  const auto text = failure(process);
  BOOST_TEST(holds(text, "bad/7 (sid 7): its pcre \"a*\" cannot be searched for"), text);
  // The next one is not harmed.
  const SignatureList signatures{signature(8, content("ab"))};
  const auto good = pack_of("good", signatures);
  BOOST_REQUIRE(process.start(Packs{good}, digest_of(signatures)).has_value());
  BOOST_TEST(outcome(process).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_pack_is_refused) {
  if (!refusals_can_be_tried()) return;
  CompileProcess process{program()};
  const auto pack = pack_of("cut", {signature(1, content("ab"))});
  BOOST_REQUIRE(process.start(Packs{std::span{pack}.first(pack.size() / 2)}, no_digest).has_value());
  BOOST_TEST(holds(failure(process), "pack at descriptor 4"));
  BOOST_REQUIRE(process.start(Packs{std::span{pack}.first(0)}, no_digest).has_value());
  BOOST_TEST(holds(failure(process), "pack at descriptor 4"));
}

BOOST_AUTO_TEST_CASE(wrong_arguments_show_the_usage) {
  CompileProcess process{program()};
  BOOST_REQUIRE(process.start(Packs{}, no_digest).has_value());  // no packs
  BOOST_TEST(holds(failure(process), "usage: sluice-compile"));
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_told_at_once) {
  CompileProcess process{"/nowhere/sluice-compile"};
  const auto started = process.start(Packs{}, no_digest);
  BOOST_REQUIRE(!started.has_value());
  BOOST_TEST(started.error() == "/nowhere/sluice-compile could not be started: No such file or directory");
  BOOST_TEST(!process.running());
}

BOOST_AUTO_TEST_CASE(whatever_the_child_does_is_a_text) {
  const auto told = [](const std::string& lines) {
    const Script script{lines};
    CompileProcess process{script.path};
    BOOST_REQUIRE(process.start(Packs{}, no_digest).has_value());
    return failure(process);
  };
  BOOST_TEST(holds(told("exit 0"), "compiled databases: 0 bytes"));
  BOOST_TEST(holds(told("echo rubbish >&3"), "compiled databases: 8 bytes"));
  BOOST_TEST(holds(told("exit 5"), "ended with status 5 and said nothing"));
  BOOST_TEST(holds(told("echo reason >&2; exit 1"), "reason"));
  BOOST_TEST(holds(told("kill -SYS $$"), "its sandbox forbids"));
  BOOST_TEST(holds(told("kill -XCPU $$"), "CPU time"));
  BOOST_TEST(holds(told("kill -KILL $$"), "ended by signal 9"));
  BOOST_TEST(holds(told("head -c 100000 /dev/zero >&2; exit 1"), "100000 bytes are more than the limit"));
  // A descriptor that is not closed at exec by itself, as some of DPDK's are not, and no other.
  BOOST_REQUIRE(::dup2(STDERR_FILENO, 300) == 300);
  BOOST_TEST(
      holds(told("for n in 4 5 6 7 8 9 300; do [ -e /proc/$$/fd/$n ] && echo $n >&2; done; exit 1"), "said nothing"));
  ::close(300);
}

// A child that answers another question is not believed.
BOOST_AUTO_TEST_CASE(databases_of_other_signatures_are_refused) {
  const auto pack = pack_of("p", {signature(1, content("ab"))});
  CompileProcess process{program()};
  BOOST_REQUIRE(process.start(Packs{pack}, digest_of({signature(1, content("ac"))})).has_value());
  BOOST_TEST(holds(failure(process), "other signatures"));
}

BOOST_AUTO_TEST_CASE(a_child_without_end_is_ended) {
  const Script script{"exec sleep 100"};
  {
    CompileProcess process{script.path, std::chrono::milliseconds{50}};
    BOOST_REQUIRE(process.start(Packs{}, no_digest).has_value());
    BOOST_TEST(holds(failure(process), "ended after 50 ms"));
  }
  const auto begin = std::chrono::steady_clock::now();
  {
    CompileProcess process{script.path};
    BOOST_REQUIRE(process.start(Packs{}, no_digest).has_value());
  }
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds{10}));
}

BOOST_AUTO_TEST_SUITE_END()
