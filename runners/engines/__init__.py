"""What renders: diffusers pipelines inside a worker. Only workers import what needs torch."""
