#include "config/device.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice::config;

BOOST_AUTO_TEST_SUITE(config_device)

BOOST_AUTO_TEST_CASE(interface_names_as_linux_takes_them) {
  for (const auto* text : {"eth1", "enp1s0f0np0", "br-lan", "eth0.100", "a", "123456789012345"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(is_interface_name(text)); }
  }
  for (const auto* text : {"", ".", "..", "a/b", "eth0:1", "eth 1", "eth\t1", "1234567890123456"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!is_interface_name(text)); }
  }
}

BOOST_AUTO_TEST_CASE(pci_addresses) {
  for (const auto* text : {"0000:01:00.0", "01:00.7", "FFFF:ff:1f.1"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(is_pci_address(text)); }
  }
  for (const auto* text : {"", "01:00", "01:00.8", "1:00.0", "0000:01:00.0 ", "0000.01:00.0", "000g:01:00.0"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!is_pci_address(text)); }
  }
}

BOOST_AUTO_TEST_CASE(virtual_devices) {
  for (const auto* text : {"net_ring0", "net_pcap0,iface=eth0", "virtio_user0,path=/dev/vhost-net", "net_af_xdp1"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(is_virtual_device(text)); }
  }
  for (const auto* text : {"", "eth1", "net-0", "net_Ring0", "net_ring0, a=b", "ring0"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!is_virtual_device(text)); }
  }
}

BOOST_AUTO_TEST_CASE(a_device_without_a_driver_gets_the_one_of_its_form) {
  BOOST_TEST((driver_for("eth1") == Driver::af_xdp));
  BOOST_TEST((driver_for("0000:01:00.0") == Driver::vfio));
  BOOST_TEST((driver_for("net_ring0") == Driver::vdev));

  PortT port;
  port.device = "eth1";
  BOOST_TEST((driver_in_use(port) == Driver::af_xdp));
  port.driver = Driver::af_packet;
  BOOST_TEST((driver_in_use(port) == Driver::af_packet));
}

BOOST_AUTO_TEST_CASE(a_driver_must_fit_its_device) {
  BOOST_TEST(!driver_complaint(Driver::auto_, "eth1").has_value());
  BOOST_TEST(!driver_complaint(Driver::af_xdp, "net_0").has_value());  // an interface may be called so
  BOOST_TEST(!driver_complaint(Driver::af_packet, "eth1").has_value());
  BOOST_TEST(!driver_complaint(Driver::vfio, "01:00.0").has_value());
  BOOST_TEST(!driver_complaint(Driver::vdev, "net_ring0").has_value());
  BOOST_TEST(driver_complaint(Driver::vdev, "eth1").value_or("") ==
             "the driver vdev needs a virtual device, and \"eth1\" is none");
  BOOST_TEST(driver_complaint(Driver::vfio, "eth1").has_value());
  BOOST_TEST(driver_complaint(Driver::af_xdp, "0000:01:00.0").has_value());
}

BOOST_AUTO_TEST_CASE(one_device_has_one_identity) {
  BOOST_TEST(device_identity("01:0A.0") == "0000:01:0a.0");
  BOOST_TEST(device_identity("0000:01:0a.0") == "0000:01:0a.0");
  BOOST_TEST(device_identity("net_ring0,size=4") == "net_ring0");
  BOOST_TEST(device_identity("ETH1") == "ETH1");  // interface names have letter case
}

BOOST_AUTO_TEST_SUITE_END()
