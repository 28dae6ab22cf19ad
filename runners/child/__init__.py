"""What a worker process can do, one role per module, each with a ``HANDLERS`` mapping."""
