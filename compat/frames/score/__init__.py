"""A small, printable score: how much a clip's measures look like those of garbage."""
