"""What a loader on a device makes of the quantised weights of a file."""
