"""Reads the headers of all shards of a model as one."""

import re
from collections.abc import Iterable
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.header import try_header
from compat.formats.model import Header, TensorInfo
from compat.formats.shards import named_shards
from compat.formats.wording import damage, quoted

INDEX_SUFFIX = ".safetensors.index.json"

_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.safetensors")


def index_of(path: Path) -> Path | None:
    """The index that ``path`` is, or that lists it; None for a file of its own."""
    if path.name.endswith(INDEX_SUFFIX):
        return path
    hit = _SHARD.fullmatch(path.name)
    if hit is None:
        return None
    index = path.with_name(f"{hit['stem']}{INDEX_SUFFIX}")
    return index if index.is_file() and path.name in named_shards(index) else None


def lone_shard(path: Path) -> tuple[Finding, ...]:
    """Say of a shard without its index that it is only a piece."""
    hit = _SHARD.fullmatch(path.name)
    if hit is None:
        return ()
    return (
        damage(
            "shard-without-index",
            path,
            f"by its name this is shard {int(hit['number'])} of {int(hit['count'])}, and no index "
            "beside it lists it",
            remedy="put all shards and their index into one folder and name the index",
            severity=Severity.MEDIUM,
        ),
    )


def merged_header(index: Path) -> tuple[Header, tuple[Finding, ...]]:
    """One header over all shards that ``index`` lists, and what could not be read of them."""
    names = sorted(named_shards(index))
    headers, findings = _read(index, names)
    return merge(index, headers), findings


def _read(index: Path, names: Iterable[str]) -> tuple[list[Header], tuple[Finding, ...]]:
    headers: list[Header] = []
    findings: list[Finding] = []
    for name in names:
        path = index.with_name(name)
        reading = try_header(path) if path.is_file() else None
        if reading is not None and reading.header is not None:
            headers.append(reading.header)
        else:
            findings.append(_unread(path, index))
    if not headers and not findings:
        findings.append(_no_index(index))
    return headers, tuple(findings)


def merge(path: Path, headers: Iterable[Header]) -> Header:
    """Join headers; sizes add up, offsets stay those of each file."""
    every = list(headers)
    tensors: dict[str, TensorInfo] = {}
    metadata: dict[str, str] = {}
    for header in every:
        tensors |= header.tensors
        metadata |= header.metadata
    return Header(
        path=path,
        format=every[0].format if every else "safetensors",
        tensors=tensors,
        metadata=metadata,
        data_start=0,
        file_size=sum(header.file_size for header in every),
    )


def _unread(path: Path, index: Path) -> Finding:
    return damage(
        "shard-missing",
        path,
        f"{quoted(index.name)} names the shard {quoted(path.name)}, which is not there or has no "
        "readable header",
        remedy="download the missing shard; the others can stay",
    )


def _no_index(index: Path) -> Finding:
    try:
        read_json_object(index)
    except UnreadableJsonError as error:
        why = str(error)
    else:
        why = "it names no shard inside its folder"
    return damage(
        "shard-index-unreadable",
        index,
        f"the shard index cannot be used: {why}",
        remedy="download the index again",
    )
