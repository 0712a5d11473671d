#include "control/store/finding_reader.hh"

#include <fmt/format.h>

#include <charconv>

#include "control/findings/wording.hh"
#include "control/text/timestamp.hh"
#include "dataplane/event/event.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* columns =
    "finding.number, device.surrogate, device.address, finding.is_inside, rule.rule_id, finding.class, "
    "rule.recipient, rule.role, finding.confidence, finding.lowered, finding.severity, finding.destination, "
    "finding.stage, finding.count, finding.blocked, finding.would_block, finding.evidence, finding.first, "
    "finding.last, finding.ruleset, rule.source, finding.state, finding.owner, finding.ticket, finding.vlan, "
    "finding.remote, device.name, device.vendor, device.model, device.is_several, device.team";
constexpr int column_last = 18;
constexpr int column_vlan = 24;
constexpr int column_remote = 25;
constexpr int column_name = 26;
constexpr int column_vendor = 27;
constexpr int column_model = 28;
constexpr int column_several = 29;
constexpr int column_team = 30;

Tick moment(std::int64_t nanoseconds) {
  return Tick{std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{nanoseconds})};
}

// The exception by which it raises no alarm. Of what was seen in several places the place is not known, and what asks
// for one does not hold.
const RuleException* suppressed_by(const Json& finding, SQLite::Statement& row, const ExceptionList& exceptions) {
  const auto device = Address::parse(finding["device"]["address"].get<std::string>());
  if (!device) return nullptr;
  HitPlace place{*device, 0, {}, {}, row.getColumn(column_last).getInt64(), {}};
  std::string destination;
  if (finding["destination"].is_string()) destination = finding["destination"].get<std::string>();
  place.destination = destination;
  const auto vlan = row.getColumn(column_vlan);
  if (!vlan.isNull()) place.vlan = static_cast<std::uint16_t>(vlan.getInt());
  if (const auto remote = row.getColumn(column_remote); !remote.isNull())
    place.remote = Address::parse(remote.getString());
  const auto* const found =
      find_exception(exceptions, ExceptionAction::suppress, finding["rule_id"].get<std::string>(), place);
  return found != nullptr && found->vlan && vlan.isNull() ? nullptr : found;
}

// What people call it and what it is; of one of several devices nobody can say what it is.
void put_device(Json& device, SQLite::Statement& row) {
  const auto put = [&](const char* key, int column) {
    if (const auto said = row.getColumn(column).getString(); !said.empty()) device[key] = said;
  };
  put("name", column_name);
  put("group", column_team);
  if (row.getColumn(column_several).getInt() != 0) {
    device["certainty"] = "one-of-several";
    return;
  }
  put("vendor", column_vendor);
  put("model", column_model);
}

Json document_of(SQLite::Statement& row, const ExceptionList& exceptions) {
  int at = 0;
  const auto text = [&] { return row.getColumn(at++).getString(); };
  const auto number = [&] { return row.getColumn(at++).getInt64(); };
  Json finding;
  finding["number"] = number();
  finding["device"] = {{"id", text()}, {"address", text()}};
  finding["device"]["certainty"] = number() != 0 ? "inside-address" : "side-unknown";
  put_device(finding["device"], row);
  for (const auto* key : {"rule_id", "class", "recipient", "role", "confidence"}) finding[key] = text();
  if (const auto lowered = text(); !lowered.empty()) finding["confidence_lowered"] = lowered;
  finding["severity"] = number();
  if (const auto destination = text(); destination.empty())
    finding["destination"] = nullptr;
  else
    finding["destination"] = destination;
  const auto stage = static_cast<Stage>(number());
  finding["stage"] = text_of(stage);
  if (const auto of_class = class_from(finding["class"].get<std::string>()))
    finding["other_explanations"] = other_explanations(
        *of_class, stage, finding.value("confidence_lowered", "") == text_of(Lowered::address_alone));
  for (const auto* key : {"count", "blocked", "would_block", "evidence"}) finding[key] = number();
  for (const auto* key : {"first", "last"}) finding[key] = timestamp_text(moment(number()));
  for (const auto* key : {"ruleset", "source", "state", "owner", "ticket"}) finding[key] = text();
  if (const auto* const exception = suppressed_by(finding, row, exceptions); exception != nullptr)
    finding["suppressed_by"] = exception->id;
  return finding;
}

// Of what is asked for, the index that leaves least to be looked through.
const char* index_for(const FindingQuery& query) {
  if (!query.device.empty()) return "finding_by_device";
  if (!query.rule_id.empty()) return "finding_by_rule";
  if (!query.state.empty() && query.state != "new") return "finding_by_state";
  if (!query.finding_class.empty()) return "finding_by_class";
  return query.state.empty() ? "finding_by_last" : "finding_by_state";
}

}  // namespace

std::optional<std::pair<std::int64_t, std::int64_t>> page_place(const std::string& after) noexcept {
  const auto* const end = after.data() + after.size();
  std::pair<std::int64_t, std::int64_t> place;
  const auto first = std::from_chars(after.data(), end, place.first);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, place.second);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  return place;
}

tl::expected<FindingReader, StoreFailure> FindingReader::open(const std::string& path) {
  auto database = read_store(path);
  if (!database) return tl::unexpected(database.error());
  return FindingReader{std::move(*database), path};
}

tl::expected<Json, StoreFailure> FindingReader::list(const FindingQuery& query, const ExceptionList& exceptions) {
  std::string where;
  const auto add = [&](const std::string& condition) { where += (where.empty() ? " WHERE " : " AND ") + condition; };
  if (!query.device.empty())
    add("finding.device IN (SELECT number FROM device WHERE address = :device OR surrogate = :device UNION ALL "
        "SELECT device FROM device_alias WHERE surrogate = :device)");
  if (!query.rule_id.empty()) add("finding.rule = (SELECT number FROM rule WHERE rule_id = :rule)");
  if (!query.finding_class.empty()) add("finding.class = :class");
  if (!query.state.empty()) add("finding.state = :state");
  if (query.since_ns) add("finding.last >= :since");
  if (!query.groups.empty()) add("device.team IN (SELECT value FROM json_each(:groups))");
  const auto place = page_place(query.after);
  if (!query.after.empty() && !place)
    return tl::unexpected(StoreFailure{StoreFault::unreachable, "after: is no `next` of a page"});
  if (place) add("(finding.last, finding.number) < (:last, :number)");
  const auto limit = std::min(query.limit, FindingQuery::page_limit);
  try {
    SQLite::Statement select{
        database_,
        fmt::format("SELECT {} FROM finding INDEXED BY {} CROSS JOIN device ON device.number = finding.device "
                    "CROSS JOIN rule ON rule.number = finding.rule{} ORDER BY finding.last DESC, "
                    "finding.number DESC LIMIT {}",
                    columns, index_for(query), where, limit + 1)};
    if (!query.device.empty()) select.bind(":device", query.device);
    if (!query.rule_id.empty()) select.bind(":rule", query.rule_id);
    if (!query.finding_class.empty()) select.bind(":class", query.finding_class);
    if (!query.state.empty()) select.bind(":state", query.state);
    if (query.since_ns) select.bind(":since", *query.since_ns);
    if (!query.groups.empty()) select.bind(":groups", Json(query.groups).dump());
    if (place) {
      select.bind(":last", place->first);
      select.bind(":number", place->second);
    }
    Json list = Json::array();
    Json next = nullptr;
    std::string last;
    while (select.executeStep()) {
      if (list.size() == limit) {
        next = last;
        break;
      }
      last = fmt::format("{}.{}", select.getColumn(column_last).getInt64(), select.getColumn(0).getInt64());
      list.push_back(document_of(select, exceptions));
    }
    return Json{{"findings", std::move(list)}, {"next", std::move(next)}};
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(failure_of(path_, error));
  }
}

tl::expected<Json, StoreFailure> FindingReader::one(const std::string& id, const ExceptionList& exceptions) {
  try {
    SQLite::Statement select{
        database_, fmt::format("SELECT {} FROM finding JOIN device ON device.number = finding.device JOIN rule "
                               "ON rule.number = finding.rule WHERE finding.number = :number OR "
                               "finding.number = (SELECT finding FROM finding_day WHERE finding_id = :id AND "
                               ":id <> '')",
                               columns)};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    const bool is_number = error == std::errc{} && end == id.data() + id.size();
    select.bind(":number", is_number ? number : 0);
    select.bind(":id", is_number ? "" : id);
    if (!select.executeStep()) return Json{};
    number = select.getColumn(0).getInt64();
    auto finding = document_of(select, exceptions);
    finding["days"] = Json::array();
    SQLite::Statement days{database_,
                           "SELECT day, finding_id, count, blocked, first, last FROM finding_day WHERE finding = ? "
                           "ORDER BY day"};
    days.bind(1, number);
    while (days.executeStep()) {
      Json day = {{"day", days.getColumn(0).getString()}};
      if (const auto of_day = days.getColumn(1).getString(); !of_day.empty()) day["finding_id"] = of_day;
      day["count"] = days.getColumn(2).getInt64();
      day["blocked"] = days.getColumn(3).getInt64();
      day["first"] = timestamp_text(moment(days.getColumn(4).getInt64()));
      day["last"] = timestamp_text(moment(days.getColumn(5).getInt64()));
      finding["days"].push_back(std::move(day));
    }
    finding["notes"] = Json::array();
    SQLite::Statement notes{database_, "SELECT time, author, text FROM finding_note WHERE finding = ? ORDER BY number"};
    notes.bind(1, number);
    while (notes.executeStep())
      finding["notes"].push_back({{"time", timestamp_text(moment(notes.getColumn(0).getInt64()))},
                                  {"author", notes.getColumn(1).getString()},
                                  {"text", notes.getColumn(2).getString()}});
    return finding;
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(failure_of(path_, error));
  }
}

}  // namespace sluice
