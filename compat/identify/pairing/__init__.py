"""Do these files fit each other: one rule per file, each over a set of identified files."""
