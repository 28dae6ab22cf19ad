"""Tiny real pipelines of five families, each drawn anew: size, weights, scheduler, words."""
