"""Turns a checkpoint's symbolic table into a header, and checks it against the storages found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.model import Header, TensorInfo
from compat.formats.pickles.table import Slice, Storage, Table
from compat.formats.wording import byte_numbers, damage, quoted

AGAIN = "download again; compare size and hash with the publisher's"


@dataclass(frozen=True, slots=True)
class Block:
    """Where the bytes of one storage lie in the file; ``readable`` if they lie there as they are.

    ``nbytes`` is how many there are, once inflated.
    """

    start: int
    end: int
    nbytes: int
    readable: bool


def header_of(
    path: Path, kind: str, table: Table, blocks: Mapping[str, Block], metadata: Mapping[str, str]
) -> Header:
    """The header of a checkpoint: tensors of the model, at the bytes where their storages lie.

    A tensor whose bytes cannot be read as they lie begins and ends at byte 0, before the data.
    """
    tensors = {one.name: _info(one, blocks) for one in table.tensors}
    starts = [info.start for info in tensors.values() if info.end]
    return Header(
        path=path,
        format=kind,
        tensors=tensors,
        metadata={**metadata, **({"nested_under": table.nest} if table.nest else {})},
        data_start=min(starts, default=1),
        file_size=path.stat().st_size,
    )


def _info(one: Slice, blocks: Mapping[str, Block]) -> TensorInfo:
    block = blocks.get(one.storage.key) if one.storage else None
    if block is None or not block.readable or one.end > block.end - block.start:
        return TensorInfo(one.name, one.dtype, one.shape, 0, 0)
    return TensorInfo(
        one.name, one.dtype, one.shape, block.start + one.start, block.start + one.end
    )


def table_findings(path: Path, table: Table) -> Iterator[Finding]:
    """Tensors that make no sense, hold no data, or reach beyond their storage."""
    every = (*table.tensors, *table.outside)
    if not table.complete:
        yield damage(
            "pickle-too-long",
            path,
            f"the pickle builds more than is looked at here; {len(every)} tensors were seen",
            remedy="use the safetensors version of this model",
            severity=Severity.MEDIUM,
        )
    yield from _senseless(path, table)
    yield from _without_data(path, [one for one in every if one.storage is None])
    beyond = (one for one in every if one.storage and one.end > one.storage.nbytes)
    for number, one in enumerate(beyond):
        if number < MOST_REPEATS and one.storage is not None:
            yield _beyond(path, one, one.storage)
    if table.outside:
        yield _training(path, table)


def _senseless(path: Path, table: Table) -> Iterator[Finding]:
    for problem in table.problems[:MOST_REPEATS]:
        yield damage(
            "torch-bad-tensor",
            path,
            f"tensor {quoted(problem.partition(': ')[0])} makes no sense: "
            f"{problem.partition(': ')[2]}",
            remedy=AGAIN,
            detail=quoted(problem.partition(": ")[0]),
        )


def _without_data(path: Path, empty: list[Slice]) -> Iterator[Finding]:
    if empty:
        yield damage(
            "torch-meta-tensor",
            path,
            f"{len(empty)} tensor(s) were saved without data, from torch's meta device, first "
            f"{quoted(empty[0].name)}",
            remedy="get the file from its publisher; the program that saved it was faulty",
            detail=quoted(empty[0].name),
            tensors=len(empty),
        )


def _beyond(path: Path, one: Slice, storage: Storage) -> Finding:
    return damage(
        "torch-tensor-beyond-storage",
        path,
        f"tensor {quoted(one.name)} of {one.dtype} {list(one.shape)[:8]} reaches byte {one.end} of "
        f"storage {quoted(storage.key)}, which has {storage.nbytes}",
        remedy="get the file from its publisher; the program that saved it was faulty",
        detail=quoted(one.name),
        evidence=byte_numbers(one.end, storage.nbytes),
    )


def _training(path: Path, table: Table) -> Finding:
    seen = {one.storage.key: one.storage.nbytes for one in table.outside if one.storage}
    return damage(
        "checkpoint-training-state",
        path,
        f"beside the model under {quoted(table.nest)} it holds {len(table.outside)} other "
        f"tensor(s) in {sum(seen.values())} bytes, such as {quoted(table.outside[0].name)}",
        remedy="nothing; a file of the weights alone would be smaller",
        detail=quoted(table.outside[0].name),
        severity=Severity.INFO,
        bytes=sum(seen.values()),
    )


DEVICES = ("cpu", "cuda", "mps", "xla", "hpu", "xpu", "npu", "privateuse", "meta", "ipu", "mtia")
"""How torch tags the device a storage was saved from, before its number."""


def storage_findings(
    path: Path, storages: Iterable[Storage], blocks: Mapping[str, Block]
) -> Iterator[Finding]:
    """Storages that the pickle names and the file lacks, or holds in another length."""
    needed: dict[str, int] = {}
    every = list(storages)
    strange = next((s for s in every if not s.location.startswith(DEVICES)), None)
    if strange is not None:
        yield _strange_device(path, strange)
    for storage in every:
        needed[storage.key] = max(needed.get(storage.key, 0), storage.nbytes)
    lacking = [key for key, nbytes in needed.items() if key not in blocks and nbytes]
    if lacking:
        yield _missing(path, lacking, needed)
    differ = [key for key in needed if key in blocks and blocks[key].nbytes != needed[key]]
    for key in differ[:MOST_REPEATS]:
        yield _length(path, key, needed[key], blocks[key])


def _strange_device(path: Path, storage: Storage) -> Finding:
    return damage(
        "torch-unknown-device",
        path,
        f"storage {quoted(storage.key)} was saved from device {quoted(storage.location)}, which "
        "torch does not know",
        remedy="load it with map_location='cpu'; if it came from no rare device, download it again",
        detail=quoted(storage.key),
        severity=Severity.MEDIUM,
    )


def _missing(path: Path, lacking: list[str], needed: Mapping[str, int]) -> Finding:
    gone = sum(needed[key] for key in lacking)
    total = sum(needed.values())
    return damage(
        "torch-storage-missing",
        path,
        f"{len(lacking)} of {len(needed)} storages that the pickle names are not in the file "
        f"({gone} of {total} bytes), first {quoted(lacking[0])}",
        remedy=AGAIN,
        detail=quoted(lacking[0]),
        evidence={**byte_numbers(total, total - gone), "storages": lacking[:16]},
    )


def _length(path: Path, key: str, needed: int, block: Block) -> Finding:
    short = block.nbytes < needed
    return damage(
        "torch-storage-short" if short else "torch-storage-long",
        path,
        f"storage {quoted(key)} has {block.nbytes} bytes, its tensors were saved with {needed}",
        remedy=AGAIN,
        detail=f"byte {block.start}",
        severity=Severity.HIGH if short else Severity.MEDIUM,
        evidence=byte_numbers(needed, block.nbytes),
    )


def format_findings(path: Path, table: Table) -> Iterator[Finding]:
    """What is to be said of a checkpoint that was understood: that it is a pickle, or empty."""
    if not table.tensors and not table.problems:
        yield damage(
            "pickle-no-tensors",
            path,
            "the pickle was read to its end and names no tensor, so there is no model to check",
            remedy="check that this is the right file",
            severity=Severity.MEDIUM,
        )
        return
    yield damage(
        "pickle-format",
        path,
        f"it is a pickle with {len(table.tensors)} tensor(s); its opcodes were looked at and it "
        "was not loaded",
        remedy="prefer the safetensors version of this model: it cannot run code and loads faster",
        severity=Severity.INFO,
        tensors=len(table.tensors),
    )
