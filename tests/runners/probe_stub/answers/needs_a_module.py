from compat.core.model import Needs
from compat.core.probe import probe


@probe("needs-a-module", family="stub", needs=Needs(modules=("json", "no_such_module")))
def needs_a_module(session):
    """Needs a module."""
    yield from ()
