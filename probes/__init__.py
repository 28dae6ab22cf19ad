"""One question to a machine per file."""
