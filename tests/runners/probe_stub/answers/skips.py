from compat.core.model import Needs
from compat.core.probe import probe


@probe("skips", family="stub", needs=Needs())
def skips(session):
    """Skips."""
    session.skip("there is nothing to ask")
    yield
