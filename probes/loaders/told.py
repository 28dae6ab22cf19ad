"""Records how a dry load went, in the words that every one of them uses."""

from compat.core.model import Session
from probes.loaders.state_comparison import Comparison


def tell(session: Session, comparison: Comparison, *, loader: str, version: str) -> None:
    """Measures of a comparison: the class, how much it needs, and how much differs."""
    session.measure("loader", loader)
    session.measure("version", version)
    session.measure("class", comparison.loader.partition(" of ")[0])
    session.measure("needed", comparison.needed)
    session.measure("missing", len(comparison.missing))
    session.measure("unexpected", len(comparison.unexpected))
    session.measure("mismatched", len(comparison.mismatched))
