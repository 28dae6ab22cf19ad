"""What a machine has, read from its files and its own small programs; no framework is imported."""
