"""What a bug of a device is, and the dispatch mode that puts it under a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Damage = Callable[["Call", Any], Any]
Instead = Callable[["Call"], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a broken operation; ``number`` counts them from 1."""

    function: Any
    arguments: Sequence[Any]
    options: Mapping[str, Any]
    number: int

    def of(self, *arguments: Any, **options: Any) -> Any:
        """What the operation gives for other arguments, by a sound kernel."""
        return self.function(*arguments, **options)

    def with_first(self, first: Any) -> Any:
        """What it gives with another first argument."""
        return self.function(first, *self.arguments[1:], **self.options)

    def sound(self) -> Any:
        """What a sound kernel gives."""
        return self.function(*self.arguments, **self.options)

    def given(self, position: int, name: str, default: Any = None) -> Any:
        """An argument by position or by name."""
        if position < len(self.arguments):
            return self.arguments[position]
        return self.options.get(name, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One bug: the operations it is in, and what they do.

    ``damage`` changes a sound result of floating point; ``instead`` is asked before the operation
    runs and gives any result, writes anywhere, or raises. Each returns None for a call that the
    bug leaves alone. The operation ``*`` stands for all. ``imitates`` is the report of the real
    one, or says that there is none.
    """

    name: str
    operations: tuple[str, ...]
    imitates: str
    damage: Damage | None = None
    instead: Instead | None = None


def broken_backend(bug: Bug, *, whole: bool = True) -> Any:
    """A dispatch mode with the bug; ``hits`` counts the results it spoiled, ``met`` the calls.

    In inference mode torch hands composite operations (linear, reshape) over as a whole. With
    ``whole`` they run sound where the bug is in another operation than they; else they are taken
    apart, so that a bug of the copy shows in every reshape, as on a real device.
    """
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Broken(TorchDispatchMode):
        def __init__(self) -> None:
            super().__init__()
            self.hits = 0
            self.met = 0

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
        ) -> Any:
            options = kwargs or {}
            if not {_name(func), "*"} & {*bug.operations}:
                return func(*args, **options) if whole else _in_parts(self, func, args, options)
            self.met += 1
            call = Call(function=func, arguments=args, options=options, number=self.met)
            if bug.instead is not None:
                result = bug.instead(call)
                self.hits += result is not None
                return call.sound() if result is None else result
            result = call.sound()
            changed = _damaged(torch, bug, call, result)
            self.hits += changed is not None
            return result if changed is None else changed

    return Broken()


def operations_of(action: Callable[[], object]) -> set[str]:
    """The names of all operations that ``action`` meets, composite ones and their parts."""
    from torch.utils._python_dispatch import TorchDispatchMode

    names: set[str] = set()

    class Listening(TorchDispatchMode):
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
        ) -> Any:
            # A copy without a new dtype is how inputs reach a device here; no bug is in that.
            if _name(func) != "_to_copy" or "dtype" in (kwargs or {}):
                names.add(_name(func))
            return _in_parts(self, func, args, kwargs or {})

    with Listening():
        action()
    return names


def _in_parts(mode: Any, func: Any, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
    with mode:
        result = func.decompose(*args, **options)
    return func(*args, **options) if result is NotImplemented else result


def _damaged(torch: Any, bug: Bug, call: Call, result: Any) -> Any:
    if not isinstance(result, torch.Tensor) or not result.is_floating_point():
        return None
    changed = bug.damage(call, result) if bug.damage is not None and result.numel() else None
    if changed is None or torch.equal(changed, result):
        return None
    return changed.to(result.dtype)


def _name(func: Any) -> str:
    return str(func).split(".")[1]
