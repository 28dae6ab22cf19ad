"""Pictures stay beside the store, the rest goes, and old preflights make room."""

from runners.preflight.scratch import KEPT_PREFLIGHTS, keep_pictures, new_scratch


def test_only_pictures_stay(tmp_path):
    for name in ("picture.png", "picture.npy", "smoke.safetensors", "two-frames.mp4"):
        (tmp_path / name).write_bytes(b"x")
    keep_pictures(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


def test_every_preflight_has_a_folder_of_its_own(tmp_path):
    assert new_scratch(tmp_path) != new_scratch(tmp_path)


def test_the_oldest_make_room(tmp_path):
    folders = [new_scratch(tmp_path) for _ in range(KEPT_PREFLIGHTS + 2)]
    assert [folder.exists() for folder in folders[:3]] == [False, False, True]
    assert len(list((tmp_path / "preflights").iterdir())) == KEPT_PREFLIGHTS


def test_a_preflight_leaves_its_pictures_and_nothing_else(context, model, monkeypatch, tmp_path):
    from types import SimpleNamespace

    from runners.preflight import start
    from runners.preflight.context import Answer, Step

    def draw(given):
        for name in ("picture.png", "picture.npy"):
            (given.job.scratch / name).write_bytes(b"x")
        return Answer()

    step = Step(id="draws", title="draws", run=draw)
    monkeypatch.setattr(start, "steps_for", lambda **_options: (step,))
    session = SimpleNamespace(
        plan=context.job.plan, folder=model, output=tmp_path / "v.mp4", device="cpu",
        environment=context.job.environment, engine=context.engine,
    )  # fmt: skip
    scratch = new_scratch(tmp_path)
    start.start_preflight(session, context.store, start.Options(scratch=scratch))
    assert [path.name for path in scratch.iterdir()] == ["picture.png"]
