"""Follows one pickle from its first opcode to STOP, over symbols."""

from compat.formats.pickles.actions import step
from compat.formats.pickles.machine import Machine
from compat.formats.pickles.opcodes import BrokenPickleError, PickleLimitError, Window, opcodes
from compat.formats.pickles.symbols import Trace

TAKEN = frozenset({
    "APPEND", "APPENDS", "BINFLOAT", "BINGET", "BININT", "BININT1", "BININT2", "BINPERSID",
    "BINPUT", "BINUNICODE", "BUILD", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_SET", "EMPTY_TUPLE",
    "GLOBAL", "LONG1", "LONG_BINGET", "LONG_BINPUT", "MARK", "NEWFALSE", "NEWOBJ", "NEWTRUE",
    "NONE", "PROTO", "REDUCE", "SETITEM", "SETITEMS", "SHORT_BINSTRING", "STOP", "TUPLE", "TUPLE1",
    "TUPLE2", "TUPLE3",
})  # fmt: skip
"""The opcodes that ``torch/_weights_only_unpickler.py`` of torch 2.13 knows."""


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
            step(machine, name, argument)
            if name not in TAKEN and trace.refused is None:
                trace.refused = (name, position)
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


def _read_rest(window: Window, machine: Machine) -> None:
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
