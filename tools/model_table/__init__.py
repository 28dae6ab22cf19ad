"""Writes docs/models.md: every model that identify knows, and the headers it was tried on."""
