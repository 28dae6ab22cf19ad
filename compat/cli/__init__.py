"""One command per file; the only place that prints or exits."""
