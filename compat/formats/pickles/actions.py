"""What each opcode does to the machine."""

from collections.abc import Callable
from typing import Any

from compat.formats.pickles.machine import Machine
from compat.formats.pickles.symbols import MARK, UNKNOWN, Call, Pairs, Persistent

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


def step(machine: Machine, name: str, argument: Any) -> None:
    """Do what one opcode does; raises where it does not fit what stands on the stack."""
    action = _ACTIONS.get(name)
    if action is not None:
        action(machine, argument)
    elif name in _LITERALS:
        machine.literal(argument)
    else:
        machine.push(UNKNOWN)  # buffers out of band, and opcodes of later protocols
