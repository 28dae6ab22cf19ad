"""Holds the tensors of a file against those a model class needs, by name and shape."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compat.core.model import Finding, Severity
from compat.formats.wording import quoted
from probes.loaders.file_question import FileQuestion
from probes.loaders.opinion import finding

Shape = tuple[int, ...]

NAMED = 3
"""How many names a sentence shows; the evidence holds more."""

KEPT = 50
"""How many names the evidence holds."""

COMPANIONS = re.compile(
    r"(^|\.)(scaled_fp8|comfy_quant|(weight_|input_|output_)?scale(_2|_inv)?|scale_(weight|input)|"
    r"_data|_scale|absmax|quant_map|nested_absmax|nested_quant_map|quant_state\.[\w.]+|"
    r"input_scale|output_scale|SCB)$"
)
"""Tensors that accompany quantised weights (names in section 7 of the signatures' fact table)."""

COMPUTED_BUFFERS = (".pe", ".pos_embedding", "position_ids", "inv_freq", "_float_tensor")
"""Endings of buffers that a class fills by itself when it is made."""

OPTIONAL = re.compile(r"(^|\.)(scale_input|input_scale|output_scale)$")
"""Scales that a loader has a place for and a value of its own, so that files may leave them out."""

_BLOCK = re.compile(r"^(.*?\.\d+)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a file holds and a class needs; ``loader`` names class, library and version.

    ``needed`` counts the class's tensors, ``buffers`` are missing ones that keep what the class
    puts there itself. ``unconverted`` are names of the file that the loader's conversion is known
    to leave as they are, so that their counterparts stay unset: the loader's lack, not the file's.
    """

    loader: str
    needed: int
    missing: tuple[str, ...] = ()
    buffers: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    mismatched: tuple[tuple[str, Shape, Shape], ...] = ()
    unconverted: tuple[str, ...] = ()

    @property
    def differences(self) -> int:
        """How many tensors are not as they should be."""
        return len(self.missing) + len(self.unexpected) + len(self.mismatched)


def compared(
    loader: str,
    needed: Mapping[str, Shape],
    buffers: Iterable[str],
    found: Mapping[str, Shape],
    ignored: Iterable[str] = (),
) -> Comparison:
    """Compare by name, then by shape; ``ignored`` are patterns the class itself overlooks."""
    patterns = [re.compile(pattern) for pattern in ignored]
    absent = [name for name in needed if name not in found and not OPTIONAL.search(name)]
    own = set(buffers)
    extra = [name for name in found if name not in needed]
    return Comparison(
        loader=loader,
        needed=len(needed),
        missing=tuple(name for name in absent if name not in own),
        buffers=tuple(n for n in absent if n in own and not n.endswith(COMPUTED_BUFFERS)),
        unexpected=tuple(n for n in extra if not any(p.search(n) for p in patterns)),
        mismatched=tuple(
            (name, found[name], shape)
            for name, shape in needed.items()
            if name in found and found[name] != shape
        ),
    )


def differences(question: FileQuestion, comparison: Comparison) -> Iterator[Finding]:
    """One finding per kind of difference."""
    if comparison.missing:
        yield _missing(question, comparison)
    if comparison.unconverted:
        yield _unconverted(question, comparison)
    if comparison.buffers:
        yield _buffers(question, comparison)
    if comparison.mismatched:
        yield _mismatched(question, comparison)
    yield from _unexpected(question, comparison)


def _missing(question: FileQuestion, comparison: Comparison) -> Finding:
    names = comparison.missing
    return finding(
        question,
        "dry-load-missing-keys",
        _damage(question),
        f"{comparison.loader} needs {comparison.needed} tensors and the file lacks {len(names)}: "
        f"{_some(names)}{_blocks(names)}",
        remedy="download the file again; if it stays so, it is not the whole model",
        detail=quoted(names[0]),
        **_counted(names, comparison.needed),
    )


def _unconverted(question: FileQuestion, comparison: Comparison) -> Finding:
    names = comparison.unconverted
    return finding(
        question,
        "dry-load-not-converted",
        Severity.MEDIUM,
        f"the conversion for {comparison.loader} leaves out {len(names)} tensors of the file, "
        f"whose counterparts stay unset: {_some(names)}; the file itself has them",
        remedy="load it with its publisher's tool, or take this model as a diffusers folder",
        detail=quoted(names[0]),
        **_counted(names, comparison.needed),
    )


def _buffers(question: FileQuestion, comparison: Comparison) -> Finding:
    names = comparison.buffers
    return finding(
        question,
        "dry-load-missing-buffers",
        Severity.MEDIUM,
        f"{comparison.loader} keeps its own values for {_some(names)}, which the file lacks",
        remedy="take a file that holds them; latents would be scaled by a fresh class's values",
        detail=quoted(names[0]),
        **_counted(names, comparison.needed),
    )


def _mismatched(question: FileQuestion, comparison: Comparison) -> Finding:
    name, found, needed = comparison.mismatched[0]
    rest = len(comparison.mismatched) - 1
    more = f" and {rest} more tensors do not fit" if rest else ""
    return finding(
        question,
        "dry-load-shape-mismatch",
        _damage(question),
        f"{quoted(name)} is {list(found)} in the file and {list(needed)} in {comparison.loader}"
        f"{more}",
        remedy="file and config are of different models; take both from the same one",
        detail=quoted(name),
        mismatched=[
            {"name": quoted(n), "found": list(f), "needed": list(w)}
            for n, f, w in comparison.mismatched[:KEPT]
        ],
        count=len(comparison.mismatched),
    )


def _unexpected(question: FileQuestion, comparison: Comparison) -> Iterator[Finding]:
    scales = [name for name in comparison.unexpected if COMPANIONS.search(name)]
    others = [name for name in comparison.unexpected if not COMPANIONS.search(name)]
    if scales:
        yield finding(
            question,
            "dry-load-quantisation-keys",
            Severity.LOW,
            f"{comparison.loader} has no place for {len(scales)} tensors that come with quantised "
            f"weights: {_some(scales)}",
            remedy="see the quantisation findings: a loader that ignores them gets wrong weights",
            detail=quoted(scales[0]),
            **_counted(scales, comparison.needed),
        )
    if others:
        # Beside a config it contradicts it; a file by itself may hold more than one part.
        whole = bool(_blocks(others)) and question.component is not None
        yield finding(
            question,
            "dry-load-unexpected-keys",
            Severity.MEDIUM if whole else Severity.LOW,
            f"{comparison.loader} has no place for {len(others)} tensors of the file: "
            f"{_some(others)}{_blocks(others)}",
            remedy="they are dropped without a word; see whether the config is of this model",
            detail=quoted(others[0]),
            **_counted(others, comparison.needed),
        )


def _damage(question: FileQuestion) -> Severity:
    """HIGH where framegate or a config says what the file should be, else only the loader does."""
    expected = question.mine or question.component is not None
    return Severity.HIGH if expected else Severity.MEDIUM


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    shown = ", ".join(quoted(name) for name in listed[:NAMED])
    return f"{shown} and {len(listed) - NAMED} more" if len(listed) > NAMED else shown


def _blocks(names: Iterable[str]) -> str:
    """The numbered blocks that three or more of the names stand in."""
    counts = Counter(hit[1] for name in names if (hit := _BLOCK.match(name)))
    many = [block for block, count in counts.items() if count >= NAMED]
    if not many:
        return ""
    if len(many) > 4:
        return f" (in {len(many)} blocks from {quoted(many[0])} to {quoted(many[-1])})"
    return f" (in {', '.join(map(quoted, many))})"


def _counted(names: Iterable[str], needed: int) -> dict[str, object]:
    listed = list(names)
    return {
        "count": len(listed),
        "needed": needed,
        "names": [quoted(name) for name in listed[:KEPT]],
    }
