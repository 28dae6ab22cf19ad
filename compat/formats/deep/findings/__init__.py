"""One file per kind of thing that a deep scan can find."""
