"""One tiny real model per family, loaded in every way there is, rendered and compared."""
