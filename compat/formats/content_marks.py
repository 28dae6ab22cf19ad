"""The first bytes by which file kinds are known that carry a model's name by mistake."""

from enum import StrEnum


class Kind(StrEnum):
    """What a file can turn out to be."""

    SAFETENSORS = "safetensors"
    GGUF = "gguf"
    TORCH_ZIP = "torch-zip"
    PICKLE = "pickle"
    ZIP = "zip"
    HTML = "html"
    XML_ERROR = "xml-error"
    JSON_ERROR = "json-error"
    JSON = "json"
    LFS_POINTER = "lfs-pointer"
    XET_POINTER = "xet-pointer"
    EMPTY = "empty"
    ZERO_FILLED = "zero-filled"
    ZERO_HEAD = "zero-head"
    PARTIAL_DOWNLOAD = "partial-download"
    SPLIT_PART = "split-part"
    TEXT = "text"
    OLD_GGML = "old-ggml"
    TAR = "tar"
    COMPRESSED = "compressed"
    ARCHIVE = "archive"
    PICTURE = "picture"
    VIDEO = "video"
    DOCUMENT = "document"
    ONNX = "onnx"
    NUMPY = "numpy"
    HDF5 = "hdf5"
    DATABASE = "database"
    PROGRAM = "program"
    TENSORRT = "tensorrt"
    TFLITE = "tflite"
    TORRENT = "torrent"
    DANGLING_LINK = "dangling-link"
    FOLDER = "folder"
    NO_FILE = "no-file"
    UNKNOWN = "unknown"


MARKS: tuple[tuple[int, bytes, Kind, str], ...] = (
    (0, b"GGUF", Kind.GGUF, "it begins with GGUF"),
    (0, b"lmgg", Kind.OLD_GGML, "it begins with the mark of a ggml file without version"),
    (0, b"fmgg", Kind.OLD_GGML, "it begins with the mark of a ggmf file"),
    (0, b"tjgg", Kind.OLD_GGML, "it begins with the mark of a ggjt file"),
    (0, b"algg", Kind.OLD_GGML, "it begins with the mark of a ggla adapter"),
    (0, b"\x1f\x8b", Kind.COMPRESSED, "it begins like gzip"),
    (0, b"BZh", Kind.COMPRESSED, "it begins like bzip2"),
    (0, b"\xfd7zXZ\0", Kind.COMPRESSED, "it begins like xz"),
    (0, b"\x28\xb5\x2f\xfd", Kind.COMPRESSED, "it begins like zstd"),
    (0, b"\x04\x22\x4d\x18", Kind.COMPRESSED, "it begins like lz4"),
    (0, b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE, "it begins like 7z"),
    (0, b"Rar!\x1a\x07", Kind.ARCHIVE, "it begins like rar"),
    (257, b"ustar", Kind.TAR, "it has the mark of a tar archive at byte 257"),
    (0, b"\x89PNG\r\n\x1a\n", Kind.PICTURE, "it begins like a PNG picture"),
    (0, b"\xff\xd8\xff", Kind.PICTURE, "it begins like a JPEG picture"),
    (0, b"GIF8", Kind.PICTURE, "it begins like a GIF picture"),
    (8, b"WEBP", Kind.PICTURE, "it begins like a WebP picture"),
    (4, b"ftypavif", Kind.PICTURE, "it begins like an AVIF picture"),
    (4, b"ftyp", Kind.VIDEO, "it begins like an MP4 video"),
    (0, b"\x1a\x45\xdf\xa3", Kind.VIDEO, "it begins like a WebM or Matroska video"),
    (8, b"AVI ", Kind.VIDEO, "it begins like an AVI video"),
    (0, b"%PDF-", Kind.DOCUMENT, "it begins like a PDF document"),
    (0, b"\x93NUMPY", Kind.NUMPY, "it begins like a numpy array"),
    (0, b"\x89HDF\r\n\x1a\n", Kind.HDF5, "it begins like an HDF5 file"),
    (0, b"SQLite format 3\0", Kind.DATABASE, "it begins like an SQLite database"),
    (0, b"\x7fELF", Kind.PROGRAM, "it begins like a Linux program"),
    (0, b"MZ\x90\0", Kind.PROGRAM, "it begins like a Windows program"),
    (0, b"\xcf\xfa\xed\xfe", Kind.PROGRAM, "it begins like a macOS program"),
    (0, b"ptrt", Kind.TENSORRT, "it begins like a TensorRT engine"),
    (0, b"ftrt", Kind.TENSORRT, "it begins like a TensorRT engine"),
    (4, b"TFL3", Kind.TFLITE, "it begins like a TensorFlow Lite model"),
    (0, b"d8:announce", Kind.TORRENT, "it begins like a torrent description"),
    (0, b"d13:announce-list", Kind.TORRENT, "it begins like a torrent description"),
)
"""(offset, bytes, kind, sentence), from the published descriptions of each format; the first that
matches counts."""


def marked(first: bytes) -> tuple[Kind, str] | None:
    """The kind whose mark stands in the first bytes of a file, and the sentence that says so."""
    for offset, mark, kind, why in MARKS:
        if first.startswith(mark, offset):
            return kind, why
    if len(first) > 3 and first[0] == 8 and 0 < first[1] <= 20 and first[2] in b"\x12\x1a\x22\x3a":
        # ModelProto: field 1, the IR version, then a text or the graph.
        return Kind.ONNX, f"it begins like an ONNX model of IR version {first[1]}"
    return None
