"""One way of loading a model per file; ``registry.py`` puts them together."""
