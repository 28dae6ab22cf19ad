"""The recipe of the embedded model: how its weights in `runners/embedded/ltx` were made."""
