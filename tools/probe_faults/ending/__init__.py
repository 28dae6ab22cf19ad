"""Probes whose operation takes the process with it, as broken backends do."""
