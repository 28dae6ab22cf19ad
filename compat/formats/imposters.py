"""Names what lies under a model file's name when it is no model file, and what to do then."""

from pathlib import Path

from compat.core.model import Finding
from compat.formats.sniff import Kind, Sniffed
from compat.formats.wording import damage

_NAME_OF_KIND = {Kind.SAFETENSORS: (".safetensors", ".sft"), Kind.GGUF: (".gguf",)}
_PICKLE_NAMES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_TENSOR_NAMES = (".safetensors", ".sft", ".gguf")

_AGAIN = "download it again from the model's page"
_LOGIN = (
    "log in where the model asks for it, and use the link of the file itself "
    "(on Hugging Face /resolve/, not /blob/)"
)
_REFUSED = "the download was refused; check the token and the link, then download again"
_POINTER = "run git lfs pull in the repository, or download the file itself"
_UNFILLED = "the space was reserved and the download never filled it; download again"
_RESUME = "resume the download, or delete it and start again"
_LINES = {
    Kind.HTML: ("html-page", "it is a web page", _LOGIN),
    Kind.JSON_ERROR: ("json-error", "it is a server's error message", _REFUSED),
    Kind.JSON: ("json-content", "it holds JSON and no tensors", _AGAIN),
    Kind.LFS_POINTER: ("lfs-pointer", "it is a git-lfs pointer", _POINTER),
    Kind.EMPTY: ("empty-file", "it is empty", _AGAIN),
    Kind.ZERO_FILLED: ("zero-filled", "it is filled with zeros", _UNFILLED),
    Kind.PARTIAL_DOWNLOAD: ("partial-download", "it is an unfinished download", _RESUME),
    Kind.TEXT: ("text-content", "it holds plain text and no tensors", _AGAIN),
    Kind.ZIP: ("zip-archive", "it is a zip archive", "unpack it; the model file may lie inside"),
}
"""Rule id, what the file is, and what to do, for every content that is no model file."""


def imposter_finding(path: Path, sniffed: Sniffed) -> Finding | None:
    """The one finding about a file that is not what its name says; None where it is, or is unknown.

    A pickle under the name of a tensor file is one; under its own name it is not: what it holds is
    for :mod:`compat.formats.pickles` to say.
    """
    suffix = path.suffix.lower()
    if sniffed.kind in (Kind.TORCH_ZIP, Kind.PICKLE):
        return _pickle(path, sniffed, suffix)
    if sniffed.kind in _NAME_OF_KIND:
        return _misnamed(path, sniffed, suffix)
    if sniffed.kind in _LINES:
        rule, what, remedy = _LINES[sniffed.kind]
        return damage(
            rule,
            path,
            f"{what}, expected a model file: {sniffed.why}",
            remedy=remedy,
            detail="byte 0",
            kind=sniffed.kind.value,
        )
    if suffix in _TENSOR_NAMES:
        return damage(
            "not-what-its-name-says",
            path,
            f"it is named {suffix} and {sniffed.why}, which no such file begins with",
            remedy=_AGAIN,
            detail="byte 0",
        )
    return None


def _pickle(path: Path, sniffed: Sniffed, suffix: str) -> Finding | None:
    if suffix not in _TENSOR_NAMES:
        return None
    return damage(
        "pickle-misnamed",
        path,
        f"it is named {suffix} and {sniffed.why}: a pickle, which can run code when loaded",
        remedy="do not load it; download the safetensors file from the publisher",
        detail="byte 0",
    )


def _misnamed(path: Path, sniffed: Sniffed, suffix: str) -> Finding | None:
    if suffix in _NAME_OF_KIND[sniffed.kind]:
        return None
    if suffix not in (*_TENSOR_NAMES, *_PICKLE_NAMES):
        return None  # blobs of a download cache have no suffix and are what they are
    right = _NAME_OF_KIND[sniffed.kind][0]
    return damage(
        "misnamed",
        path,
        f"it is named {suffix} and is a {sniffed.kind.value} file",
        remedy=f"rename it to {path.stem}{right}",
        detail="byte 0",
        kind=sniffed.kind.value,
    )
