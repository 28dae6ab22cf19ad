"""Kinds of garbage: their generators, entries and pictures."""
