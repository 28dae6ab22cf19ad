from compat.core.model import Needs
from compat.core.probe import probe


@probe("says-nothing", family="stub", needs=Needs())
def says_nothing(session):
    """Says nothing."""
    yield from ()
