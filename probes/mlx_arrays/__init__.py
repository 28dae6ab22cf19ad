"""What MLX loads, drops and computes."""
