"""One rule per file: a generator over what was seen and the device that is asked about."""
