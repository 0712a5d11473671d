// A manifest, and its signatures as /usr/bin/minisign 0.11 wrote them: by the key of minisign_samples.hh, and by a
// second one (`minisign -G -W`, then `minisign -S -m manifest -x signature -t comment`). The digests are of "hello" and
// "world" (sha256sum). The keys guard nothing.
#pragma once

#include <string_view>

constexpr std::string_view manifest_sample =
    "sluice ruleset 1\n"
    "name phones\n"
    "sequence 12\n"
    "created 2026-11-22T03:00:00Z\n"
    "expires 2027-07-01T00:00:00Z\n"
    "program 0.1.0\n"
    "pack alpha stable 5 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n"
    "pack beta test 1 486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7\n"
    "end\n";
constexpr std::string_view manifest_signature =
    "untrusted comment: signature from minisign secret key\n"
    "RUSZzDzNIGr0iV3nY15blvyuaz9kWIdGfumDDaPKL561cXOhjvhDojbsIiRokI3xT/EdgUV6AvksX9bPOby4gL6ymKJR2SlGeAc=\n"
    "trusted comment: released by the first\n"
    "EQSBoPRg+KCe0nAnB5fFvkZi9hOB3/vVIguERBNTA2PRotjqnh3XDQViHjNpz3ZCxr3jGtaHU60MznOpS5VsDQ==\n";
constexpr std::string_view manifest_second_signature =
    "untrusted comment: signature from minisign secret key\n"
    "RUSl4RmDGfMFBrPTquGmx61p8WemoXP3AMxZYNxFV5Gd6FGMN1BuYqQ2zSUvUxoYIpEAVYns4yLwpn0pcHlfaeq75EQnuFyqrQo=\n"
    "trusted comment: released by the second\n"
    "ATl/VR8JKsSosYzoCNoC7l1mThl9TKoUIIk7LVja7o2U2MzX1FOC3G6J+WejzZ1qcDiKflVghN4JyEf9S2WqAg==\n";
constexpr std::string_view minisign_second_public_key =
    "untrusted comment: minisign public key 605F3198319E1A5\n"
    "RWSl4RmDGfMFBvcnp9TfhTLJI5OMK535iuKHjq/gO19iRhU+Eq4OhvD4\n";
