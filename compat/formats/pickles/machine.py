"""The stack, the marks and the memo of the pickle machine, over symbols."""

from typing import Any

from compat.formats.pickles.opcodes import PickleLimitError, Skipped, Window
from compat.formats.pickles.symbols import MARK, Global, Nested, Trace

MOST_GLOBALS = 4096
"""Different globals kept; a checkpoint names some ten."""

PICKLE_MARKS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")
"""How a pickle or an archive inside a byte string begins."""

_MARK_STARTS = (b"\x80", b"P", "\x80", "P")


class Machine:
    """The state of one pickle while it is followed; nothing is imported and nothing called."""

    def __init__(self, window: Window) -> None:
        """Start with an empty stack."""
        self.window = window
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.position = window.position
        self.trace = Trace(start=window.position)

    def literal(self, argument: Any) -> None:
        """Put a text, number or byte string on the stack; one that is itself a pickle is noted."""
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
