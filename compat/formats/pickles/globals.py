"""Sorts the names that a pickle would import: what a checkpoint needs, what runs code, the rest."""

import io
import logging
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Iterable
from enum import StrEnum

from compat.formats.pickles.symbols import Global


class Safety(StrEnum):
    """What importing and calling a global can do.

    LISTED: torch.load takes it by default. DATA: builds plain data, but torch.load refuses it by
    default. UNKNOWN: nobody here knows. DANGEROUS: it can run code, start programs or reach files
    and the network.
    """

    LISTED = "listed"
    DATA = "data"
    UNKNOWN = "unknown"
    DANGEROUS = "dangerous"


STORAGES = frozenset({
    "BFloat16", "Bool", "Byte", "Char", "ComplexDouble", "ComplexFloat", "Double", "Float",
    "Half", "Int", "Long", "QInt32", "QInt8", "QUInt2x4", "QUInt4x2", "QUInt8", "Short",
})  # fmt: skip
_TENSORS = ("BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short")
_DENSE_ONLY = "Bool"

TENSOR_BUILDERS = frozenset(
    f"torch._utils.{name}"
    for name in (
        "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter",
        "_rebuild_parameter_with_state", "_rebuild_qtensor", "_rebuild_sparse_tensor",
        "_rebuild_meta_tensor_no_storage", "_rebuild_nested_tensor", "_rebuild_wrapper_subclass",
        "_rebuild_device_tensor_from_numpy", "_rebuild_device_tensor_from_cpu_tensor",
    )
)  # fmt: skip

DTYPES = frozenset({
    "bfloat16", "bits16", "bits1x8", "bits2x4", "bits4x2", "bits8", "bool", "complex128",
    "complex32", "complex64", "float16", "float32", "float64", "float4_e2m1fn_x2",
    "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu",
    "int1", "int16", "int2", "int3", "int32", "int4", "int5", "int6", "int64", "int7", "int8",
    "qint32", "qint8", "quint2x4", "quint4x2", "quint8", "uint1", "uint16", "uint2", "uint3",
    "uint32", "uint4", "uint5", "uint6", "uint64", "uint7", "uint8",
})  # fmt: skip

_NAMED = {
    "collections.OrderedDict", "collections.Counter", "torch.nn.parameter.Parameter",
    "torch.serialization._get_layout", "torch.Size", "torch.Tensor", "torch.device",
    "_codecs.encode", "builtins.bytearray", "builtins.set", "builtins.complex",
    "torch._tensor._rebuild_from_type_v2", "torch.storage.UntypedStorage",
    "torch.storage.TypedStorage", "torch.per_tensor_affine", "torch.per_tensor_symmetric",
    "torch.per_channel_affine", "torch.per_channel_symmetric",
    "torch.per_channel_affine_float_qparams",
}  # fmt: skip

LISTED: frozenset[str] = frozenset(
    {
        *_NAMED,
        *TENSOR_BUILDERS,
        *(f"torch.{name}" for name in DTYPES),
        *(f"torch.{name}Storage" for name in STORAGES),
        *(f"torch.cuda.{name}Storage" for name in STORAGES if not name.startswith("Q")),
        *(f"torch.{place}{name}Tensor" for name in _TENSORS for place in ("", "cuda.")),
        *(
            f"torch.{place}sparse.{name}Tensor"
            for name in _TENSORS
            for place in ("", "cuda.")
            if name != _DENSE_ONLY
        ),
    }
)
"""What torch.load(weights_only=True) takes without being told (``_get_allowed_globals`` of
torch 2.13; a test holds this set against the installed torch)."""

DATA: frozenset[str] = frozenset({
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype",
    "numpy.ndarray", "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",
    "builtins.dict", "builtins.list", "builtins.tuple", "builtins.frozenset", "builtins.int",
    "builtins.float", "builtins.str", "builtins.bool", "builtins.bytes", "builtins.slice",
    "builtins.range", "builtins.object", "collections.deque", "collections.defaultdict",
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
})  # fmt: skip
"""What builds plain data only: numpy's arrays and scalars, Python's own containers, and the one
Lightning class that Stable Diffusion checkpoints name (ComfyUI replaces it by an empty class)."""

SCRIPT_BUILDERS = frozenset(
    f"torch.jit._pickle.{name}"
    for name in (
        "build_intlist", "build_tensorlist", "build_doublelist", "build_boollist",
        "build_tensor_from_id", "restore_type_tag",
    )
)  # fmt: skip
"""What torch.jit.save names in its pickles (``torch/jit/_pickle.py``)."""

PLAIN_STANDARD = frozenset({"collections", "datetime", "decimal", "fractions", "numbers", "enum"})
"""Modules of the standard library that hold data types and nothing that acts."""

STANDARD_DATA = frozenset({
    "argparse.Namespace", "copyreg._reconstructor", "pathlib.Path", "pathlib.PosixPath",
    "pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath", "pathlib.WindowsPath",
    "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "types.SimpleNamespace", "uuid.UUID",
    "time.struct_time", "random.Random", "string.Template", "array.array",
})  # fmt: skip
"""Data types in modules that otherwise act; training scripts leave them in checkpoints."""

PYTHON_2 = frozenset({"__builtin__", "commands", "httplib", "urllib2", "popen2", "cPickle", "new"})
LOADERS = frozenset({
    "torch.load", "torch.jit.load", "torch.hub.load", "torch.serialization.load", "numpy.load",
    "joblib.load", "pandas.read_pickle", "dill.loads", "dill.load", "cloudpickle.loads",
    "torch.package.PackageImporter", "torch.utils.cpp_extension.load",
    "torch.utils.cpp_extension.load_inline", "torch.ops.load_library", "torch.classes.load_library",
    "numpy.testing._private.utils.runstring", "numpy.ctypeslib.load_library",
    "setuptools.sandbox.run_setup", "transformers.pipeline",
})  # fmt: skip
"""Functions of known libraries that load and run something else."""

_STANDARD = sys.stdlib_module_names | PYTHON_2


def normal_name(found: Global) -> str:
    """The name under Python 3, as unpickling maps the names of Python 2."""
    pair = NAME_MAPPING.get((found.module, found.name))
    if pair is not None:
        return f"{pair[0]}.{pair[1]}"
    return f"{IMPORT_MAPPING.get(found.module, found.module)}.{found.name}"


def sort_globals(found: Iterable[Global]) -> dict[Global, Safety]:
    """Say of each global what it can do, by this module's lists and by picklescan's."""
    every = list(found)
    denied = _denied_by_picklescan(every)
    return {item: _safety(item, denied=item in denied) for item in every}


def _safety(found: Global, *, denied: bool) -> Safety:
    name = normal_name(found)
    if name in LISTED:
        return Safety.LISTED
    if name in DATA:
        return Safety.DATA
    if name in STANDARD_DATA:
        return Safety.UNKNOWN
    if denied or name in LOADERS or _acts(name):
        return Safety.DANGEROUS
    return Safety.UNKNOWN


def _acts(name: str) -> bool:
    """Whether the name reaches into the standard library, at its root or through an attribute.

    A protocol 4 name may walk attributes: torch, serialization.os.system is os.system.
    """
    parts = name.split(".")
    if parts[0] in _STANDARD and parts[0] not in PLAIN_STANDARD:
        return True
    return any(part in _TELLING or part.startswith("__") for part in parts[1:])


_ORDINARY_WORDS = frozenset({
    "abc", "array", "ast", "calendar", "code", "codecs", "collections", "copy", "csv",
    "dataclasses", "datetime", "decimal", "enum", "fractions", "graphlib", "io", "json",
    "logging", "math", "numbers", "parser", "profile", "queue", "random", "re", "secrets",
    "select", "statistics", "string", "test", "this", "time", "token", "tokenize", "trace",
    "types", "typing", "uuid", "warnings", "zoneinfo", "cmd", "site", "platform", "signal",
    "struct", "symbol", "locale", "email", "html", "inspect", "operator", "wave", "turtle",
    "chunk", "colorsys", "crypt", "nis", "pipes", "resource", "sched", "shelve", "table",
    "heapq", "bisect", "glob", "stat", "syslog",
})  # fmt: skip
"""Modules of the standard library whose names other libraries use for modules of their own."""

_TELLING = _STANDARD - _ORDINARY_WORDS


def _denied_by_picklescan(found: list[Global]) -> set[Global]:
    """The globals that picklescan calls dangerous.

    It is asked with a pickle that only names them: its own parser keeps every opcode in memory and
    its list of known attacks is what it is wanted for.
    """
    from picklescan.scanner import SafetyLevel, scan_pickle_bytes

    # It logs what it finds; the findings here say it better.
    logging.getLogger("picklescan").setLevel(logging.CRITICAL + 1)
    names = {(item.module, item.name): item for item in found}
    result = scan_pickle_bytes(io.BytesIO(_naming_pickle(list(names))), "names")
    return {
        names[one.module, one.name]
        for one in result.globals
        if one.safety is SafetyLevel.Dangerous and (one.module, one.name) in names
    }


def _naming_pickle(names: Iterable[tuple[str, str]]) -> bytes:
    body = b"".join(_text(module) + _text(name) + b"\x930" for module, name in names)
    return b"\x80\x04" + body + b"N."


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return b"X" + len(data).to_bytes(4, "little") + data
