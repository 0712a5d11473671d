"""Cases in which the tap and the endpoint may differ: SECTION/SENTENCE of `run.py`, and the cause."""

MISSED = {}
