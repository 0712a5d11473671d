// What is true of every list and every signature that ships, checked over rules/packs/.
#include <algorithm>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "rules/indicators/indicator_list.hh"
#include "rules/lint/lint_warning.hh"
#include "rules/signatures/signature_file.hh"

using sluice::Indicator;
using sluice::IndicatorList;
using sluice::RuleKind;

namespace {

const std::filesystem::path pack_folder = std::filesystem::path(SLUICE_SOURCE_ROOT) / "rules" / "packs";

const IndicatorList& vendor_telemetry() {
  static const auto list = sluice::load_indicator_list(pack_folder / "vendor-telemetry.csv");
  for (const auto& error : list.errors) BOOST_ERROR(error.text());
  BOOST_REQUIRE(!list.rows.empty());
  return list.rows;
}

const Indicator* row(std::string_view id) {
  const auto& rows = vendor_telemetry();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Indicator& indicator) {
    return indicator.facts.rule_id == "vendor-telemetry/" + std::string(id);
  });
  return found == rows.end() ? nullptr : &*found;
}

const sluice::SignatureList& vendor_signatures() {
  static const auto list = sluice::load_signatures(pack_folder / "vendor-telemetry.rules");
  for (const auto& error : list.errors) BOOST_ERROR(error.text());
  BOOST_REQUIRE(!list.signatures.empty());
  return list.signatures;
}

// The rows of everything that ships.
const IndicatorList& all_rows() {
  static const auto rows = [] {
    IndicatorList all;
    for (const auto& entry : std::filesystem::directory_iterator(pack_folder)) {
      if (entry.path().extension() != ".csv") continue;
      auto list = sluice::load_indicator_list(entry.path());
      std::move(list.rows.begin(), list.rows.end(), std::back_inserter(all));
    }
    return all;
  }();
  return rows;
}

// The facts of everything that ships, rows and signatures.
std::vector<sluice::RuleFacts> shipped_facts() {
  std::vector<sluice::RuleFacts> facts;
  for (const auto& indicator : all_rows()) facts.push_back(indicator.facts);
  for (const auto& signature : vendor_signatures()) facts.push_back(signature.facts);
  return facts;
}

// True where a row of the list matches the name.
bool is_named(std::string_view name, const IndicatorList& rows = vendor_telemetry()) {
  return std::any_of(rows.begin(), rows.end(), [&](const Indicator& indicator) {
    if (indicator.facts.kind == RuleKind::host) return indicator.name == name;
    return indicator.facts.kind == RuleKind::domain && (indicator.name == name || name.ends_with("." + indicator.name));
  });
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Where a word begins with it: names of products and providers may hold such words inside.
bool has_word(const std::string& text, const std::string& begin) {
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1))
    if (at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0) return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packs)

BOOST_AUTO_TEST_CASE(every_shipped_list_loads_without_an_error) {
  std::size_t lists = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pack_folder)) {
    if (entry.path().extension() != ".csv") continue;
    ++lists;
    const auto list = sluice::load_indicator_list(entry.path());
    for (const auto& error : list.errors) BOOST_ERROR(error.text());
    BOOST_TEST(!list.rows.empty(), entry.path());
  }
  BOOST_TEST(lists >= 1U);
}

BOOST_AUTO_TEST_CASE(every_shipped_signature_file_loads_without_an_error) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pack_folder)) {
    if (entry.path().extension() != ".rules") continue;
    ++files;
    const auto list = sluice::load_signatures(entry.path());
    for (const auto& error : list.errors) BOOST_ERROR(error.text());
    BOOST_TEST(!list.signatures.empty(), entry.path());
  }
  BOOST_TEST(files >= 1U);
}

BOOST_AUTO_TEST_CASE(every_rule_says_who_why_how_sure_and_who_says_so) {
  for (const auto& facts : shipped_facts()) {
    for (const auto* text :
         {&facts.source, &facts.licence, &facts.recipient, &facts.role, &facts.purpose, &facts.breaks, &facts.expires})
      BOOST_TEST(!text->empty(), facts.rule_id);
    BOOST_TEST(facts.tlp == "clear", facts.rule_id);
    BOOST_TEST((facts.confidence != sluice::Confidence::defined), facts.rule_id);  // an operator's word
    BOOST_TEST(facts.expires_ns > 0, facts.rule_id);
  }
  // its own id, not one of 16 hex digits
  for (const auto& indicator : all_rows()) {
    const auto& id = indicator.facts.rule_id;
    BOOST_TEST(id.find_first_not_of("0123456789abcdef", id.find('/') + 1) != std::string::npos, id);
  }
}

// sidallocation.org: 1000000 to 1999999 are for local rules; the head of the file says which of them are these.
BOOST_AUTO_TEST_CASE(signatures_have_numbers_of_their_own_range) {
  for (const auto& signature : vendor_signatures()) {
    BOOST_TEST(signature.facts.generator_id == 1U, signature.facts.rule_id);
    BOOST_TEST((signature.facts.signature_id > 1'926'000 && signature.facts.signature_id < 1'927'000),
               signature.facts.rule_id);
    BOOST_TEST(signature.facts.revision >= 1U, signature.facts.rule_id);
    BOOST_TEST((signature.action == sluice::SignatureAction::alert), signature.facts.rule_id);
    BOOST_TEST((signature.facts.finding_class != sluice::FindingClass::unclassified), signature.facts.rule_id);
    BOOST_TEST(!signature.facts.carries.empty(), signature.facts.rule_id);
  }
}

BOOST_AUTO_TEST_CASE(facts_only_no_motives) {
  const std::set<std::string> refused{"infect",    "spies",     "spying",   "steal",       "stolen",  "censor",
                                      "malicious", "exfiltrat", "secretly", "phones home", "backdoor"};
  for (const auto& facts : shipped_facts()) {
    // What is looked for, and an id made of it, is as its holder named it; so are addresses of reports.
    for (const auto* text : {&facts.recipient, &facts.role, &facts.purpose, &facts.carries, &facts.breaks})
      for (const auto& word : refused) BOOST_TEST(!has_word(lower(*text), word), facts.rule_id << ": " << word);
  }
}

BOOST_AUTO_TEST_CASE(an_address_alone_is_low_confidence) {
  for (const auto& indicator : all_rows()) {
    if (indicator.facts.kind == RuleKind::ip || indicator.facts.kind == RuleKind::cidr)
      BOOST_TEST((indicator.facts.confidence == sluice::Confidence::low), indicator.facts.rule_id);
  }
}

BOOST_AUTO_TEST_CASE(a_name_stands_in_one_pack_alone) {
  std::map<std::string, std::string> seen;
  for (const auto& indicator : all_rows()) {
    const auto [entry, is_new] = seen.emplace(indicator.facts.subject, indicator.facts.rule_id);
    BOOST_TEST(is_new, indicator.facts.rule_id << " and " << entry->second);
  }
}

BOOST_AUTO_TEST_CASE(no_row_is_a_name_below_which_many_parties_have_theirs) {
  for (const auto& warning : sluice::lint_warnings(all_rows(), {}, {}))
    BOOST_ERROR(warning.text);  // on the first day of 1970 nothing is old
}

BOOST_AUTO_TEST_CASE(every_pack_keeps_to_its_class_and_has_its_page) {
  using enum sluice::FindingClass;
  const std::map<std::string, sluice::FindingClass> expected{{"spyware/", spyware_indicator},
                                                             {"stalkerware/", stalkerware_indicator},
                                                             {"c2/", known_c2_indicator},
                                                             {"dns-bypass/", dns_bypass}};
  std::set<std::string> packs;
  for (const auto& indicator : all_rows()) {
    const auto pack = indicator.facts.rule_id.substr(0, indicator.facts.rule_id.find('/') + 1);
    packs.insert(pack);
    if (const auto found = expected.find(pack); found != expected.end())
      BOOST_TEST((indicator.facts.finding_class == found->second), indicator.facts.rule_id);
  }
  BOOST_TEST(packs.size() == expected.size() + 1);
  for (const auto& pack : packs) {
    const auto name = pack.substr(0, pack.size() - 1);
    for (const char* ending : {".md", ".examples"})
      BOOST_TEST(std::filesystem::exists(pack_folder / (name + ending)), name << ending);
  }
}

// Of lists whose licence asks that they be named.
BOOST_AUTO_TEST_CASE(rows_of_others_name_them) {
  for (const auto& indicator : all_rows()) {
    const auto& facts = indicator.facts;
    if (facts.licence == "CC-BY-2.0") BOOST_TEST(facts.source.find("AmnestyTech/investigations") != std::string::npos);
    if (facts.licence == "CC-BY-4.0") BOOST_TEST(facts.source.find("Echap") != std::string::npos);
    BOOST_TEST((facts.licence.find("GPL") == std::string::npos && facts.licence.find("NC") == std::string::npos),
               facts.rule_id);
  }
}

BOOST_AUTO_TEST_CASE(no_vendor_is_called_command_and_control_or_spyware) {
  for (const auto& indicator : vendor_telemetry()) {
    const auto& facts = indicator.facts;
    BOOST_TEST((facts.finding_class < sluice::FindingClass::spyware_indicator ||
                facts.finding_class == sluice::FindingClass::anonymiser),
               facts.rule_id);
  }
}

BOOST_AUTO_TEST_CASE(makers_and_platforms_are_treated_alike) {
  std::map<std::string, std::size_t> rows_of;
  for (const auto& indicator : vendor_telemetry()) ++rows_of[indicator.facts.recipient];
  for (const char* recipient : {"Xiaomi", "Huawei", "OPPO", "Samsung", "Apple", "Google", "Microsoft"})
    BOOST_TEST(rows_of[recipient] >= 12U, recipient << ": " << rows_of[recipient]);
  for (const char* recipient : {"OnePlus", "vivo", "Transsion", "Honor", "Alibaba", "Tencent", "Baidu", "iFlytek",
                                "Getui", "Aurora Mobile", "Adups"})
    BOOST_TEST(rows_of[recipient] >= 1U, recipient);
}

BOOST_AUTO_TEST_CASE(classes_follow_from_what_is_sent) {
  using enum sluice::FindingClass;
  const std::map<std::string, sluice::FindingClass> expected{{"xiaomi-mistat-intl", telemetry},
                                                             {"xiaomi-ad-splash-intl", advertising},
                                                             {"xiaomi-ad-filter-text", remote_content_list},
                                                             {"iflytek-pinyin-voicecloud", keyboard_input},
                                                             {"sogou-keyboard-get", keyboard_input},
                                                             {"aliyun-httpdns-ip-65", dns_bypass},
                                                             {"tencent-httpdns-ip", dns_bypass},
                                                             {"dnspod-doh", dns_bypass},
                                                             {"apple-relay-quic", anonymiser},
                                                             {"xiaomi-connect-rom-intl", telemetry}};
  for (const auto& [id, finding_class] : expected) {
    const auto* indicator = row(id);
    BOOST_REQUIRE_MESSAGE(indicator != nullptr, "no row " << id);
    BOOST_TEST((indicator->facts.finding_class == finding_class), id);
  }
}

BOOST_AUTO_TEST_CASE(classes_of_signatures_follow_from_what_is_sent) {
  using enum sluice::FindingClass;
  const std::map<std::uint32_t, sluice::FindingClass> expected{
      {1926001, clear_text_identifier}, {1926004, remote_content_list}, {1926005, telemetry},
      {1926008, advertising},           {1926009, dns_bypass},          {1926010, clear_text_identifier},
      {1926020, keyboard_input}};
  std::size_t found = 0;
  for (const auto& signature : vendor_signatures()) {
    const auto entry = expected.find(signature.facts.signature_id);
    if (entry == expected.end()) continue;
    ++found;
    BOOST_TEST((signature.facts.finding_class == entry->second), signature.facts.rule_id);
  }
  BOOST_TEST(found == expected.size());
}

// The hosts of real captures and of published research, one or more of every vendor.
BOOST_AUTO_TEST_CASE(well_documented_hosts_are_named) {
  for (const char* name : {"app.chat.global.xiaomi.net",
                           "fr.app.chat.global.xiaomi.net",
                           "resolver.msg.xiaomi.net",
                           "data.mistat.india.xiaomi.com",
                           "sa.api.intl.miui.com",
                           "tracking.miui.com",
                           "flash.sec.miui.com",
                           "alog.umeng.com",
                           "ulogs.umeng.com",
                           "sdk.open.talk.getui.net",
                           "stats.jpush.cn",
                           "_psis._udp.jpush.cn",
                           "othstr.beacon.qq.com",
                           "android.bugly.qq.com",
                           "loc.map.baidu.com",
                           "apilocate.amap.com",
                           "bigdata.adups.com",
                           "metrics1.data.hicloud.com",
                           "metrics-drru.dt.hicloud.com",
                           "obus-cn.dc.heytapmobi.com",
                           "dragate-sg.dc.heytapmobi.com",
                           "open.oneplus.net",
                           "moni-onrt-stsdk.vivo.com.cn",
                           "ru-vmd.vivoglobal.com",
                           "dsu-a.shalltry.com",
                           "captive.apple.com",
                           "xp.apple.com",
                           "app-measurement.com",
                           "region1.app-measurement.com",
                           "crashlyticsreports-pa.googleapis.com",
                           "v10.events.data.microsoft.com",
                           "dc.di.atlas.samsung.com",
                           "diagmon-serviceapi.samsungdm.com"})
    BOOST_TEST(is_named(name), name);
}

// Names that also carry what has nothing to do with telemetry, and a public resolver.
BOOST_AUTO_TEST_CASE(common_names_are_not_matched) {
  for (const char* name :
       {"xiaomi.com",  "www.mi.com",      "xiaomi.net",     "miui.com",          "huawei.com",
        "hicloud.com", "qq.com",          "baidu.com",      "amap.com",          "umeng.com",
        "vivo.com.cn", "vivoglobal.com",  "heytapmobi.com", "allawnos.com",      "allawntech.com",
        "oneplus.net", "samsung.com",     "samsungdm.com",  "apple.com",         "www.apple.com",
        "icloud.com",  "www.icloud.com",  "google.com",     "www.google.com",    "googleapis.com",
        "gstatic.com", "doubleclick.net", "microsoft.com",  "www.microsoft.com", "update.microsoft.com",
        "live.com",    "login.live.com",  "sogou.com"})
    BOOST_TEST(!is_named(name, all_rows()), name);
  const auto resolver = *sluice::Address::parse("114.114.114.114");
  for (const auto& indicator : all_rows()) {
    if (indicator.facts.kind == RuleKind::ip || indicator.facts.kind == RuleKind::cidr)
      BOOST_TEST(!indicator.range.contains(resolver), indicator.facts.rule_id);
  }
}

BOOST_AUTO_TEST_SUITE_END()
