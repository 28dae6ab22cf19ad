"""Probes that behave in every way a probe can."""
