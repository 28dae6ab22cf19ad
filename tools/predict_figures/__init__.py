"""Measures what predictions cost: processor time and memory of the passes, one row per model."""
