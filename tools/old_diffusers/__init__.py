"""Asks an old diffusers, in a scratch environment, the question that a newer one has answered."""
