"""The findings about a safetensors header that is out of the ordinary, one constructor each."""

from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS, WRONG_WRITER
from compat.formats.wording import damage, quoted

DEEPEST = 127
"""Objects and lists in each other that serde_json, the reference reader's parser, goes into."""

DOWNLOAD_AGAIN = "download again; compare size and hash with the publisher's"
NOT_ITS_WRITER = "any program that follows the format can refuse it; " + WRONG_WRITER


def not_json(path: Path, why: str) -> Finding:
    """The text is no JSON; ``why`` is the parser's sentence."""
    return damage(
        "safetensors-header-not-json",
        path,
        f"the header is not JSON: {why}",
        remedy=DOWNLOAD_AGAIN,
        detail="byte 8",
    )


def too_deep(path: Path, what: str) -> Finding:
    """Objects and lists stand in each other deeper than the reference reader goes."""
    return damage(
        "safetensors-header-bomb",
        path,
        f"{what} nests objects or lists more than {DEEPEST} deep, expected 3: no model does",
        remedy="do not load it; get the file from its publisher",
        detail="byte 8",
        limit=DEEPEST,
    )


def too_many(path: Path, what: str, most: int) -> Finding:
    """More entries than any model has."""
    return damage(
        "safetensors-header-bomb",
        path,
        f"the header holds more than {most} {what}: no model has so many",
        remedy="do not load it; get the file from its publisher",
        detail="byte 8",
        limit=most,
    )


def repeated_name(path: Path, name: str) -> Finding:
    """Two tensors, or two metadata blocks, have one name."""
    if name == "__metadata__":
        return damage(
            "safetensors-duplicate-key",
            path,
            "the header holds __metadata__ twice, expected it once; the reference refuses it",
            remedy=WRONG_WRITER,
            detail="__metadata__",
        )
    return damage(
        "safetensors-duplicate-name",
        path,
        f"the header names {quoted(name)} twice, expected every tensor once; readers silently keep "
        "one of the two and lose the other",
        remedy=WRONG_WRITER,
        detail=quoted(name),
    )


def repeated_field(path: Path, name: str, key: str) -> Finding:
    """One entry says the same thing twice."""
    return damage(
        "safetensors-duplicate-key",
        path,
        f"tensor {quoted(name)} holds the field {quoted(key)} twice, expected it once; the "
        "reference reader refuses it",
        remedy=WRONG_WRITER,
        detail=quoted(name),
    )


def repeated_metadata_key(path: Path, key: str) -> Finding:
    """The metadata says the same thing twice."""
    return damage(
        "safetensors-duplicate-metadata-key",
        path,
        f"__metadata__ holds {quoted(key)} twice, expected every key once; readers silently keep "
        "one of the two texts",
        remedy=NOT_ITS_WRITER,
        detail="__metadata__",
        severity=Severity.MEDIUM,
    )


def null_metadata(path: Path) -> Finding:
    """The metadata is null, which only some readers take for none."""
    return damage(
        "safetensors-null-metadata",
        path,
        "__metadata__ is null, expected an object of texts or no __metadata__ at all; the "
        "reference reader opens it, others may not",
        remedy=NOT_ITS_WRITER,
        detail="__metadata__",
        severity=Severity.MEDIUM,
    )


def bad_metadata(path: Path) -> Finding:
    """The metadata holds something other than texts."""
    return damage(
        "safetensors-bad-metadata",
        path,
        "__metadata__ is not an object of texts; the reference reader refuses the file",
        remedy=WRONG_WRITER,
        detail="__metadata__",
    )


def extra_fields(path: Path, extra: list[str]) -> Finding:
    """Entries hold fields that the format does not know."""
    more = f" and {len(extra) - 1} more" if len(extra) > 1 else ""
    return damage(
        "safetensors-extra-field",
        path,
        f"the header holds a field that the format does not know, {extra[0]}{more}, expected only "
        "dtype, shape and data_offsets; the reference reader skips it, others may not",
        remedy=NOT_ITS_WRITER,
        detail="byte 8",
        severity=Severity.MEDIUM,
        fields=extra[:MOST_REPEATS],
    )
