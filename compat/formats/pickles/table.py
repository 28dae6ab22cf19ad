"""Finds the tensors in what a traced pickle would build: names, types, shapes and storages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compat.formats.pickles.globals import normal_name
from compat.formats.pickles.symbols import Call, Global, Pairs, Persistent

MOST_STEPS = 150_000
"""Objects looked at: a tensor is one, its containers are few."""

MOST_NAMES = 16 << 20
"""Letters in all names together; a key that is used again and again makes long names of few bytes.
"""

DEEPEST = 16
"""Levels of containers looked into; a module tree is some eight levels deep, with two containers
each, of which only the names count."""

MOST_DIMENSIONS = 64
"""torch's own limit on the sides of a tensor."""

NESTS = (
    "state_dict",
    "model_state_dict",
    "module",
    "model",
    "params_ema",
    "params",
    "net",
    "weights",
)
"""Keys under which training scripts put the weights, in the order in which loaders look."""

STORAGE_DTYPES = {
    "BFloat16": "BF16", "Bool": "BOOL", "Byte": "U8", "Char": "I8", "ComplexDouble": "C128",
    "ComplexFloat": "C64", "Double": "F64", "Float": "F32", "Half": "F16", "Int": "I32",
    "Long": "I64", "Short": "I16", "QInt32": "QI32", "QInt8": "QI8", "QUInt8": "QU8",
    "QUInt4x2": "QU4", "QUInt2x4": "QU2", "Untyped": "U8",
}  # fmt: skip
DTYPES = {
    "bfloat16": "BF16", "bool": "BOOL", "complex128": "C128", "complex64": "C64", "float16": "F16",
    "complex32": "C32", "float32": "F32", "float64": "F64", "float4_e2m1fn_x2": "F4",
    "float8_e4m3fn": "F8_E4M3", "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2": "F8_E5M2",
    "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0", "int16": "I16", "int32": "I32",
    "int64": "I64", "int8": "I8", "uint16": "U16", "uint32": "U32", "uint64": "U64", "uint8": "U8",
    "half": "F16", "float": "F32", "double": "F64", "long": "I64", "int": "I32", "short": "I16",
}  # fmt: skip
ITEM_BYTES = {
    "BF16": 2, "BOOL": 1, "U8": 1, "I8": 1, "C128": 16, "C64": 8, "C32": 4, "F64": 8, "F32": 4,
    "F16": 2, "I32": 4, "I64": 8, "I16": 2, "U16": 2, "U32": 4, "U64": 8, "QI32": 4, "QI8": 1,
    "QU8": 1, "QU4": 1, "QU2": 1, "F8_E4M3": 1, "F8_E4M3FNUZ": 1, "F8_E5M2": 1, "F8_E5M2FNUZ": 1,
    "F8_E8M0": 1, "F4": 1,
}  # fmt: skip
"""Bytes of one element as torch stores it; the packed types count their packs as elements."""


@dataclass(frozen=True, slots=True)
class Storage:
    """One block of numbers outside the pickle, found by its ``key``; ``nbytes`` as the pickle says.

    ``location`` is the device it was saved from.
    """

    key: str
    dtype: str
    nbytes: int
    location: str


@dataclass(frozen=True, slots=True)
class Slice:
    """One tensor: where it begins in its storage and how far it reaches there, in bytes.

    ``storage`` is None for a tensor without data, as models on torch's meta device are saved.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    storage: Storage | None
    start: int
    end: int
    contiguous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The tensors of a checkpoint's model.

    ``nest`` is the key they stood under, empty at the top; ``outside`` are the tensors elsewhere in
    the file: optimizer states and the like. ``problems`` are tensors that make no sense. It is not
    ``complete`` where the pickle builds more than is looked at here.
    """

    tensors: tuple[Slice, ...]
    nest: str
    outside: tuple[Slice, ...]
    problems: tuple[str, ...]
    complete: bool = True


class _Nonsense(Exception):
    """A tensor whose description cannot be true."""


def read_table(result: Any) -> Table:
    """Find every tensor in the symbolic ``result`` of a pickle; never raises for what it holds."""
    found: list[tuple[tuple[str, ...], Slice]] = []
    problems: list[str] = []
    walk = _Walk()
    for path, tensor in walk.tensors(result):
        try:
            found.append((path, _slice(".".join(path), tensor)))
        except _Nonsense as error:
            problems.append(f"{'.'.join(path)[:200]}: {error}")
    nest = "" if problems else _nest(result, [path for path, _ in found])
    inside = [(path, one) for path, one in found if not nest or path[0] == nest]
    cut = 1 if nest else 0
    return Table(
        tensors=tuple(_renamed(one, path[cut:]) for path, one in inside),
        nest=nest,
        outside=tuple(one for path, one in found if nest and path[0] != nest),
        problems=tuple(problems),
        complete=walk.complete,
    )


def storage_of(persistent: Persistent) -> Storage | None:
    """The storage a persistent id names; None where it names something else."""
    key = persistent.key
    if not isinstance(key, tuple) or len(key) < 5 or _text(key[0]) != "storage":
        return None
    kind, name, location, count = key[1:5]
    if not isinstance(kind, Global) or type(count) is not int or not 0 <= count < 1 << 60:
        return None
    dtype = STORAGE_DTYPES.get(kind.name.removesuffix("Storage"))
    if dtype is None:
        return None
    return Storage(_text(name), dtype, count * ITEM_BYTES[dtype], _text(location))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, str | int) else ""


def _nest(result: Any, paths: list[tuple[str, ...]]) -> str:
    """The key that holds the model, as loaders look for it; empty where the tensors lie at the top.

    A single key of any name is looked into, as ComfyUI does, but the parts of a module are names.
    """
    if not paths or any(len(path) == 1 for path in paths):
        return ""
    tops = list(dict.fromkeys(path[0] for path in paths))
    named = next((key for key in NESTS if key in tops), "")
    if named:
        return named
    is_dictionary = isinstance(result, Pairs) or (isinstance(result, Call) and not result.state)
    return tops[0] if len(tops) == 1 and is_dictionary else ""


def _renamed(one: Slice, path: tuple[str, ...]) -> Slice:
    name = ".".join(path) or one.name
    return Slice(
        name, one.dtype, one.shape, one.storage, one.start, one.end, contiguous=one.contiguous
    )


_HIDDEN_STEPS = frozenset({"_modules", "_parameters", "_buffers"})
"""Dictionaries inside a pickled torch module that are no part of a tensor's name."""


@dataclass(slots=True)
class _Walk:
    """One way through everything a pickle builds, bounded in steps, depth and letters."""

    steps: int = 0
    letters: int = 0
    complete: bool = True

    def tensors(self, result: Any) -> Iterator[tuple[tuple[str, ...], Call]]:
        """Every tensor with the keys that lead to it, in the order of the pickle."""
        seen: set[int] = set()
        levels: list[Iterator[tuple[tuple[str, ...], Any]]] = [iter([((), result)])]
        while levels:
            path, value = next(levels[-1], ((), _END))
            if value is _END:
                levels.pop()
                continue
            if not self._counts(path):
                return
            tensor = _as_tensor(value)
            if tensor is not None:
                yield path or ("tensor",), tensor
            elif isinstance(value, Pairs | Call | list | tuple) and id(value) not in seen:
                seen.add(id(value))
                if len(levels) < DEEPEST:
                    levels.append(_children(path, value))

    def _counts(self, path: tuple[str, ...]) -> bool:
        self.steps += 1
        self.letters += sum(map(len, path))
        self.complete = self.steps <= MOST_STEPS and self.letters <= MOST_NAMES
        return self.complete


_END = object()


def _children(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Pairs):
        yield from _named(path, value.items)
    elif isinstance(value, Call):
        yield from _named(path, value.pairs.items)
        yield from _named(path, _pairs_argument(value))
        if value.state is not None:
            yield path, value.state
    else:
        for number, item in enumerate(value):
            if isinstance(item, Pairs | Call | list | tuple):
                yield (*path, str(number)), item


def _named(
    path: tuple[str, ...], items: list[tuple[Any, Any]]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, item in items:
        if isinstance(item, Pairs | Call | list | tuple):
            step = _text(key)
            yield (path if step in _HIDDEN_STEPS else (*path, step)), item


def _pairs_argument(call: Call) -> list[tuple[Any, Any]]:
    """The pairs an old OrderedDict was called with: one list of lists of two."""
    arguments = call.arguments
    if _function(call) != "collections.OrderedDict" or not isinstance(arguments, tuple):
        return []
    if len(arguments) != 1 or not isinstance(arguments[0], list):
        return []
    pairs = arguments[0]
    return [tuple(p) for p in pairs if isinstance(p, list | tuple) and len(p) == 2]


def _function(call: Call) -> str:
    return normal_name(call.function) if isinstance(call.function, Global) else ""


_WRAPPERS = frozenset({
    "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
    "torch._utils._rebuild_device_tensor_from_cpu_tensor", "torch.nn.parameter.Parameter",
    "torch.nn.parameter.Buffer",
})  # fmt: skip
_DIRECT = frozenset({
    "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_qtensor",
    "torch._utils._rebuild_meta_tensor_no_storage",
})  # fmt: skip


_COUNTS = {
    "torch._utils._rebuild_tensor": (4, 4), "torch._utils._rebuild_tensor_v2": (6, 7),
    "torch._utils._rebuild_tensor_v3": (7, 8), "torch._utils._rebuild_qtensor": (7, 7),
}  # fmt: skip
"""How many arguments the functions of ``torch._utils`` take."""


def _as_tensor(value: Any) -> Call | None:
    """The innermost call that rebuilds a tensor, through parameters and subclasses."""
    for _ in range(4):
        if not isinstance(value, Call) or not isinstance(value.arguments, tuple):
            return None
        name = _function(value)
        if name in _DIRECT:
            return value
        if name in _WRAPPERS and value.arguments:
            value = value.arguments[0]
        elif name == "torch._tensor._rebuild_from_type_v2" and len(value.arguments) >= 3:
            value = Call(value.arguments[0], value.arguments[2])
        else:
            return None
    return None


def _slice(name: str, call: Call) -> Slice:
    arguments = call.arguments
    if _function(call).endswith("_rebuild_meta_tensor_no_storage"):
        return _without_data(name, arguments)
    least, most = _COUNTS.get(_function(call), (4, 8))
    if not least <= len(arguments) <= most:
        raise _Nonsense(f"it is built from {len(arguments)} values, expected {least} to {most}")
    if not isinstance(arguments[0], Persistent):
        raise _Nonsense("it is built from something that is no storage")
    storage = storage_of(arguments[0])
    if storage is None:
        raise _Nonsense("its storage is of no type that torch defines")
    offset, shape, stride = arguments[1], _sizes(arguments[2]), _sizes(arguments[3])
    if shape is None or stride is None or len(shape) != len(stride):
        raise _Nonsense("its shape and strides are no two rows of whole numbers")
    if type(offset) is not int or not 0 <= offset < 1 << 60:
        raise _Nonsense("its offset is no whole number from 0 up")
    if len(arguments) > 4 and "qtensor" not in _function(call) and type(arguments[4]) is not bool:
        raise _Nonsense("whether it requires a gradient is neither true nor false")
    dtype = _dtype(call) or storage.dtype
    item = ITEM_BYTES[dtype]
    reach = 1 + sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    start = offset * item
    end = start if 0 in shape else start + reach * item
    return Slice(name, dtype, shape, storage, start, end, contiguous=_is_dense(shape, stride))


def _dtype(call: Call) -> str:
    """The type that version 3 names beside its storage; empty where the storage says it."""
    if not _function(call).endswith("_rebuild_tensor_v3"):
        return ""
    kind = call.arguments[6] if len(call.arguments) > 6 else None
    if not isinstance(kind, Global) or kind.name not in DTYPES:
        raise _Nonsense("its dtype is none that torch defines")
    return DTYPES[kind.name]


def _without_data(name: str, arguments: tuple[Any, ...]) -> Slice:
    kind, shape = arguments[0] if arguments else None, _sizes(arguments[1:2] and arguments[1])
    dtype = DTYPES.get(kind.name, "") if isinstance(kind, Global) else ""
    if shape is None or not dtype:
        raise _Nonsense("its shape or dtype makes no sense")
    return Slice(name, dtype, shape, None, 0, 0, contiguous=True)


def _sizes(value: Any) -> tuple[int, ...] | None:
    if isinstance(value, Call):  # torch.Size((1, 2))
        given = value.arguments
        value = given[0] if isinstance(given, tuple) and given else ()
    if not isinstance(value, tuple | list) or len(value) > MOST_DIMENSIONS:
        return None
    if not all(type(side) is int and 0 <= side < 1 << 48 for side in value):
        return None
    return tuple(value)


def _is_dense(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    expected = 1
    for side, step in zip(reversed(shape), reversed(stride), strict=True):
        if side != 1 and step != expected:
            return False
        expected *= side
    return True
