// What every unit test includes, compiled once a program: a third of the time that a test took to build. No guard: it
// is compiled as a file of its own.
#include <boost/test/unit_test.hpp>
