"""A device that is not there: the real pipeline classes run on it, and every operation is seen."""
