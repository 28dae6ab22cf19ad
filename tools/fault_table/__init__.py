"""Makes docs/faults.md: which fault is stopped by which check, and that benign changes pass."""
