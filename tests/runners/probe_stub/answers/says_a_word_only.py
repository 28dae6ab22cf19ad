from compat.core.model import Needs, Severity
from compat.core.probe import probe
from probe_stub.said import finding


@probe("says-a-word-only", family="stub", needs=Needs())
def says_a_word_only(session):
    """Says a word only."""
    yield finding("by the way", Severity.INFO)
