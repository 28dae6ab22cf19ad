"""What is known to fail, and what is known to work: one TOML file each."""

from compat.knowledge.load import known_failures, solutions
from compat.knowledge.match import match, stale, verdict

__all__ = ["known_failures", "match", "solutions", "stale", "verdict"]
