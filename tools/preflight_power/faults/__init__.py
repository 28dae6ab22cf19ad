"""Faults, one file per stage, each injected into a loaded pipeline before it renders."""
