#!/usr/bin/python3
"""The corpus' own scorer, run as it is, but for IPv6 addresses: it compares texts, and its facts have the short form
where EVE has eight full groups. CORPUS ARGUMENTS of the scorer"""
import ipaddress
import sys

sys.path.insert(0, sys.argv.pop(1))
import score  # noqa: E402  lies there, beside the captures

as_written = score.norm


def norm(value):
    text = as_written(value)
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError:
        return text


score.norm = norm
score.main()
