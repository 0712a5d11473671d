#include "control/packs/key_options.hh"

#include "rules/signing/keyring.hh"

namespace sluice {

void add_key_options(CLI::App& command, KeyringSources& keys) {
  // What stands behind a key are files.
  auto* trusted =
      command.add_option("--trusted-key", keys.trusted_keys, "Public key of minisign; may be given several times")
          ->type_name("F.pub")
          ->expected(1)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--revoked-key", keys.revoked_keys, "Id of a key whose signatures do not count; several times too")
      ->needs(trusted)
      ->type_name("ID")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--key-threshold", keys.threshold, "So many different trusted keys must have signed")
      ->needs(trusted)
      ->check(CLI::Range(std::size_t{1}, signature_count_limit))
      ->type_name("M")
      ->capture_default_str();
}

}  // namespace sluice
