"""A file of no bytes."""
import sys

with open(sys.argv[1], 'wb'):
    pass
