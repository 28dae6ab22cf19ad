"""Architectures that come in several sizes: each builds the signature of one size."""
