// What /usr/bin/minisign 0.11 wrote (by hand: `minisign -G -W`, then `minisign -S`, and `-S -l` for the legacy form),
// and one protected key in its layout. The keys guard nothing.
#pragma once

#include <string_view>

constexpr std::string_view minisign_public_key =
    "untrusted comment: minisign public key 89F46A20CD3CCC99\n"
    "RWSZzDzNIGr0iVbd53x/U1FK/w7ZTcqjy70MmVM2b7IyoC7+M9u16hyC\n";
constexpr std::string_view minisign_other_public_key =
    "untrusted comment: minisign public key ABE86F806EE59760\n"
    "RWRgl+VugG/oq40zjynQDP+kDQDdZuKXxOpxOVLSq7dz7CIfkwUtTSxK\n";
constexpr std::string_view minisign_secret_key =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAmcw8zSBq9IkuYRo3v2jUQ8ZliAFVchbvnow4C3eS"
    "chkDVLBNpRw1yVbd53x/U1FK/w7ZTcqjy70MmVM2b7IyoC7+M9u16hyCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
// The same key under the password "correct horse". minisign's own keys take 1 GiB and seconds to open, so this one was
// sealed with Python's hashlib: scrypt(n=2^14, r=8, p=1), what libsodium takes for opslimit 2^19 and memlimit 2^24.
constexpr std::string_view minisign_protected_key =
    "untrusted comment: minisign encrypted secret key\n"
    "RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAgAAAAAAAAAAAEAAAAAbHu6ghzv90I4M/yQoDqs/AmUSLR57QRD4rscn2WT"
    "en6cQQmabGJ57emmVWPml8NU8UgWKEzuSSNnYn1d+UEhUG7m8Cj6yEuYuvQ30beTMs2Paq4IXRL1NEU2234ENZUAVjqq6/3R00g=\n";

// Of these eleven bytes, with the first key.
constexpr std::string_view minisign_data = "hello pack\n";
constexpr std::string_view minisign_signature =
    "untrusted comment: untrusted comment here\n"
    "RUSZzDzNIGr0iQX56eJG4ZN1d3b1f6L5FVHnwEKzeI4p2GZdBs+IDkWQiL31O+OdGWddXOZ4CCVswlNN1wRg/eTYUSnoV87vdQY=\n"
    "trusted comment: sequence 7\n"
    "4tCYKsaPTtcl2wXF3qUr/M3BBmJ7PfrE6Ey+6rbAM9dmvB/0kgyu2Gn7ziTnH/EtGuZbQoz4t2YI/CGt35c3Dw==\n";
constexpr std::string_view minisign_legacy_signature =
    "untrusted comment: signature from minisign secret key\n"
    "RWSZzDzNIGr0iQCe0zaplRlN6337/ykeOSRMG8VzjIujadNtKNYFnCNXsrffcY8ul9di9YPH6b0+p1NEgOOvEKwswB43kAG0RQo=\n"
    "trusted comment: legacy\n"
    "MD5torSBjT5WyZ5O+PKI6aOvVfGSDGeTEjQkdsSsYAWMPsKiAI3ePjQ7ggwkqUxJm4Flw3MqFuguSVdjq8Y7Cg==\n";
