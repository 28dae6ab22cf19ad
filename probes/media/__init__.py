"""Probes of what turns frames into files."""
