"""A warm render worker with typed requests: the parent's side of the engine."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from compat.core.codec import from_data, to_data
from runners.engines.messages import (
    ClipAnswer,
    ClipRequest,
    DecodeAnswer,
    DecodeRequest,
    MasksAnswer,
    OpenAnswer,
    OpenRequest,
    OwnPictureReply,
    OwnPictureRequest,
    PartsAnswer,
    PartsRequest,
    PathAnswer,
    SavePathAnswer,
    SavePathRequest,
    VaeAnswer,
    VaeRequest,
    WindowAnswer,
    WindowRequest,
)
from runners.process import Worker

Progress = Callable[[Mapping[str, object]], None]
Answer = TypeVar("Answer")

OPEN_SECONDS = 3600.0
"""A 43 GB bundle from a slow disk takes about ten minutes; an hour means it hangs."""

RENDER_SECONDS = 24 * 3600.0
"""One window of a large model on a small machine takes hours; a day means it hangs."""


class Engine:
    """One worker that holds one pipeline; opened lazily, kept warm from preflight to the loop."""

    def __init__(
        self, request: OpenRequest, *, log: Path | None = None, python: Path | None = None
    ) -> None:
        """Remember what to open; no process starts before the first call.

        Without a ``log`` what the worker prints goes as soon as it is closed: the end of it comes
        with the exception when a worker dies.
        """
        self.request = request
        self._log = log
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._python = python
        self._worker: Worker | None = None
        self._opened: OpenAnswer | None = None

    def __enter__(self) -> Self:
        """Use the engine until the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the worker."""
        self.close()

    @property
    def warm(self) -> bool:
        """Whether the pipeline is loaded and its worker lives."""
        return self._opened is not None and self._worker is not None and self._worker.alive

    def open(self) -> OpenAnswer:
        """Load the pipeline, or say what was loaded when it is warm already."""
        if self.warm and self._opened is not None:
            return self._opened
        self.close()
        self._worker = Worker("rendering", log=self._log or self._own_log(), python=self._python)
        self._opened = self._ask("open", self.request, OpenAnswer, OPEN_SECONDS, None)
        return self._opened

    def clip(self, request: ClipRequest, on_progress: Progress | None = None) -> ClipAnswer:
        """Render one clip with the pipeline's own call."""
        return self._call("clip", request, ClipAnswer, on_progress)

    def window(self, request: WindowRequest, on_progress: Progress | None = None) -> WindowAnswer:
        """Denoise one window of the LTX loop."""
        return self._call("window", request, WindowAnswer, on_progress)

    def decode(self, request: DecodeRequest) -> DecodeAnswer:
        """Decode a chunk of LTX latents."""
        return self._call("decode", request, DecodeAnswer, None)

    def save_path(self, request: SavePathRequest) -> SavePathAnswer:
        """Push two frames through the save path."""
        return self._call("save-path", request, SavePathAnswer, None)

    def parts(self, request: PartsRequest) -> PartsAnswer:
        """Compute again on the CPU what the parts of the last captured clip computed."""
        return self._call("parts", request, PartsAnswer, None)

    def masks(self) -> MasksAnswer:
        """Change what the masks of the last captured clip hide."""
        return self._call("masks", {}, MasksAnswer, None)

    def vae(self, request: VaeRequest) -> VaeAnswer:
        """Send a known clip through the VAE."""
        return self._call("vae", request, VaeAnswer, None)

    def decode_path(self, request: ClipRequest) -> PathAnswer:
        """Let the pipeline decode latents that are known."""
        return self._call("decode-path", request, PathAnswer, None)

    def own_picture(self, request: OwnPictureRequest) -> OwnPictureReply:
        """Ask the denoiser for the clip that this pipeline has drawn."""
        return self._call("own-picture", request, OwnPictureReply, None)

    def close(self) -> None:
        """End the worker; the next call starts a new one."""
        if self._worker is not None:
            self._worker.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = None
        self._worker = None
        self._opened = None

    def _own_log(self) -> Path:
        self._folder = tempfile.TemporaryDirectory(prefix="framegate-", ignore_cleanup_errors=True)
        return Path(self._folder.name) / "render-worker.log"

    def _call(
        self, operation: str, request: object, kind: type[Answer], on_progress: Progress | None
    ) -> Answer:
        self.open()
        return self._ask(operation, request, kind, RENDER_SECONDS, on_progress)

    def _ask(
        self,
        operation: str,
        request: object,
        kind: type[Answer],
        seconds: float,
        on_progress: Progress | None,
    ) -> Answer:
        if self._worker is None:
            raise RuntimeError("the engine has no worker; call open first")
        arguments: Any = to_data(request)
        answer = self._worker.call(operation, arguments, seconds=seconds, on_progress=on_progress)
        return from_data(kind, answer)
