"""Every error of the safetensors library is recognised in the words of both generations.

Measured with 0.5.3 (names of the enum) and 0.8.0 (sentences since 0.6.0), by provoking each of the
14 kinds of SafeTensorError; the two that no file provokes are written as their Display does.
"""

import pytest

from compat.knowledge.match import match

HEADER = "Error while deserializing header: "
TEXTS = {
    "safetensors-header-not-utf8": [
        HEADER + "InvalidHeader",
        HEADER + "invalid UTF-8 in header: invalid utf-8 sequence of 1 bytes from index 2",
    ],
    "safetensors-old-header-error": [HEADER + "InvalidHeaderDeserialization"],
    "safetensors-header-not-json": [
        HEADER + "invalid JSON in header: key must be a string at line 1 column 2",
        HEADER + "invalid JSON in header: trailing characters at line 1 column 3",
        HEADER + "invalid JSON in header: unexpected end of hex escape at line 1 column 9",
        "Error while serializing: JSON error: key must be a string",
        'Error while serializing: JsonError(Error("key must be a string", line: 0, column: 0))',
    ],
    "safetensors-zero-header": [
        HEADER + "invalid JSON in header: EOF while parsing a value at line 1 column 0"
    ],
    "safetensors-unknown-dtype": [
        HEADER + "invalid JSON in header: unknown variant `C128`, expected one of `BOOL`, `F4`"
    ],
    "safetensors-bad-entry": [
        HEADER + "invalid JSON in header: missing field `data_offsets` at line 1 column 37",
        HEADER + "invalid JSON in header: invalid type: integer `1`, expected a string at line 1",
        HEADER + "invalid JSON in header: invalid value: integer `-1`, expected usize at line 1",
        HEADER + "invalid JSON in header: duplicate field `__metadata__` at line 1 column 33",
        HEADER + "invalid JSON in header: recursion limit exceeded at line 1 column 636",
        HEADER + "invalid JSON in header: invalid type: sequence, expected struct HashMetadata",
    ],
    "safetensors-header-too-large": [HEADER + "HeaderTooLarge", HEADER + "header too large"],
    "safetensors-header-too-small": [HEADER + "HeaderTooSmall", HEADER + "header too small"],
    "safetensors-invalid-header-length": [
        HEADER + "InvalidHeaderLength",
        HEADER + "invalid header length",
    ],
    "safetensors-tensor-not-found": [
        "File does not contain tensor zz",
        'TensorNotFound("zz")',
        "tensor `zz` not found",
    ],
    "safetensors-invalid-tensor-info": [
        HEADER + "TensorInvalidInfo",
        HEADER + "invalid shape, data type, or offset for tensor",
    ],
    "safetensors-invalid-offset": [
        HEADER + 'InvalidOffset("b")',
        HEADER + "invalid offset for tensor `b`",
    ],
    "safetensors-io-error": [
        'Error while serializing: IoError(Os { code: 28, kind: StorageFull, message: "" })',
        "Error while serializing: I/O error: No space left on device (os error 28)",
    ],
    "safetensors-invalid-view": [
        "Error preparing tensor view: InvalidTensorView(F32, [2], 3)",
        "tensor of type F32 and shape (2, 3) can't be created from 3 bytes",
    ],
    "safetensors-incomplete-metadata": [
        HEADER + "MetadataIncompleteBuffer",
        HEADER + "incomplete metadata, file not fully covered",
    ],
    "safetensors-size-overflow": [
        HEADER + "ValidationOverflow",
        HEADER + "overflow computing buffer size from shape and/or element type",
    ],
    "safetensors-part-of-a-byte": [
        HEADER + "MisalignedSlice",
        HEADER + "The slice is slicing for subbytes dtypes, and the slice does not end up at a "
        "byte boundary, this is invalid.",
    ],
    "safetensors-leading-space": [HEADER + "InvalidHeaderStart"],
}
PAIRS = [(entry, text) for entry, texts in TEXTS.items() for text in texts]


@pytest.mark.parametrize(("entry", "text"), PAIRS)
def test_each_text_is_recognised_by_one_entry(entry, text):
    traceback = f"Traceback (most recent call last):\nsafetensors_rust.SafetensorError: {text}\n"
    assert [found.id for found in match(traceback)] == [entry]
