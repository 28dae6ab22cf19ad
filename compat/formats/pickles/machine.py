"""Runs a pickle symbolically: it learns what would be built and called, and does neither."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from compat.formats.pickles.opcodes import (
    BrokenPickleError,
    PickleLimitError,
    Skipped,
    Window,
    opcodes,
)

MOST_GLOBALS = 4096
"""Different globals kept; a checkpoint names some ten."""

PICKLE_MARKS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")
"""How a pickle or an archive inside a byte string begins."""

_MARK_STARTS = (b"\x80", b"P", "\x80", "P")


@dataclass(frozen=True, slots=True)
class Global:
    """A name that unpickling would import; ``position`` is the byte of its first opcode."""

    module: str
    name: str
    position: int

    def __str__(self) -> str:
        """Write it as Python does."""
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Pairs:
    """A dictionary as the pairs that were put in, in order; keys need not be hashable."""

    items: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Call:
    """What calling ``function`` with ``arguments`` would give, and what was done to it then."""

    function: Any
    arguments: Any
    pairs: Pairs = field(default_factory=Pairs)
    state: Any = None


@dataclass(frozen=True, slots=True)
class Persistent:
    """A reference to data outside the pickle: in torch's files a storage."""

    key: Any


@dataclass(frozen=True, slots=True)
class Nested:
    """A byte string inside the pickle that itself begins like one.

    It lies in the file from ``start`` to ``end``; ``data`` is its content where the pickle holds it
    in another encoding.
    """

    start: int
    end: int
    data: bytes | None = None


@dataclass(slots=True)
class Trace:
    """What one pickle would do. ``broken`` and ``limit`` say why it was not read to its end.

    ``cut`` tells that it is broken because its bytes end.
    """

    result: Any = None
    globals: dict[tuple[str, str], Global] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    extensions: list[tuple[int, int]] = field(default_factory=list)
    persistent: list[Persistent] = field(default_factory=list)
    nested: list[Nested] = field(default_factory=list)
    start: int = 0
    end: int = 0
    opcodes: int = 0
    broken: str = ""
    limit: str = ""
    cut: bool = False

    @property
    def whole(self) -> bool:
        """Whether the pickle was read to its STOP."""
        return not self.broken and not self.limit


MARK = object()
UNKNOWN = object()


def trace_pickle(window: Window) -> Trace:
    """Read one pickle from where ``window`` stands; never raises for what the pickle holds.

    Nothing is imported and nothing called. ``OSError`` where the file cannot be read.
    """
    machine = Machine(window)
    trace = machine.trace
    before = window.opcodes
    try:
        for name, argument, position in opcodes(window):
            machine.position = position
            machine.step(name, argument)
    except BrokenPickleError as error:
        trace.broken, trace.end, trace.cut = str(error), error.position, error.cut
    except PickleLimitError as error:
        trace.limit, trace.end = str(error), window.position
    except (IndexError, KeyError, TypeError, ValueError) as error:
        # An opcode that finds too little, or something else, on the stack.
        trace.broken = f"an opcode does not fit what stands before it ({type(error).__name__})"
        trace.end = machine.position
        _read_rest(window, machine)
    else:
        trace.end = window.position
    trace.opcodes = window.opcodes - before
    return trace


def _read_rest(window: Window, machine: "Machine") -> None:
    # A loader stops at such an opcode, but loaders differ: what stands behind is looked at too.
    try:
        for name, argument, position in opcodes(window):
            machine.position = position
            if name in ("GLOBAL", "INST"):
                machine.name_global(argument)
            elif name == "STACK_GLOBAL":
                machine.trace.hidden.append(position)
    except (BrokenPickleError, PickleLimitError):
        return


class Machine:
    """The stack, the marks and the memo of the pickle machine, over symbols."""

    def __init__(self, window: Window) -> None:
        """Start with an empty stack."""
        self.window = window
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.position = window.position
        self.trace = Trace(start=window.position)

    def step(self, name: str, argument: Any) -> None:
        """Do what one opcode does."""
        action = _ACTIONS.get(name)
        if action is not None:
            action(self, argument)
        elif name in _LITERALS:
            self._literal(argument)
        else:
            self.stack.append(UNKNOWN)  # buffers out of band, and opcodes of later protocols

    def _literal(self, argument: Any) -> None:
        self.stack.append(argument)
        if isinstance(argument, Skipped):
            if argument.head.startswith(PICKLE_MARKS):
                end = argument.start + argument.length
                self.trace.nested.append(Nested(argument.start, end))
        elif isinstance(argument, bytes | bytearray | str) and argument[:1] in _MARK_STARTS:
            self._note_nested(argument)

    def _note_nested(self, literal: bytes | bytearray | str) -> None:
        # Protocol 2 has no byte strings: it writes them as text of the same code points.
        if isinstance(literal, str):
            data = literal.encode("latin-1", "replace")
            if data.startswith(PICKLE_MARKS):
                self.trace.nested.append(Nested(self.position, self.window.position, data))
        elif bytes(literal[:4]).startswith(PICKLE_MARKS):
            end = self.window.position
            self.trace.nested.append(Nested(end - len(literal), end))

    def push(self, value: Any) -> None:
        """Put one symbol on the stack."""
        self.stack.append(value)

    def pop(self) -> Any:
        """Take the top symbol; ``IndexError`` where there is none, or only a mark."""
        value = self.stack.pop()
        if value is MARK:
            raise IndexError("a mark in the way")
        return value

    def pop_to_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] is MARK:
                taken = self.stack[index + 1 :]
                del self.stack[index:]
                return taken
        raise IndexError("no mark")

    def name_global(self, argument: Any) -> None:
        """GLOBAL and INST: module and name stand in the opcode."""
        module, _, name = str(argument).partition(" ")
        self.stack.append(self.note_global(module, name))

    def note_global(self, module: str, name: str) -> Global:
        """Remember that this name would be imported."""
        known = self.trace.globals.get((module, name))
        if known is not None:
            return known
        found = Global(module, name, self.position)
        if len(self.trace.globals) >= MOST_GLOBALS:
            raise PickleLimitError(f"it names more than {MOST_GLOBALS} globals")
        self.trace.globals[module, name] = found
        return found


Action = Callable[[Machine, Any], None]


def _ignore(_machine: Machine, _argument: Any) -> None:
    pass


def _stop(machine: Machine, _argument: Any) -> None:
    machine.trace.result = machine.pop()


def _stack_global(machine: Machine, _argument: Any) -> None:
    name, module = machine.pop(), machine.pop()
    if isinstance(name, str) and isinstance(module, str):
        machine.push(machine.note_global(module, name))
    else:
        machine.trace.hidden.append(machine.position)
        machine.push(UNKNOWN)


def _extension(machine: Machine, argument: Any) -> None:
    machine.trace.extensions.append((int(argument), machine.position))
    machine.push(UNKNOWN)


def _inst(machine: Machine, argument: Any) -> None:
    arguments = tuple(machine.pop_to_mark())
    machine.name_global(argument)
    machine.push(Call(machine.pop(), arguments))


def _object(machine: Machine, _argument: Any) -> None:
    kind, *arguments = machine.pop_to_mark()
    machine.push(Call(kind, tuple(arguments)))


def _call(machine: Machine, _argument: Any) -> None:
    arguments, function = machine.pop(), machine.pop()
    machine.push(Call(function, arguments))


def _call_with_keywords(machine: Machine, _argument: Any) -> None:
    _keywords, arguments, kind = machine.pop(), machine.pop(), machine.pop()
    machine.push(Call(kind, arguments))


def _build(machine: Machine, _argument: Any) -> None:
    state, target = machine.pop(), machine.stack[-1]
    if isinstance(target, Call):
        target.state = state


def _persistent(machine: Machine, _argument: Any) -> None:
    found = Persistent(machine.pop())
    machine.trace.persistent.append(found)
    machine.push(found)


def _persistent_text(machine: Machine, argument: Any) -> None:
    machine.push(Persistent(argument))


def _set_item(machine: Machine, _argument: Any) -> None:
    value, key = machine.pop(), machine.pop()
    _put(machine.stack[-1], [(key, value)])


def _set_items(machine: Machine, _argument: Any) -> None:
    flat = machine.pop_to_mark()
    if len(flat) % 2:
        raise ValueError("a key without a value")
    _put(machine.stack[-1], list(zip(flat[::2], flat[1::2], strict=True)))


def _put(target: Any, pairs: list[tuple[Any, Any]]) -> None:
    if isinstance(target, Pairs):
        target.items.extend(pairs)
    elif isinstance(target, Call):
        target.pairs.items.extend(pairs)
    elif target is not UNKNOWN:
        raise TypeError("items are put into something that is no dictionary")


def _append(machine: Machine, _argument: Any) -> None:
    value = machine.pop()
    _extend(machine.stack[-1], [value])


def _appends(machine: Machine, _argument: Any) -> None:
    values = machine.pop_to_mark()
    _extend(machine.stack[-1], values)


def _extend(target: Any, values: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(values)
    elif not isinstance(target, Call) and target is not UNKNOWN:
        raise TypeError("values are appended to something that is no list")


def _tuple(count: int) -> Action:
    def action(machine: Machine, _argument: Any) -> None:
        taken = [machine.pop() for _ in range(count)]
        machine.push(tuple(reversed(taken)))

    return action


def _mark_into(make: Callable[[list[Any]], Any]) -> Action:
    return lambda machine, _argument: machine.push(make(machine.pop_to_mark()))


def _pairs(flat: list[Any]) -> Pairs:
    return Pairs(list(zip(flat[::2], flat[1::2], strict=True)))


def _push(make: Callable[[], Any]) -> Action:
    return lambda machine, _argument: machine.push(make())


def _pop_any(machine: Machine, _argument: Any) -> None:
    machine.stack.pop()


def _pop_mark(machine: Machine, _argument: Any) -> None:
    machine.pop_to_mark()


def _duplicate(machine: Machine, _argument: Any) -> None:
    machine.push(machine.stack[-1])


def _remember(machine: Machine, argument: Any) -> None:
    machine.memo[int(argument)] = machine.stack[-1]


def _memoize(machine: Machine, _argument: Any) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _recall(machine: Machine, argument: Any) -> None:
    machine.push(machine.memo[int(argument)])


def _name(machine: Machine, argument: Any) -> None:
    machine.name_global(argument)


_LITERALS = frozenset({
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING",
    "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
    "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8",
})  # fmt: skip

_ACTIONS: dict[str, Action] = {
    "PROTO": _ignore, "FRAME": _ignore, "STOP": _stop, "READONLY_BUFFER": _ignore,
    "GLOBAL": _name, "STACK_GLOBAL": _stack_global, "INST": _inst, "OBJ": _object,
    "REDUCE": _call, "NEWOBJ": _call, "NEWOBJ_EX": _call_with_keywords, "BUILD": _build,
    "EXT1": _extension, "EXT2": _extension, "EXT4": _extension,
    "BINPERSID": _persistent, "PERSID": _persistent_text,
    "SETITEM": _set_item, "SETITEMS": _set_items, "APPEND": _append, "APPENDS": _appends,
    "ADDITEMS": _appends, "NONE": _push(lambda: None), "NEWTRUE": _push(lambda: True),
    "NEWFALSE": _push(lambda: False), "EMPTY_DICT": _push(Pairs), "EMPTY_LIST": _push(list),
    "EMPTY_SET": _push(list), "EMPTY_TUPLE": _push(tuple), "DICT": _mark_into(_pairs),
    "LIST": _mark_into(list), "FROZENSET": _mark_into(list), "TUPLE": _mark_into(tuple),
    "TUPLE1": _tuple(1), "TUPLE2": _tuple(2), "TUPLE3": _tuple(3), "MARK": _push(lambda: MARK),
    "POP": _pop_any, "POP_MARK": _pop_mark, "DUP": _duplicate, "PUT": _remember,
    "BINPUT": _remember, "LONG_BINPUT": _remember, "MEMOIZE": _memoize, "GET": _recall,
    "BINGET": _recall, "LONG_BINGET": _recall,
}  # fmt: skip
