"""Files whose dtypes the loader on that device does not read, or reads as something else."""

from collections.abc import Iterator

from compat.backends.dtype_facts import Answer, Known, takes
from compat.core.model import Confidence, Finding, Place
from compat.predict.model import Asked, Expected, Seen
from compat.predict.rule import SEVERITY, rule

ENDS = {
    Answer.NO: (Expected.FAILS, "refuses"),
    Answer.RAW: (Expected.SILENT, "gives the stored codes in place of the values of"),
    Answer.MISSING: (Expected.SILENT, "leaves out, without a word, tensors of"),
}


@rule("weights-not-read")
def weights_not_read(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """Quantised and 8-bit weights are read by some loaders alone, and by some of them wrongly."""
    if not seen.reader or seen.size != "tiny":
        return
    for dtype in seen.stored:
        known = takes(seen.reader, dtype, what="read", versions=asked.versions)
        if known.answer in ENDS:
            yield _finding(seen.reader, dtype, known, asked)


def _finding(reader: str, dtype: str, known: Known, asked: Asked) -> Finding:
    expected, verb = ENDS[known.answer]
    return Finding(
        rule="weights-not-read",
        severity=SEVERITY[expected],
        confidence=Confidence.MEDIUM,
        message=f"{reader} {verb} {dtype}, which the file of the network holds",
        place=Place(kind="device", path=asked.name, detail=reader),
        remedy="convert the weights to bfloat16 or float16, or take another file of this model",
        evidence={
            "expected": expected.value, "ops": [], "dtype": dtype, "reader": reader,
            "error": known.error, "source": known.source,
        },
    )  # fmt: skip
