"""The scenes that the tiny trained pipelines know: few, so that minutes suffice to learn them."""

from runners.embedded.prompts import Scene, every_scene

TAUGHT: tuple[Scene, ...] = tuple(
    scene
    for scene in every_scene()
    if scene.colour in ("red", "green", "yellow", "white")
    and scene.background in ("blue", "black")
    and scene.shape in ("circle", "square")
    and scene.direction in ("left", "right")
)
"""32 scenes in a fixed order."""
