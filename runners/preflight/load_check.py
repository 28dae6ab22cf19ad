"""The real loader loads the model into a worker process, on the planned device and dtype."""

from runners.preflight.context import Answer, Context, Step


def check_load(context: Context) -> Answer:
    """diffusers loads the folder; the worker stays warm for everything after."""
    opened = context.engine.open()
    context.notes.opened = opened
    return Answer(
        measures={
            "pipeline": opened.pipeline,
            "components": dict(opened.components),
            "parameter_bytes": opened.parameter_bytes,
            "seconds": opened.seconds,
        }
    )


STEP = Step(
    id="load",
    title="the real loader loads it",
    run=check_load,
    needs=("plan", "files", "identity", "resources"),
)
