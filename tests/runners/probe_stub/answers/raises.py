from compat.core.model import Needs
from compat.core.probe import probe
from probe_stub.said import finding


@probe("raises", family="stub", needs=Needs())
def raises(session):
    """Raises."""
    yield finding("seen before the end")
    raise ZeroDivisionError("division by zero")
