#include "dataplane/http/vendor_form.hh"

#include <algorithm>

namespace sluice {
namespace {

struct Form {
  enum class At : std::uint8_t { start, end };

  std::string_view host;  // that name, and those below it; empty = any
  At at = At::start;      // of the path
  std::string_view path;
};

// Those without a host of their own run on addresses, or on hosts of whoever uses them.
constexpr std::array forms{
    Form{"", Form::At::end, "/d"},                     // HTTPDNS of Alibaba and Tencent (their SDKs)
    Form{"", Form::At::end, "/resolve"},               // HTTPDNS of Alibaba
    Form{"", Form::At::end, "/sign_d"},                // the same, signed (nDPI's xiaomi.pcap, packet 52)
    Form{"", Form::At::start, "/gslb"},                // Xiaomi's lists of servers (decompiled SDK code)
    Form{"", Form::At::start, "/mistats"},             // MiStat (decompiled SDK code)
    Form{"", Form::At::start, "/filter/text"},         // Xiaomi's advertising SDK (decompiled SDK code)
    Form{"", Form::At::start, "/getSplashScreenAds"},  // the same, 2017
    Form{"", Form::At::end, "/sa"},                    // Sensors Analytics (github.com/sensorsdata/sa-sdk-android)
    Form{"", Form::At::end, "/sa.gif"},                // the same, from web pages
    Form{"igexin.com", Form::At::start, "/api"},       // Getui (decompiled SDK code)
    Form{"getui.com", Form::At::start, "/api"},
    Form{"gepush.com", Form::At::start, "/api"},
    Form{"qq.com", Form::At::start, "/analytics/"},  // Tencent Beacon (decompiled SDK code)
    Form{"voicecloud.cn", Form::At::start, "/"},     // iFlytek's keyboard (Citizen Lab, 2024)
};

bool is_at_or_below(std::string_view host, std::string_view name) noexcept {
  if (host.size() < name.size()) return false;
  const auto above = host.size() - name.size();
  return same_token(host.substr(above), name) && (above == 0 || host[above - 1] == '.');
}

// Of an absolute target too (RFC 9112 section 3.2.2).
std::string_view path_of(std::string_view target) noexcept {
  constexpr std::string_view scheme = "http://";
  if (same_token(target.substr(0, scheme.size()), scheme)) {
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
  }
  return target.substr(0, target.find('?'));
}

}  // namespace

bool may_be_vendor_request(const HttpRequest& request) noexcept {
  const auto host = request.host.substr(0, request.host.find(':'));
  const auto path = path_of(request.target);
  const auto has = [&](const Form& form) {
    const bool there = form.at == Form::At::start ? path.starts_with(form.path) : path.ends_with(form.path);
    return there && (form.host.empty() || is_at_or_below(host, form.host));
  };
  return std::any_of(forms.begin(), forms.end(), has) || request.headers.find("X-Umeng-Sdk").has_value();
}

}  // namespace sluice
