"""The matrix of model x loader x device: what was rendered, how it ended, what nobody knows."""
