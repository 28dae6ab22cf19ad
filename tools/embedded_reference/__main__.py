"""``python -m tools.embedded_reference``: run once after new weights are committed.

Writes ``runners/embedded/reference.json`` (sha256 of every file, the recorded clip's request) and
``reference.png`` (the clip's frames above each other), computed in float32 on the CPU.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from runners.embedded import embedded_model
from runners.embedded.prompts import EXAMPLE_PROMPTS
from runners.engine import Engine
from runners.engines.messages import ClipRequest, OpenRequest
from runners.preflight.reference_check import FRAMES, MANIFEST
from runners.run_folder import digest

CLIP: dict[str, Any] = {
    "prompt": EXAMPLE_PROMPTS[0],
    "negative_prompt": "",
    "width": 64,
    "height": 64,
    "frames": 25,
    "steps": 20,
    "guidance": 3.0,
    "seed": 0,
    "fps": 25.0,
}


def main() -> None:
    """Render the clip and write both files beside the model."""
    model = embedded_model()
    request = OpenRequest(folder=str(model), device="cpu", dtype="float32")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Engine(request, log=folder / "worker.log") as engine:
            frames_path = str(folder / "frames.npy")
            latents_path = str(folder / "latents.safetensors")
            engine.clip(ClipRequest(**CLIP, frames_path=frames_path, latents_path=latents_path))
        frames = np.load(folder / "frames.npy")
    strip = frames.reshape(-1, *frames.shape[2:])
    Image.fromarray(strip).save(model.parent / FRAMES, optimize=True)
    files = sorted(path for path in model.rglob("*") if path.is_file())
    manifest = {
        "clip": CLIP,
        "files": {path.relative_to(model).as_posix(): digest(path) for path in files},
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (model.parent / MANIFEST).write_text(text, "utf-8")
    print(f"recorded {len(files)} files and {len(frames)} frames")


if __name__ == "__main__":
    main()
