"""Reads one file with our reader and with the reference reader, and says how they compare."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.header import try_header
from compat.formats.imposters import imposter_finding
from compat.formats.sniff import sniff
from compat.formats.zero_regions import zero_findings

EXPLAINED = {
    "safetensors": {
        "safetensors-duplicate-name": "the reference keeps the last copy, a tensor is lost",
        "safetensors-path-like-name": "the reference takes any name",
        "safetensors-zero-byte-in-name": "the reference takes any name",
        "safetensors-bad-entry": "serde takes a list for an entry and an object for a dtype word",
        "safetensors-header-bomb": "more values than any model has",
        "safetensors-header-vast": "a longer text than any model has",
    },
    "gguf": {
        "gguf-same-offset": "gguf-py takes every offset as it stands; ggml refuses it",
        "gguf-overlap": "gguf-py takes every offset as it stands; ggml refuses it",
        "gguf-short-tensor": "gguf-py takes every offset as it stands; ggml refuses it",
        "gguf-hole": "gguf-py takes every offset as it stands; ggml refuses it",
        "gguf-unaligned": "gguf-py takes every offset as it stands; ggml refuses it",
        "gguf-offset-wraps": "gguf-py adds without a bound and reads an empty slice",
        "gguf-offset-past-end": "gguf-py reads an empty slice of a tensor without values",
        "gguf-cut-in-data": "gguf-py reads what is there where the rest has no values",
        "gguf-ends-in-a-page": "gguf-py ignores what follows",
        "gguf-wrong-count": "gguf-py reads whatever the announced counts make of the header",
        "gguf-duplicate-key": "gguf-py compares its own names of fields",
        "gguf-duplicate-name": "gguf-py compares its own names of fields",
        "gguf-bad-name": "gguf-py takes an empty key; ggml refuses it",
        "gguf-bad-dimensions": "gguf-py takes any number; ggml stops at 4",
        "gguf-block-mismatch": "gguf-py rounds one-dimensional tensors; ggml refuses it",
        "gguf-size-overflow": "gguf-py multiplies in 64 bits and wraps around; ggml refuses it",
        "gguf-cut-in-header": "gguf-py slices past the end without a word",
        "gguf-count-too-high": "gguf-py slices past the end without a word",
        "gguf-big-endian": "gguf-py reads it; ggml refuses it",
        "gguf-path-like-name": "gguf-py takes any name",
        "gguf-zero-byte-in-name": "gguf-py takes any name; ggml cuts it there",
        "gguf-bad-alignment": "the data would begin behind the end of the file",
        "gguf-long-name": "gguf-py takes any name; ggml stops at 63 bytes",
        "gguf-long-text": "a longer text than any model has",
        "gguf-bad-value": "gguf-py takes arrays in arrays without an end; ggml refuses them",
        "gguf-header-bomb": "more entries than any model has",
    },
}
"""Why a rule of ours refuses what the reference reader opens; any other rule there is a mistake."""

_LONG_TO_READ = ("gguf-count-too-high", "gguf-cut-in-header", "gguf-header-bomb", "gguf-long-name")
"""gguf-py would loop over the announced count; it is not asked then."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the two readers took one file.

    ``reference`` is "" where it opens, its error where it refuses, None where it was not asked.
    """

    refused_by: tuple[str, ...]
    unread: bool
    reference: str | None
    seconds: float

    @property
    def refused(self) -> bool:
        """Whether our answer is anything but "right"."""
        return bool(self.refused_by) or self.unread


def compare(path: Path, kind: str, data: bytes) -> Comparison:
    """Write ``data`` to ``path`` and read it with both readers; raises what our reader raises."""
    path.write_bytes(data)
    begin = time.perf_counter()
    with _in_time():
        findings, unread = _ours(path)
    seconds = time.perf_counter() - begin
    for finding in findings:
        finding.message.encode("ascii")
        json.dumps(finding.evidence)
    high = tuple(dict.fromkeys(f.rule for f in findings if f.severity is Severity.HIGH))
    if kind == "safetensors":
        return Comparison(high, unread, _safetensors(data), seconds)
    rules = {finding.rule for finding in findings}
    asked = not rules & set(_LONG_TO_READ)
    return Comparison(high, unread, _gguf(path) if asked else None, seconds)


def _ours(path: Path) -> tuple[list[Finding], bool]:
    sniffed = sniff(path)
    imposter = imposter_finding(path, sniffed)
    if imposter is not None:
        return [imposter], False
    reading = try_header(path)
    if reading is None:
        return [], True
    if reading.header is not None:
        for finding in zero_findings(reading.header):
            json.dumps(finding.evidence)
    return list(reading.findings), reading.header is None


def _safetensors(data: bytes) -> str:
    import safetensors

    try:
        safetensors.deserialize(data)
    except safetensors.SafetensorError as error:
        return str(error)
    return ""


SECONDS = 5
"""A reader that takes longer over one small file loops over a count that lies."""


class TookTooLongError(Exception):
    """A reader did not come back in time."""


def _late(_number: int, _frame: object) -> None:
    raise TookTooLongError(f"no answer within {SECONDS} s")


@contextmanager
def _in_time() -> Iterator[None]:
    if sys.platform != "win32":
        before = signal.signal(signal.SIGALRM, _late)
        signal.alarm(SECONDS)
        try:
            yield
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
    else:  # Windows has no alarms: a reader that loops is left to the user's Ctrl-C
        yield


def _gguf(path: Path) -> str:
    import warnings

    import gguf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _in_time():
                gguf.GGUFReader(path)
        except Exception as error:  # noqa: BLE001 - it raises whatever numpy raises
            return f"{type(error).__name__}: {error}"
    return ""
