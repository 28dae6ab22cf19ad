"""Records the embedded model's file hashes and one clip, for ``framegate demo --references``."""
