from compat.core.model import Needs
from compat.core.probe import probe


@probe("needs-memory", family="stub", needs=Needs(memory_mib=1 << 40))
def needs_memory(session):
    """Needs memory."""
    yield from ()
