#include "control/devices/inventory.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "control/devices/device_document.hh"
#include "tests/unit/event_record.hh"

using namespace sluice;
using namespace std::string_literals;

namespace {

// IEEE 802c: the second lowest bit of the first byte says whether an address was made up.
const auto universal = "\x00\x1b\x63\x00\x00\x01"s;
const auto another_universal = "\x00\x1b\x63\x00\x00\x02"s;
const auto made_up = "\x02\x00\x00\x00\x00\x01"s;
const auto made_up_later = "\x06\x00\x00\x00\x00\x02"s;

struct Seen {
  Inventory inventory{IdentifierKey{{1, 2, 3}}, VendorTable::shipped(), nullptr};
  Tick now = tick_from_nanoseconds(1'795'235'787'000'000'000);

  // Where `at` is empty the device has no address.
  void see(const std::string& at, const std::vector<DeviceLink>& links, const std::vector<DeviceFact>& facts = {}) {
    Sighting sighting;
    if (!at.empty()) sighting.place = DevicePlace{address(at), 0};
    sighting.links = links;
    sighting.facts = facts;
    sighting.time = now;
    inventory.take(sighting);
  }
  static DeviceLink mac(const std::string& value) { return {LinkKind::hardware_address, value}; }
  static DeviceLink client(const std::string& value) { return {LinkKind::client_id, value}; }
  static DeviceLink push(const std::string& value) { return {LinkKind::push_id, value}; }
  static DeviceLink host(const std::string& value) { return {LinkKind::host_name, value}; }
  [[nodiscard]] std::size_t size() const { return inventory.counts().devices; }
  [[nodiscard]] Device only() const {
    BOOST_REQUIRE_EQUAL(size(), 1U);
    std::optional<Device> device;
    inventory.for_each([&](const Device& one) {
      device = one;
      return true;
    });
    return *device;
  }
  [[nodiscard]] Uuid at(const std::string& place) { return inventory.device_at({address(place), 0}, now); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(inventory, Seen)

BOOST_AUTO_TEST_CASE(another_address_makes_no_new_device) {
  see("192.0.2.10", {mac(universal)});
  see("192.0.2.11", {mac(universal)});
  see("2001:db8::11", {mac(universal)});
  BOOST_TEST(size() == 1U);
  BOOST_TEST((at("192.0.2.11") == only().id));
}

BOOST_AUTO_TEST_CASE(an_address_that_goes_to_another_device_takes_nothing_along) {
  see("192.0.2.10", {mac(universal)}, {{FactKind::push_model, "Redmi Note 9S"}});
  const auto first = at("192.0.2.10");
  see("192.0.2.10", {mac(another_universal)});
  BOOST_TEST(size() == 2U);
  const auto second = inventory.find(at("192.0.2.10"));
  BOOST_REQUIRE(second);
  BOOST_TEST((second->id != first));
  BOOST_TEST(second->votes.empty());
}

BOOST_AUTO_TEST_CASE(what_was_known_by_its_address_alone_is_known_by_its_hardware_address_later) {
  const auto id = at("192.0.2.10");
  see("192.0.2.10", {mac(universal)});
  BOOST_TEST((only().id == id));
}

// Findings come in a ring of their own, and may be read before what tells whose they are.
BOOST_AUTO_TEST_CASE(a_finding_that_came_first_is_of_the_device_that_is_known_by_its_hardware_address) {
  see("fe80::1", {mac(universal)});
  const auto id = at("fe80::1");
  const auto first = at("192.0.2.10");
  BOOST_TEST((first != id));
  see("192.0.2.10", {mac(universal)});
  BOOST_TEST((only().id == id));
  // What had the address long before is another one.
  static_cast<void>(at("192.0.2.20"));
  now += std::chrono::minutes{11};
  see("192.0.2.20", {mac(universal)});
  BOOST_TEST(size() == 2U);
}

// RFC 4361 section 6.1: the same for all interfaces, whatever their addresses.
BOOST_AUTO_TEST_CASE(a_made_up_address_is_rejoined_by_the_client_id) {
  see("", {mac(made_up), client("\xff\x01\x02\x03")});
  see("192.0.2.10", {mac(made_up)});
  const auto id = at("192.0.2.10");
  see("", {mac(made_up_later), client("\xff\x01\x02\x03")});
  see("192.0.2.20", {mac(made_up_later)});
  BOOST_TEST((only().id == id));
  BOOST_TEST((at("192.0.2.20") == id));
}

BOOST_AUTO_TEST_CASE(a_made_up_address_is_rejoined_by_the_id_of_a_push_service) {
  see("192.0.2.10", {mac(made_up)});
  see("192.0.2.10", {mac(made_up), push("a-1")}, {{FactKind::push_model, "Redmi Note 9S"}});
  const auto id = at("192.0.2.10");
  see("192.0.2.20", {mac(made_up_later)});
  const auto meanwhile = at("192.0.2.20");
  BOOST_TEST((meanwhile != id));
  see("192.0.2.20", {mac(made_up_later), push("a-1")});
  BOOST_TEST((only().id == id));
  const auto changes = inventory.take_changes();
  BOOST_TEST((changes.joined == std::vector{std::pair{meanwhile, id}}));
  BOOST_TEST(inventory.counts().joined == 1U);
}

// What the sighting at hand names may be gone by the time that it is looked at.
BOOST_AUTO_TEST_CASE(three_that_are_one_by_three_identifiers_become_one) {
  see("192.0.2.10", {mac(made_up), push("a-1"), host("annas-fourth-phone")});
  see("", {mac(universal), client("\xff\x01\x02")});
  now += std::chrono::hours{1};
  see("192.0.2.30", {});
  static_cast<void>(at("192.0.2.30"));
  BOOST_TEST(size() == 3U);
  see("192.0.2.30", {mac(made_up), client("\xff\x01\x02"), push("a-1"), host("annas-fourth-phone")});
  BOOST_TEST(size() == 1U);
  see("192.0.2.30", {mac(made_up_later), client("\xff\x01\x02"), push("a-2"), host("annas-fourth-phone")});
  BOOST_TEST(size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_made_up_address_is_rejoined_by_a_name_of_ones_own_alone) {
  see("", {mac(made_up), host("annas-fourth-phone")});
  see("fe80::2", {mac(made_up_later)});  // before it says its name
  see("", {mac(made_up_later), host("annas-fourth-phone")});
  BOOST_TEST(size() == 1U);
  see("", {mac("\x02\x00\x00\x00\x01\x01"s), host("android-1c1335ec95a27318")});
  see("", {mac("\x02\x00\x00\x00\x01\x02"s), host("android-1c1335ec95a27318")});
  BOOST_TEST(size() == 2U);
}

// A fleet has many phones of a model, and each of them has its name.
BOOST_AUTO_TEST_CASE(what_any_device_or_model_is_called_joins_none) {
  char last = 0;
  for (const auto* common : {"android", "iphone", "galaxy-s21", "redmi-note-9s", "anna", "pixel-7", "desktop-4f"}) {
    const auto before = size();
    for (int turn = 0; turn < 2; ++turn) see("", {mac("\x02\x00\x00\x00\x00"s + ++last), host(common)});
    BOOST_TEST(size() == before + 2, common);
  }
}

BOOST_AUTO_TEST_CASE(a_name_joins_no_device_with_an_address_of_its_makers) {
  see("", {mac(universal), host("annas-fourth-phone")});
  see("", {mac(made_up), host("annas-fourth-phone")});
  BOOST_TEST(size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_id_from_two_devices_at_once_joins_none) {
  see("192.0.2.10", {mac(universal), push("a-1")});
  see("192.0.2.20", {mac(another_universal)});
  see("192.0.2.20", {mac(another_universal), push("a-1")});
  BOOST_TEST(size() == 2U);
}

BOOST_AUTO_TEST_CASE(behind_a_router_devices_are_their_addresses) {
  for (const auto* one : {"192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"}) see(one, {mac(universal)});
  BOOST_TEST(only().forwards);
  const auto first = at("192.0.2.10");
  const auto second = at("192.0.2.11");
  BOOST_TEST((first != second));
  see("192.0.2.10", {mac(universal)}, {{FactKind::push_model, "Redmi Note 9S"}});
  BOOST_TEST(inventory.find(first)->identification.vendor == "Xiaomi");
  BOOST_TEST(inventory.find(second)->identification.vendor == "");
  // Not within ten minutes, it is a device that was given one address after another.
  Seen later;
  for (const auto* one : {"192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"}) {
    later.see(one, {mac(universal)});
    later.now += std::chrono::minutes{11};
  }
  BOOST_TEST(!later.only().forwards);
}

BOOST_AUTO_TEST_CASE(what_no_single_device_does_is_of_several) {
  const auto hops = [&](const char* at, std::uint8_t limit) {
    Sighting sighting;
    sighting.place = DevicePlace{address(at), 0};
    sighting.links = {mac(universal)};
    sighting.hop_limit = limit;
    sighting.time = now;
    inventory.take(sighting);
  };
  for (const std::uint8_t limit : {64, 255, 4, 1})
    hops("192.0.2.10", limit);  // of one phone: it speaks to neighbours, too
  BOOST_TEST(only().several().empty());
  BOOST_TEST(only().distance == 0);
  hops("192.0.2.10", 63);
  BOOST_TEST(only().several().empty());
  BOOST_TEST(only().distance == 1);
  hops("192.0.2.10", 127);  // a laptop behind it
  BOOST_TEST((only().several() == std::vector<std::string_view>{"several-systems"}));
}

BOOST_AUTO_TEST_CASE(push_ids_that_take_turns_are_of_several_and_one_after_the_other_of_one) {
  for (const auto* id : {"a-1", "a-1", "a-2"}) {
    see("192.0.2.10", {mac(universal), push(id)});
    now += std::chrono::hours{1};
  }
  BOOST_TEST(only().several().empty());  // it was set up anew
  see("192.0.2.10", {mac(universal), push("a-1")});
  BOOST_TEST((only().several() == std::vector<std::string_view>{"several-push-ids"}));
}

BOOST_AUTO_TEST_CASE(a_device_is_what_the_votes_come_to) {
  see("192.0.2.10", {mac(made_up)}, {{FactKind::dhcp_vendor_class, "android-dhcp-13"}});
  BOOST_TEST(only().identification.vendor == "");
  see("192.0.2.10", {mac(made_up)},
      {{FactKind::push_model, "Redmi Note 9S"}, {FactKind::push_build, "V12.5.2.0.RJWMIXM"}});
  BOOST_TEST(only().identification.vendor == "Xiaomi");
  BOOST_TEST(only().identification.model == "Redmi Note 9S");
  const auto document = device_document(only());
  BOOST_TEST(document["votes"].size() >= 2U);
  BOOST_TEST(inventory.counts().named == 1U);
}

BOOST_AUTO_TEST_CASE(identifiers_are_sealed_and_shown_as_digests) {
  see("192.0.2.10", {mac(universal), host("annas-phone")});
  const auto device = only();
  const auto text = device_document(device).dump();
  BOOST_TEST(text.find("annas") == std::string::npos);
  BOOST_TEST(text.find("hardware-address:") != std::string::npos);
  const IdentifierKey key{{1, 2, 3}};
  const IdentifierKey other{{1, 2, 4}};
  BOOST_TEST(key.open(device.links[1].sealed).value_or("") == "annas-phone");
  BOOST_TEST(!other.open(device.links[1].sealed).has_value());
  auto altered = device.links[1].sealed;
  altered.back() ^= 1;
  BOOST_TEST(!key.open(altered).has_value());
  BOOST_TEST((key.digest(host("annas-phone")) == device.links[1].digest));
  BOOST_TEST((other.digest(host("annas-phone")) != device.links[1].digest));
}

BOOST_AUTO_TEST_CASE(people_name_join_and_split) {
  see("192.0.2.10", {mac(universal)});
  see("192.0.2.20", {mac(another_universal)});
  const auto first = at("192.0.2.10");
  const auto second = at("192.0.2.20");
  BOOST_TEST(inventory.rename(second, "Anna's", "press"));
  BOOST_TEST(!inventory.rename(Uuid{}, "nobody's", {}));
  BOOST_TEST(!inventory.join(first, first));
  BOOST_TEST(inventory.join(first, second));
  const auto joined = only();
  BOOST_TEST((joined.id == second));
  BOOST_TEST(joined.name == "Anna's");
  BOOST_TEST((at("192.0.2.10") == second));
  BOOST_REQUIRE(joined.links.size() == 2U);
  const auto other = inventory.split(second, identifier_text(joined.links[1]));
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST(size() == 2U);
  see("192.0.2.10", {mac(universal)});
  BOOST_TEST((at("192.0.2.10") == *other));
  BOOST_TEST(!inventory.split(second, "hardware-address:00").has_value());
}

BOOST_AUTO_TEST_CASE(what_was_stored_is_known_again) {
  see("192.0.2.10", {mac(universal), push("a-1")}, {{FactKind::push_model, "Redmi Note 9S"}});
  const auto id = at("192.0.2.10");
  const auto changes = inventory.take_changes();
  BOOST_REQUIRE(changes.devices.size() == 1U);
  BOOST_TEST(inventory.take_changes().empty());
  inventory.put_back(changes);
  BOOST_TEST(inventory.take_changes().devices.size() == 1U);

  Seen next;
  next.see("192.0.2.30", {mac(universal)});  // before the store could be read
  next.inventory.restore(changes.devices);
  BOOST_TEST((next.only().id == id));
  BOOST_TEST(next.only().identification.model == "Redmi Note 9S");
  BOOST_TEST((next.at("192.0.2.30") == id));
}

BOOST_AUTO_TEST_CASE(when_it_was_seen_last_is_written_once_a_minute) {
  see("192.0.2.10", {mac(universal)});
  BOOST_TEST(inventory.take_changes().devices.size() == 1U);
  now += std::chrono::seconds{59};
  see("192.0.2.10", {mac(universal)});
  BOOST_TEST(inventory.take_changes().empty());
  now += std::chrono::seconds{2};
  see("192.0.2.10", {mac(universal)});
  BOOST_TEST(inventory.take_changes().devices.size() == 1U);
}

BOOST_AUTO_TEST_CASE(those_not_seen_for_longest_give_way) {
  see("192.0.2.10", {mac(universal)});
  const auto named = at("192.0.2.10");
  BOOST_TEST(inventory.rename(named, "Anna's", {}));
  static_cast<void>(inventory.take_changes());
  for (std::uint32_t i = 0; i < Inventory::limit; ++i) {
    const std::array<std::uint8_t, 4> bytes{10, static_cast<std::uint8_t>(i >> 16U), static_cast<std::uint8_t>(i >> 8U),
                                            static_cast<std::uint8_t>(i)};
    static_cast<void>(inventory.device_at({Address::v4(bytes), 0}, now + std::chrono::seconds{i}));
  }
  BOOST_TEST(size() <= Inventory::limit);
  BOOST_TEST(inventory.counts().forgotten > 0U);
  BOOST_TEST(inventory.find(named).has_value());
}

BOOST_AUTO_TEST_CASE(a_device_that_says_something_else_each_time_is_bounded) {
  for (int i = 0; i < 200; ++i)
    see("192.0.2.10", {mac(universal), host("name-of-mine-" + std::to_string(i))},
        {{FactKind::push_model, "Redmi Note " + std::to_string(i)}});
  BOOST_TEST(only().links.size() == Device::link_limit);
  BOOST_TEST(only().votes.size() == Device::vote_limit);
}

BOOST_AUTO_TEST_SUITE_END()
