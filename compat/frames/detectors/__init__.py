"""One kind of garbage per file."""
