"""How many frames a model can render at once, and how to get more."""
