"""The evidence store: what ran, where, and how it ended."""
