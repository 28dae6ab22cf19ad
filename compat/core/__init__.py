"""The nouns, the errors and the operating system, standard library only."""
