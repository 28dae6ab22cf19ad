"""Injects every fault there is and writes docs/probe-faults.md: which probe sees which."""
