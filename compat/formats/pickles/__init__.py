"""Reads checkpoints that are pickles without unpickling: opcodes, a symbolic table, the archive."""
