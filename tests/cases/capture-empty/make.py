"""A capture with a file header and no packet."""
import struct
import sys

with open(sys.argv[1], 'wb') as file:
    file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
