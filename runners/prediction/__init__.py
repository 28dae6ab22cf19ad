"""What a device that is not here would do with a plan: asks a worker, holds its answer to facts."""
