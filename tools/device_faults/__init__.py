"""Faults of devices, put under a run on the processor: one list for probes and for parity.

Parity shadows a tiny run, so it is tried with those that show at any size (``any_size``); the
probes are tried with those too, and with the faults that act as the real ones do, beyond a size or
for a layout (the other files). ``python -m tools.probe_faults`` and ``python -m
tools.parity_table`` make the tables.
"""
