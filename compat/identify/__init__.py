"""Names a model from its header and says which keys decided."""
