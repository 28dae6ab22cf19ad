"""Probes of the ways in which attention can be computed."""
