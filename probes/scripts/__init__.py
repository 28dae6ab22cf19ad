"""Probes that repeat the calls with which real scripts failed."""
