"""Measures which bugs of a backend the parity check locates, and writes docs/parity-table.md."""
