"""Names what lies under a model file's name when it is no model file, and what to do then."""

from pathlib import Path

from compat.core.model import Finding
from compat.formats.content_marks import Kind
from compat.formats.safetensors_file import read_safetensors
from compat.formats.sniff import Sniffed
from compat.formats.wording import byte_numbers, damage

_NAME_OF_KIND = {Kind.SAFETENSORS: (".safetensors", ".sft"), Kind.GGUF: (".gguf",)}
_PICKLE_NAMES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_TENSOR_NAMES = (".safetensors", ".sft", ".gguf")

_AGAIN = "download it again from the model's page"
_LOGIN = (
    "log in where the model asks for it, and use the link of the file itself "
    "(on Hugging Face /resolve/, not /blob/)"
)
_REFUSED = "the download was refused; check the token and the link, then download again"
_EXPIRED = "the link has expired or was refused; get a fresh link, then download again"
_POINTER = "run git lfs pull in the repository, or download the file itself"
_XET = "run git xet checkout in the repository, or download the file itself"
_UNFILLED = "the space was reserved and the download never filled it; download again"
_RESUME = "resume the download, or delete it and start again"
_JOIN = "join all pieces in order (cat x.001 x.002 > x; copy /b on Windows), then check the result"
_UNPACK = "unpack it; the model file may lie inside"
_CONVERT = "get the safetensors or gguf file of the model; no loader here takes this one"
_CACHE = "download it again; the link stayed and the file it points to is gone (a cleared cache)"
_LINES = {
    Kind.HTML: ("html-page", "it is a web page", _LOGIN),
    Kind.XML_ERROR: ("xml-error", "it is a storage server's error message", _EXPIRED),
    Kind.JSON_ERROR: ("json-error", "it is a server's error message", _REFUSED),
    Kind.JSON: ("json-content", "it holds JSON and no tensors", _AGAIN),
    Kind.LFS_POINTER: ("lfs-pointer", "it is a git-lfs pointer", _POINTER),
    Kind.XET_POINTER: ("xet-pointer", "it is a xet pointer", _XET),
    Kind.EMPTY: ("empty-file", "it is empty", _AGAIN),
    Kind.ZERO_FILLED: ("zero-filled", "it is filled with zeros", _UNFILLED),
    Kind.ZERO_HEAD: ("zero-head", "its beginning was never filled", _UNFILLED),
    Kind.PARTIAL_DOWNLOAD: ("partial-download", "it is an unfinished download", _RESUME),
    Kind.SPLIT_PART: ("split-part", "it is one piece of a file that was split", _JOIN),
    Kind.TEXT: ("text-content", "it holds plain text and no tensors", _AGAIN),
    Kind.ZIP: ("zip-archive", "it is a zip archive", _UNPACK),
    Kind.TAR: ("tar-archive", "it is a tar archive", _UNPACK),
    Kind.ARCHIVE: ("packed-archive", "it is an archive", _UNPACK),
    Kind.COMPRESSED: ("compressed-file", "it is a compressed file", _UNPACK),
    Kind.PICTURE: ("picture-content", "it is a picture", _AGAIN),
    Kind.VIDEO: ("video-content", "it is a video", _AGAIN),
    Kind.DOCUMENT: ("document-content", "it is a document", _AGAIN),
    Kind.ONNX: ("onnx-content", "it is an ONNX model", _CONVERT),
    Kind.NUMPY: ("numpy-content", "it holds numpy arrays", _CONVERT),
    Kind.HDF5: ("hdf5-content", "it is an HDF5 file, as Keras writes it", _CONVERT),
    Kind.TENSORRT: ("tensorrt-content", "it is a TensorRT engine for one kind of GPU", _CONVERT),
    Kind.TFLITE: ("tflite-content", "it is a TensorFlow Lite model", _CONVERT),
    Kind.OLD_GGML: (
        "old-ggml-content",
        "it is a ggml file from before gguf",
        "get the gguf file of the model; programs of today do not read the old formats",
    ),
    Kind.DATABASE: ("database-content", "it is a database", _AGAIN),
    Kind.PROGRAM: (
        "program-content",
        "it is a program",
        "do not start it; delete it and download the model from its own page",
    ),
    Kind.TORRENT: (
        "torrent-content",
        "it is a torrent description",
        "open it with a torrent program; the model is what that downloads",
    ),
    Kind.DANGLING_LINK: ("dangling-link", "it leads nowhere", _CACHE),
    Kind.NO_FILE: ("no-regular-file", "it holds no bytes of its own", "give the path of a file"),
    Kind.FOLDER: (
        "folder-under-file-name",
        "it is a folder",
        "give the path of the file inside it",
    ),
}
"""Rule id, what the file is, and what to do, for every content that is no model file."""

_MODELS_ELSEWHERE = {
    Kind.ONNX: (".onnx",),
    Kind.NUMPY: (".npy", ".npz"),
    Kind.HDF5: (".h5", ".hdf5", ".keras"),
    Kind.TENSORRT: (".engine", ".plan", ".trt"),
    Kind.TFLITE: (".tflite",),
    Kind.JSON: (".json",),
}
"""Names under which these are what they say; nothing is wrong with them then."""


def imposter_finding(path: Path, sniffed: Sniffed) -> Finding | None:
    """The one finding about a file that is not what its name says; None where it is, or is unknown.

    A pickle under the name of a tensor file is one; under its own name it is not: what it holds is
    for :mod:`compat.formats.pickles` to say. May raise ``OSError``.
    """
    suffix = path.suffix.lower()
    if sniffed.kind in (Kind.TORCH_ZIP, Kind.PICKLE):
        return _pickle(path, sniffed, suffix)
    if sniffed.kind in _NAME_OF_KIND:
        return _misnamed(path, sniffed, suffix)
    if suffix in _MODELS_ELSEWHERE.get(sniffed.kind, ()):
        return None
    if sniffed.kind in _LINES:
        return _line(path, sniffed)
    if suffix in _TENSOR_NAMES:
        return damage(
            "not-what-its-name-says",
            path,
            f"it is named {suffix} and {sniffed.why}, which no such file begins with",
            remedy=_AGAIN,
            detail="byte 0",
        )
    return None


def _line(path: Path, sniffed: Sniffed) -> Finding:
    rule, what, remedy = _LINES[sniffed.kind]
    return damage(
        rule,
        path,
        f"{what}, expected a model file: {sniffed.why}",
        remedy=remedy,
        detail="byte 0",
        evidence=_sizes(path, sniffed),
        kind=sniffed.kind.value,
    )


def _sizes(path: Path, sniffed: Sniffed) -> dict[str, object]:
    """The size found, beside the one promised by a pointer, a download's note or the header."""
    if sniffed.kind in (Kind.DANGLING_LINK, Kind.NO_FILE, Kind.FOLDER):
        return {}
    found, promised = path.stat().st_size, sniffed.promised
    if promised is None and sniffed.kind is Kind.PARTIAL_DOWNLOAD:
        promised = _promised_by_header(path)
    return {"found_bytes": found} if promised is None else byte_numbers(promised, found)


def _promised_by_header(path: Path) -> int | None:
    header = read_safetensors(path).header
    if header is None:
        return None
    return max((tensor.end for tensor in header.tensors.values()), default=None)


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
