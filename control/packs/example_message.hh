// The messages that an example names and does not spell out.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// A query for an A record (RFC 1035 section 4.1). `name` is one that parse_domain_name() gave.
[[nodiscard]] std::string dns_query_for(std::string_view name);

// A ClientHello of TLS 1.3 with that server name (RFC 8446 section 4.1.2, RFC 6066 section 3), in one record.
[[nodiscard]] std::string client_hello_for(std::string_view name);

}  // namespace sluice
