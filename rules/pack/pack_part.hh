// One part of a packed signature: written, and read as strictly as a signature file is.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "rules/pack/pack_reading.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

namespace packed {
struct Part;
}  // namespace packed

[[nodiscard]] flatbuffers::Offset<packed::Part> packed_part(flatbuffers::FlatBufferBuilder& builder,
                                                            const SignaturePart& part);
[[nodiscard]] SignaturePart read_packed_part(const packed::Part& packed, PackReading& reading);

}  // namespace sluice
