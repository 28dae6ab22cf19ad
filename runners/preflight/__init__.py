"""Everything that is checked before a long render may start, one check per file."""
