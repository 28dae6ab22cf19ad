"""Makes compat/backends/facts/mps_kernels.json from macOS wheels of torch."""
