"""What the entries of a gguf header say that one reader or all of them stumble over."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from math import prod
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.dtypes import GGML_OF_FORKS, GGML_RECENT, GGML_REMOVED, GGML_TYPES
from compat.formats.gguf_header import Entry, Pair, Parts
from compat.formats.layout import MOST_REPEATS, WRONG_WRITER
from compat.formats.tensor_names import name_findings
from compat.formats.wording import damage, quoted

LONGEST_NAME = 63
"""GGML_MAX_NAME is 64 with its zero byte."""

LONGEST_IMAGE_NAME = 127
"""stable-diffusion.cpp and the converter of ComfyUI-GGUF build ggml with GGML_MAX_NAME 128."""

GGML_DIMENSIONS = 4  # GGML_MAX_DIMS

IMAGE_ARCHITECTURES = frozenset({
    "", "pig", "cow", "flux", "sd1", "sdxl", "sd3", "aura", "hidream", "cosmos", "ltxv", "hyvid",
    "wan", "lumina2", "qwen_image",
})  # fmt: skip
"""Files that ComfyUI-GGUF and stable-diffusion.cpp read, not llama.cpp: their architectures, or
none (ComfyUI-GGUF loader.py, 2025-12). Real ones go beyond plain ggml: HunyuanVideo has names of 66
bytes, LTX-2 of 74, and fix_5d_tensors.py puts Wan's patch embedding back with its 5 dimensions."""
MOST_ELEMENTS = (1 << 63) - 1  # INT64_MAX; gguf.cpp refuses a tensor of as many

_ODD_VALUES = {
    "gguf-bad-bool": "holds a truth value that is neither 0 nor 1; readers differ in what they make"
    " of it",
    "gguf-nested-array": "is an array of arrays; programs built on ggml refuse the file",
    "gguf-bad-utf8": "is no UTF-8 text; gguf-py raises where it is asked for it",
}


def pair_findings(path: Path, pairs: list[Pair]) -> Iterator[Finding]:
    """What is wrong with the metadata."""
    seen: set[str] = set()
    for pair in pairs:
        if pair.key in seen:
            yield _twice(path, "gguf-duplicate-key", f"metadata names {quoted(pair.key)}", pair.key)
        seen.add(pair.key)
        if not pair.good_key:
            yield _bad_letters(path, "the metadata key", pair.key)
        if pair.value.oddity:
            yield damage(
                pair.value.oddity,
                path,
                f"the metadata entry {quoted(pair.key)} {_ODD_VALUES[pair.value.oddity]}",
                remedy=WRONG_WRITER,
                detail=f"byte {pair.at}",
                severity=Severity.MEDIUM,
            )


def header_remarks(path: Path, parts: Parts) -> Iterator[Finding]:
    """What is legal and good to know: no architecture, no tensors, one part of several."""
    keys = {pair.key: pair.value.text for pair in parts.metadata}
    if "general.architecture" not in keys:
        yield _remark(
            path,
            "gguf-no-architecture",
            "general.architecture is missing; loaders that go by it refuse the file, those that go "
            "by tensor names (stable-diffusion.cpp, ComfyUI-GGUF) do not",
        )
    if not parts.entries:
        yield _remark(path, "gguf-no-tensors", "it holds metadata alone, a vocabulary or a split's")
    if keys.get("split.count", "0") not in ("0", "1"):
        number = keys.get("split.no", "?")
        what = f"it is part {quoted(number)} of {quoted(keys['split.count'])} (counted from 0)"
        yield _remark(path, "gguf-split-part", f"{what}; the others have to lie beside it")


def entry_findings(path: Path, parts: Parts) -> Iterator[Finding]:
    """What is wrong with tensors, each by itself; at most a few of each rule."""
    entries = parts.entries
    keys = {pair.key: pair.value.text for pair in parts.metadata}
    by_image_programs = keys.get("general.architecture", "") in IMAGE_ARCHITECTURES
    shape = partial(_shape_problem, by_image_programs=by_image_programs)
    name = partial(_name_problem, by_image_programs=by_image_programs)
    yield from name_findings(path, "gguf", (entry.name for entry in entries))
    yield from islice(_repeated(path, entries), MOST_REPEATS)
    for rule in (_type_problem, _size_problem, shape, name):
        problems = (found for entry in entries if (found := rule(path, entry)) is not None)
        yield from islice(problems, MOST_REPEATS)


def _repeated(path: Path, entries: Iterable[Entry]) -> Iterator[Finding]:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            what = f"two tensors are called {quoted(entry.name)}"
            yield _twice(path, "gguf-duplicate-name", what, entry.name)
        seen.add(entry.name)


def _type_problem(path: Path, entry: Entry) -> Finding | None:
    if entry.kind in GGML_RECENT:
        what = f"tensor {quoted(entry.name)} is {entry.dtype} (type {entry.kind})"
        return _remark(path, "gguf-recent-type", f"{what}, {GGML_RECENT[entry.kind]}")
    if entry.kind in GGML_TYPES:
        return None
    what = f"tensor {quoted(entry.name)} has type {entry.kind}"
    if entry.kind in GGML_REMOVED:
        rule, why = "gguf-removed-type", f"{GGML_REMOVED[entry.kind]}, which ggml no longer reads"
        remedy = "take a file in a type that is still read, such as Q4_0 or Q4_K"
    elif entry.kind in GGML_OF_FORKS:
        rule, why = "gguf-fork-type", f"{GGML_OF_FORKS[entry.kind]}, which only ik_llama.cpp reads"
        remedy = "load it with ik_llama.cpp, or take a file in a type of ggml itself"
    else:
        rule = "gguf-unknown-type"
        why = f"which ggml of 2026-08 does not have (it ends at {max(GGML_TYPES)})"
        remedy = (
            "if the file is newer than that, update framegate and the loader; else it is broken"
        )
    return damage(rule, path, f"{what}, {why}", remedy=remedy, detail=quoted(entry.name))


def _size_problem(path: Path, entry: Entry) -> Finding | None:
    # A side of 0 hides the others from ggml; numpy, and so gguf-py, refuses them all the same.
    if _is_uncountable(entry):
        return damage(
            "gguf-size-overflow",
            path,
            f"tensor {quoted(entry.name)} has sides {list(entry.sides)}, more values than 63 bits "
            "count; programs built on ggml refuse the file",
            remedy="do not load it; no honest program writes such a size",
            detail=quoted(entry.name),
        )
    if entry.kind not in GGML_TYPES:
        return None
    word, per_block, _ = GGML_TYPES[entry.kind]
    row = entry.sides[0] if entry.sides else 1
    if row % per_block == 0:
        return None
    return damage(
        "gguf-block-mismatch",
        path,
        f"rows of tensor {quoted(entry.name)} hold {row} values, {word} needs a multiple of "
        f"{per_block}",
        remedy=WRONG_WRITER,
        detail=quoted(entry.name),
    )


def _is_uncountable(entry: Entry) -> bool:
    return prod(side or 1 for side in entry.sides) >= MOST_ELEMENTS


def _shape_problem(path: Path, entry: Entry, *, by_image_programs: bool) -> Finding | None:
    sides = list(entry.sides)
    # Five dimensions are those of a 3-D convolution's kernel, and of nothing else.
    kernel = entry.name.endswith(".weight") and by_image_programs
    if len(sides) == GGML_DIMENSIONS + 1 and kernel:
        what = (
            f"tensor {quoted(entry.name)} has 5 dimensions {sides}; ComfyUI-GGUF reads and writes"
        )
        return _remark(path, "gguf-five-dimensions", f"{what} them, ggml stops at 4")
    if len(sides) > GGML_DIMENSIONS:
        return damage(
            "gguf-bad-dimensions",
            path,
            f"tensor {quoted(entry.name)} has {len(sides)} dimensions {sides}, ggml takes 1 to 4",
            remedy=WRONG_WRITER,
            detail=quoted(entry.name),
        )
    if 0 in sides and not _is_uncountable(entry):
        what = f"tensor {quoted(entry.name)} has sides {sides} and so no values"
        return _remark(path, "gguf-empty-tensor", f"{what}; ggml before 2026-08 divides by zero")
    return None


def _name_problem(path: Path, entry: Entry, *, by_image_programs: bool) -> Finding | None:
    if not entry.good_name:
        return _bad_letters(path, "the tensor name", entry.name)
    length = len(entry.name.encode("utf-8"))
    if length <= LONGEST_NAME:
        return None
    what = (
        f"the tensor name {quoted(entry.name)} has {length} bytes, llama.cpp takes {LONGEST_NAME}"
    )
    # What is long in these models is the path to a parameter: blocks.0.attn.to_out.weight.
    path_of_parameter = "." in entry.name and by_image_programs
    if length <= LONGEST_IMAGE_NAME and path_of_parameter:
        takes = f"ComfyUI-GGUF and stable-diffusion.cpp take {LONGEST_IMAGE_NAME}"
        return _remark(path, "gguf-long-name", f"{what}; {takes}")
    return damage(
        "gguf-long-name",
        path,
        f"{what}, stable-diffusion.cpp {LONGEST_IMAGE_NAME} in image and video models",
        remedy="load it with a loader on gguf-py; programs built on ggml refuse it",
        detail=quoted(entry.name),
        severity=Severity.MEDIUM,
    )


def _twice(path: Path, rule: str, what: str, name: str) -> Finding:
    return damage(
        rule,
        path,
        f"{what} twice, expected every name once; gguf-py and ggml refuse the file",
        remedy=WRONG_WRITER,
        detail=quoted(name),
    )


def _bad_letters(path: Path, what: str, name: str) -> Finding:
    return damage(
        "gguf-bad-utf8-name",
        path,
        f"{what} {quoted(name)} is no UTF-8 text; gguf-py refuses the file",
        remedy=WRONG_WRITER,
        detail=quoted(name),
    )


def _remark(path: Path, rule: str, message: str) -> Finding:
    return damage(rule, path, message, remedy="nothing", detail="byte 8", severity=Severity.INFO)
