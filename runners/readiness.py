"""What keeps a long render from ever starting and is known at once, before any work is done."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from compat.core.errors import UsageError
from compat.core.system import LockedError, exclusive_lock
from compat.identify.identify import identify
from compat.identify.model import UNKNOWN
from compat.store.store import Store
from runners.run_folder import RunFolder
from runners.run_state import RunState, state_of

LOOP_FAMILY = "ltx"
"""The only family whose windows the loop can join; the preflight takes every family."""


def refuse_hopeless(folder: Path, output: Path, store: Store) -> None:
    """Refuse what a preflight would be wasted on; ``UsageError`` with the reason.

    A model that nobody knows passes here, because the preflight says what is wrong with it.
    """
    require_loop_model(folder, unknown_too=False)
    require_place(output)
    place = RunFolder.beside(output)
    if place.lock.exists():
        with holding(place, output):
            require_no_unfinished(place, stored_state(place, store))


def require_loop_model(folder: Path, *, unknown_too: bool = True) -> None:
    """``UsageError`` where the loop cannot render the model in ``folder``."""
    found = identify(folder)
    if found.family == LOOP_FAMILY or (found.family == UNKNOWN and not unknown_too):
        return
    what = "no model that is known" if found.family == UNKNOWN else f"of the family {found.family}"
    raise UsageError(
        f"{folder} is {what}, the long render takes LTX models only",
        "check it with framegate preflight, which takes other families too, and render it with "
        "its own tool",
    )


def require_place(output: Path) -> None:
    """``UsageError`` where no file can be written at ``output``; missing folders are made later."""
    if output.is_dir():
        raise UsageError(f"the output {output} is a folder", "name a file that ends in .mp4")
    parent = next(folder for folder in output.absolute().parents if folder.exists())
    if not parent.is_dir():
        raise UsageError(
            f"the output {output} cannot be written: {parent} is no folder", "name another output"
        )
    if not os.access(parent, os.W_OK):
        raise UsageError(
            f"the output {output} cannot be written: {parent} is read-only for you",
            "name an output in a folder of your own",
        )


@contextlib.contextmanager
def holding(place: RunFolder, output: Path) -> Iterator[None]:
    """Hold the run folder's lock; ``UsageError`` where another process renders into it."""
    try:
        with exclusive_lock(place.lock):
            yield
    except LockedError as exc:
        raise UsageError(
            f"another process ({exc.holder or 'unknown'}) renders to {output} already",
            "wait for it, or name another output",
        ) from exc


def stored_state(place: RunFolder, store: Store) -> RunState:
    """Where the run in ``place`` stands, as the store tells it; empty where there is none.

    ``UsageError`` for the work of another store, which a fresh start would throw away.
    """
    note = place.run_id
    run = note.read_text("utf-8", errors="replace").strip() if note.is_file() else ""
    state = state_of(run, store.events(run)) if run else RunState(run="")
    if run and not state.started and place.latents(0).exists():
        raise UsageError(
            f"{place.root} holds a run that this evidence store does not know",
            "name the store it was begun with (--store), or delete that folder to start over",
        )
    return state


def require_no_unfinished(place: RunFolder, state: RunState) -> None:
    """``UsageError`` where ``place`` holds work that a fresh start would throw away."""
    if state.started and not state.finished and state.windows:
        raise UsageError(
            f"{place.root} holds an unfinished run with {len(state.windows)} window(s)",
            "go on with framegate render --resume and the same plan, or delete that folder to "
            "start over",
        )
