"""Where the tensors of a gguf file lie, and which of the readers refuses what is wrong there.

ggml (llama.cpp, stable-diffusion.cpp) wants every tensor at the padded end of the one before it, in
the order of the header. gguf-py (ComfyUI-GGUF, diffusers) takes every offset as it stands.
"""

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.file_end import end_finding
from compat.formats.gguf_header import Entry, Parts
from compat.formats.layout import MOST_REPEATS, WRONG_WRITER
from compat.formats.wording import byte_numbers, damage, quoted

_LONGEST = 1 << 64
_GGML_REFUSES = "programs built on ggml refuse the file, gguf-py reads what lies there"


class Layout:
    """The tensors of one file by where they lie; sizes and places in bytes of the file."""

    def __init__(self, path: Path, parts: Parts, file_size: int) -> None:
        """Sort the tensors that hold bytes by where they lie."""
        self._path, self._size = path, file_size
        self._start = parts.data_start
        self._alignment = parts.alignment or 1
        self._entries = parts.entries
        self._filled = sorted(
            (entry for entry in parts.entries if entry.nbytes), key=lambda entry: entry.offset
        )

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with where the tensors lie."""
        wrapping = [entry for entry in self._entries if self._wraps(entry)]
        yield from islice((self._wrapped(entry) for entry in wrapping), MOST_REPEATS)
        if wrapping or any(entry.nbytes is None for entry in self._entries):
            return  # where one lies or how long it is is not known, so gaps say nothing
        gaps = list(islice(self._gaps(), MOST_REPEATS))
        yield from gaps
        if not gaps:
            yield from self._order()
        if not any(gap.rule == "gguf-offset-past-end" for gap in gaps):
            yield from self._end()

    def _wraps(self, entry: Entry) -> bool:
        return self._start + entry.offset + (entry.nbytes or 0) >= _LONGEST

    def _wrapped(self, entry: Entry) -> Finding:
        lands = (self._start + entry.offset) % _LONGEST
        return damage(
            "gguf-offset-wraps",
            self._path,
            f"tensor {quoted(entry.name)} has offset {entry.offset}: added to the data's begin "
            f"at {self._start} it leaves 64 bits and a reader in C lands on byte {lands}",
            remedy="do not load it; no honest program writes such an offset",
            detail=quoted(entry.name),
            offset=entry.offset,
            lands_on=lands,
        )

    def _padded(self, offset: int) -> int:
        return -(-offset // self._alignment) * self._alignment

    def _gaps(self) -> Iterator[Finding]:
        reached, before, moved = 0, None, False
        for place, entry in enumerate(self._filled):
            problem = self._gap(before, entry, place, reached)
            if problem is not None and not (moved and problem.rule == "gguf-hole"):
                yield problem
            # A moved tensor leaves its own place unused; a short one moves all behind it.
            moved = problem is not None and problem.rule == "gguf-overlap"
            short = problem is not None and problem.rule == "gguf-short-tensor"
            end = entry.offset + (entry.nbytes or 0)
            if end >= reached or short:
                reached, before = end, entry

    def _gap(self, before: Entry | None, entry: Entry, place: int, reached: int) -> Finding | None:
        if entry.offset % self._alignment:
            return self._unaligned(entry)
        if before is not None and entry.offset < reached:
            return self._shared(before, entry, place)
        if entry.offset > self._padded(reached):
            return self._hole(entry, reached)
        return None

    def _unaligned(self, entry: Entry) -> Finding:
        return damage(
            "gguf-unaligned",
            self._path,
            f"tensor {quoted(entry.name)} has offset {entry.offset}, expected a multiple of "
            f"{self._alignment}; {_GGML_REFUSES}",
            remedy=WRONG_WRITER,
            detail=f"byte {self._start + entry.offset}",
        )

    def _hole(self, entry: Entry, reached: int) -> Finding:
        begins, expected = self._start + entry.offset, self._start + self._padded(reached)
        if begins >= self._size:
            return damage(
                "gguf-offset-past-end",
                self._path,
                f"tensor {quoted(entry.name)} begins at byte {begins}, expected at {expected}; the "
                f"file ends at {self._size}, so the offset is wrong and the file is not truncated "
                "there",
                remedy=WRONG_WRITER,
                detail=f"byte {begins}",
                evidence=byte_numbers(expected, begins),
            )
        return damage(
            "gguf-hole",
            self._path,
            f"{begins - expected} bytes before tensor {quoted(entry.name)} belong to none, from "
            f"byte {expected} to {begins}; {_GGML_REFUSES}",
            remedy=WRONG_WRITER,
            detail=f"byte {expected}",
            hole_bytes=begins - expected,
        )

    def _shared(self, before: Entry, entry: Entry, place: int) -> Finding:
        room, needed = entry.offset - before.offset, before.nbytes or 0
        names = [quoted(before.name), quoted(entry.name)]
        if not room:
            return damage(
                "gguf-same-offset",
                self._path,
                f"tensors {names[0]} and {names[1]} have the same offset {entry.offset}: one reads "
                f"the other's values; {_GGML_REFUSES}",
                remedy=WRONG_WRITER,
                detail=f"byte {self._start + entry.offset}",
                tensors=names,
            )
        if self._space_behind(place) >= needed - room:
            return self._overlap(names, entry, needed - room)
        return damage(
            "gguf-short-tensor",
            self._path,
            f"tensor {names[0]} of {before.dtype} needs {needed} bytes and has {room} before "
            f"{names[1]} begins: they overlap, the rest is read from the neighbour in silence",
            remedy="get the file from another publisher; it was quantised by a faulty program",
            detail=names[0],
            evidence=byte_numbers(needed, room),
            tensors=names,
        )

    def _overlap(self, names: list[str], entry: Entry, common: int) -> Finding:
        return damage(
            "gguf-overlap",
            self._path,
            f"tensor {names[1]} begins at byte {self._start + entry.offset}, {common} bytes before "
            f"{names[0]} ends, and leaves as much room unused behind it; {_GGML_REFUSES}",
            remedy=WRONG_WRITER,
            detail=f"byte {self._start + entry.offset}",
            tensors=names,
            overlap_bytes=common,
        )

    def _space_behind(self, place: int) -> int:
        """Bytes behind a tensor that belong to none: what a moved offset leaves open."""
        entry = self._filled[place]
        end = entry.offset + (entry.nbytes or 0)
        last = place + 1 == len(self._filled)
        following = self._size - self._start if last else self._filled[place + 1].offset
        return following - end

    def _order(self) -> Iterator[Finding]:
        for one, two in pairwise(self._entries):
            if two.offset < one.offset:
                yield damage(
                    "gguf-unordered",
                    self._path,
                    f"tensor {quoted(two.name)} stands behind {quoted(one.name)} in the header and "
                    f"before it in the data; {_GGML_REFUSES}",
                    remedy=WRONG_WRITER,
                    detail=quoted(two.name),
                    severity=Severity.MEDIUM,
                )
                return

    def _end(self) -> Iterator[Finding]:
        if not self._filled:
            return
        last = self._filled[-1]  # one before it that reaches further is a finding by itself
        data_end = self._start + last.offset + (last.nbytes or 0)
        # Padding behind the last tensor is normal; more of it harms no reader of gguf.
        if not data_end <= self._size < data_end + self._alignment:
            yield end_finding(self._path, "gguf", data_end, self._size, Severity.INFO)
