"""The rules by which files are held against each other, one idea per file."""
