// A ClientHello that asks for www.listed.example: on TCP, and in QUIC Initials that carry it in shuffled pieces.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/unit/quic_samples.hh"

namespace sluice::test {

// What OpenSSL 3.0 sent for that name with ALPN h2 and http/1.1, up to the content of its padding (RFC 7685).
constexpr std::string_view hello_before_padding =
    "1603010200010001fc0303215bc9557005bf3d197e7cf603f3731c62ba6a3d04f6f7a0d9813c096d13946a206db0aa1e6be36a5e9ce92b92"
    "c0ce5c9d845c19419e17ec76e166ac85be1c80410024130213031301c02cc030c02bc02fcca9cca8c024c028c023c027009f009e006b0067"
    "00ff0100018f0000001700150000127777772e6c69737465642e6578616d706c65000b000403000102000a00160014001d0017001e001900"
    "1801000101010201030104002300000010000e000c02683208687474702f312e310016000000170000000d002a0028040305030603080708"
    "080809080a080b080408050806040105010601030303010302040205020602002b00050403040303002d00020101003300260024001d0020"
    "cadce724daaf8fb2e9eab9db45467bfb321ef9f3b78f1e7f2afb6bbf52423f26001500c9";
constexpr std::size_t hello_size = 517;  // as OpenSSL padded it

// That record, padded to `size` bytes (at least 316): the length fields of record, handshake, extensions and padding
// follow (RFC 8446 sections 4, 4.1.2, 4.2, 5.1).
inline std::vector<std::uint8_t> client_hello(std::size_t size = hello_size) {
  auto bytes = quic_samples::from_hex(hello_before_padding);
  bytes.resize(size);
  const auto put = [&](std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
  };
  put(3, size - 5);
  put(7, size - 9);
  put(116, size - 118);
  put(314, size - 316);
  return bytes;
}

// The 512 bytes of its handshake message in three Initials of packet numbers 0, 1 and 2, cut at 90 and 180 bytes; in
// each packet the later half comes first, a PING between the halves. Protected by Python's `cryptography` as RFC 9001
// section 5 says, with the connection ID of its appendix A; then the same as RFC 9369 has it.
constexpr std::string_view initials_v1[] = {
    "c200000001088394c8f03e51570800004073fad146993cb0c4e04a0c516681c95b0c2bda638e0712ddb171b734c8a3eedb2624a70e66e77d"
    "45cb5b994cd70c3b3e3a4db9e80468fa30e3bb8aa7def1d0f83c6436156d428685f58d4e1d5defc6b001bab75b14eb6fa1f5e543f17dff29"
    "910a1a69616afd38eba158fd9773c410ed7437125e",
    "cf00000001088394c8f03e51570800004075ee516c7a2c9166eab2a284dd97a4367fe6246167808bb5f7740899e03355fb5e1df221dac4fa"
    "4e55b586823c2034728ff8470908c089c8f1be8456d89ecd9a063d0f57bf242d2489e01a7e282786d8534a4b6a98a97a39f41eb3f510fb8a"
    "de147c0902578f10ea09a24bee0252caff0a56218abafc",
    "ca00000001088394c8f03e515708000041699a19d1f0d33c70689f55ef1239ba4b752db2e103e17c8cebd5c2f167b3c8b2267f0523337ed8"
    "935a2bf0bbd51c260ad7c71e15b21f84e9157bb34a128ca643a3b75e4dc0173c6983db885a738fb7529ec4de9057ed1dee02c8bdfbb97c65"
    "0e2b7acb05876c2feefcb2df671330c83711b3a043dc02a8ea627f956cf9580bfa26361a98a640c1cefdc300b9b4bf0b088bccbca2be5b97"
    "7ef09da0123e4681ebcc052f9d21b6f0b013ded5c10e4ecd20b72b4e6eed3dd0d822c8e8129b0ab64c365d3facf582cb31b76b75c513bcea"
    "0ffd7c8e6d0c62c5e476b1462e8e6912c3bb6737de52db69a1b1d85dde6db963d8c0d5200c67ff4ee3d75db683e5eea4ff39d508c8ce0c5e"
    "4386e50b05fd05bee0798d923c9e83c98496319cc932942e239cf62eab92334e198a2e1f849710fc2aaa79f49f22edb24ea9ec5d82e7961b"
    "7f25a9323851f681d582363aa5f89937f5a67258bf63ad6f1a0b1debf42d0969d6a4d267d72cf230faa146"};
constexpr std::string_view initials_v2[] = {
    "dd6b3343cf088394c8f03e515708000040732315d4c1f30437c3c019031326ae319d4d79b40f325c86618cf6f3ee52f2e28c19bd652a74fc"
    "2a57c9c8ab4e16f051a5b154aa0829b1f99f172365a365f6b9dc2e5427fcd1415a60f90cf34dd4059daf0237c7e60815fac6db53adcb7a51"
    "b58b8da30add816631156a190a62f7b756d48c957a",
    "d56b3343cf088394c8f03e515708000040758f655ad10ddc81a0912fa349c467a679871ec949c6c158dd6ec65e345a44c226ae54709e215c"
    "c15bb311608003c53235427e1b118f59224425e5b2741a697f8631ff10c49b822be5113506ab9618f9cb5da2b3529bdc9189bd099755857c"
    "4f2c748f542622b0e2b215b469a1c92ede12db5e93fb3d",
    "dd6b3343cf088394c8f03e515708000041699af8ffa761db1bdb4275b78636fc24d6915886ba84a4873725c999672e664408137a7821f1be"
    "f352a5f0e5489f9a39c74349e6d1992c3ff18ecf1fdb54842d021108339c0aae6013429a11a2240f2d4f0e0802bf0783b7896e8e2e40a58a"
    "c52aea6270b59c4b3b545743ca1b12834e3f24a978f595c4d1924d56f374436badec7d1dfd1efc9e2e4b79e7b47131e0d7f5b51082252a06"
    "ebeecc08f0f51c63561a6e11c6ea50afb8eb5156ce6e1bf567164cab15d6feba5f495d97061f5a94e1b597fb2990b75f855a618900cce051"
    "85b4ab4540c6f3038954c335748b6283f72ee7acc56b02735ac5e839376d22abfc0e36b014bc49d520831d786165e53b2f4bbd12a5117775"
    "c122461139fb6f5121bef6e71f01d9ed695dbcc5d4a1ff0979850e102b929ac3abae9e604fdbd7442b24c36fb386f0cf1d974a2706df8c4a"
    "9449f11d7f3d2dcbb90c6b877045636e7c0c0fe4eb0f697545460cc5f811eaf6357e065341ce94dcb42068"};

}  // namespace sluice::test
