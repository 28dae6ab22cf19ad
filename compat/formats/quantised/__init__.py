"""How weights are stored in fewer bits, as far as a header tells."""
