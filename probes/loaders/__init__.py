"""What the real loaders say to damaged files."""
