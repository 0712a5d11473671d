// A view that a parser gave must lie in the bytes that it was given.
#pragma once

#include <cstdlib>
#include <initializer_list>

#include "dataplane/base/bytes.hh"

namespace sluice::fuzz {

inline void check_inside(Bytes whole, std::initializer_list<Bytes> parts) {
  for (const auto part : parts)
    if (!part.empty() && (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size()))
      std::abort();
}

inline void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace sluice::fuzz
