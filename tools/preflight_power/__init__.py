"""Measures what a preflight catches and how often it stops a healthy model."""
