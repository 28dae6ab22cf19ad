"""Known failures and working solutions, one TOML each, and their matcher."""
