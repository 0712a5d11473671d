// What programs of a device say of themselves to a server: MQTT, NTP, STUN, SSH.
#include "dataplane/event/event_text.hh"
#include "dataplane/reporter/reporter.hh"

namespace sluice {

void Reporter::mqtt(const Passage& at, const MqttConnect& message) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(header(EventType::mqtt, at));
  tunnel_fields(event, at.flow);
  event.text(Field::mqtt_protocol, message.protocol);
  event.integer(Field::mqtt_version, message.version);
  event.integer(Field::mqtt_flags, message.flags);
  event.integer(Field::mqtt_keep_alive, message.keep_alive);
  event.text(Field::mqtt_client_id, message.client_id);
  put(event, Field::mqtt_will_topic, message.will_topic);
  if ((message.flags & mqtt_flag::user_name) != 0) event.text(Field::mqtt_user_name, message.user_name);
  send(event, EventType::mqtt, at.packet.number);
}

void Reporter::ntp(const Passage& at, const NtpMessage& message) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::ntp, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::ntp_version, message.version);
  event.integer(Field::ntp_mode, message.mode);
  event.integer(Field::ntp_stratum, message.stratum);
  event.integer(Field::ntp_reference_id, message.reference_id);
  send(event, EventType::ntp, at.packet.number);
}

void Reporter::stun(const Passage& at, const StunMessage& message) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::stun, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::stun_class, static_cast<std::uint64_t>(message.message_class));
  event.integer(Field::stun_method, message.method);
  put(event, Field::stun_software, message.software);
  if (message.mapped) {
    put(event, Field::stun_mapped_ip, *message.mapped);
    event.integer(Field::stun_mapped_port, message.mapped_port);
  }
  send(event, EventType::stun, at.packet.number);
}

void Reporter::ssh(const Passage& at, const SshBanner& banner, bool from_client) noexcept {
  if (record_ != Record::all) return;
  const auto protocol = from_client ? Field::ssh_client_protocol : Field::ssh_server_protocol;
  const auto before = waiting(at.flow);
  const bool completes = before && before->header().type == EventType::ssh && !before->find(protocol);
  EventWriter event{buffer_};
  if (completes) {
    auto& queue = queues_.at(at.flow.waiting);
    event.resume(queue.front());
    queue.pop();
  } else {
    event.begin(header(EventType::ssh, at));
    tunnel_fields(event, at.flow);
  }
  event.text(protocol, banner.protocol);
  event.text(from_client ? Field::ssh_client_software : Field::ssh_server_software, banner.software);
  if (!completes) {
    if (keep(at.flow, event)) return;
    ++counters_->events_unpaired;
  }
  send(event, EventType::ssh, at.packet.number);
}

}  // namespace sluice
