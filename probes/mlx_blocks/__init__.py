"""Building blocks of video models computed in MLX, held against torch in float64."""
