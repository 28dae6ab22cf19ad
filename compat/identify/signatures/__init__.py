"""One known architecture per file."""
