"""The long render: only through the gate, every window judged, resumed to the very same frames."""

from dataclasses import replace

import numpy as np
import pytest

from compat.core.errors import GateShutError, UsageError
from compat.core.job import GateDecision, GateState, Waiver
from compat.core.model import Device, Environment
from compat.core.system import exclusive_lock
from compat.frames.encode import read_frames
from compat.plan.model import ModelPlan, PromptAt, RenderPlan, SamplingPlan, VideoPlan, WindowPlan
from compat.store.store import Store
from runners.gate import fingerprint
from runners.loop import RunStoppedError
from runners.render import InterruptedRunError, RenderJob, render
from runners.run_folder import RunFolder

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]

HERE = Environment(
    os="x", machine="x", python="3", packages={}, devices=(Device(kind="cpu"),), fingerprint="here"
)
# An untrained model gives mush, so its picture is waived and pixels alone decide nothing.
WAIVER = Waiver(rule="picture", reason="an untrained model in a test")
PLAN = RenderPlan(
    model=ModelPlan(device="cpu", dtype="float32"),
    video=VideoPlan(width=64, height=64, seconds=1.6),
    window=WindowPlan(frames=17, overlap=9),
    sampling=SamplingPlan(steps=2),
    prompts=(PromptAt(at=0.0, text="a cat"), PromptAt(at=0.8, text="a dog")),
)


class Bench:
    """One plan, one folder, one store, and an open gate unless asked otherwise."""

    def __init__(self, model, folder, engine, store):
        self.model, self.folder, self.engine, self.store = model, folder, engine, store
        self.output = folder / "video.mp4"
        self.events = []

    def open_gate(self, plan=PLAN):
        decision = GateDecision(
            fingerprint=fingerprint(plan, self.model, HERE),
            state=GateState.OPEN,
            blocking=(),
            undecided=(),
            waived=(WAIVER,),
            decided_at="now",
        )
        self.store.record_decision(decision)

    def render(self, *, resume=False, on_event=None, plan=PLAN):
        job = RenderJob(
            plan=plan,
            folder=self.model,
            output=self.output,
            environment=HERE,
            resume=resume,
            on_event=on_event or self.events.append,
        )
        return render(job, self.engine, self.store)

    def frames(self):
        return np.stack(list(read_frames(self.output)))

    @property
    def kinds(self):
        return [event.kind for event in self.events]


@pytest.fixture
def bench(tiny, local_engine, tmp_path):
    model = tiny("ltx")
    with Store.open(tmp_path / "evidence.sqlite3") as store:
        yield Bench(model, tmp_path, local_engine(model), store)


@pytest.fixture
def open_bench(bench):
    bench.open_gate()
    return bench


def test_without_an_open_gate_nothing_starts(bench):
    with pytest.raises(GateShutError, match="no preflight was made"):
        bench.render()
    assert not RunFolder.beside(bench.output).latents(0).exists()


def test_a_gate_opened_for_another_plan_does_not_count(open_bench):
    other = replace(PLAN, sampling=replace(PLAN.sampling, seed=1))
    with pytest.raises(GateShutError):
        open_bench.render(plan=other)


def test_a_changed_model_file_closes_the_gate(open_bench, tmp_path):
    import shutil

    copy = shutil.copytree(open_bench.model, tmp_path / "copy")
    open_bench.model = copy
    open_bench.open_gate()
    config = copy / "vae" / "config.json"
    config.write_text(config.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(GateShutError):
        open_bench.render()


def test_every_window_is_judged_before_the_next_is_denoised(open_bench):
    finished = open_bench.render()
    assert finished.frames == len(open_bench.frames()) == 40
    window = ["window-denoised", "window-judged", "window-decoded"]
    assert open_bench.kinds == ["run-started", *window * finished.windows, "run-finished"]
    assert finished.folder.sheet.exists()
    assert finished.folder.timeline.exists()


def stop_after(number):
    seen = []

    def watch(event):
        seen.append(event)
        if len(seen) == number:
            raise KeyboardInterrupt

    return watch


@pytest.fixture(scope="module")
def uninterrupted(tiny, local_engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    with Store.open(folder / "evidence.sqlite3") as store:
        whole = Bench(tiny("ltx"), folder, local_engine(tiny("ltx")), store)
        whole.open_gate()
        whole.render()
        return whole.frames()


@pytest.mark.parametrize("after", range(2, 12))
def test_a_run_stopped_at_any_event_resumes_to_the_same_frames(open_bench, uninterrupted, after):
    with pytest.raises(InterruptedRunError):
        open_bench.render(on_event=stop_after(after))
    open_bench.render(resume=True)
    assert np.array_equal(open_bench.frames(), uninterrupted)


def test_a_window_whose_latents_are_on_disk_is_not_denoised_again(open_bench):
    with pytest.raises(InterruptedRunError):
        open_bench.render(on_event=stop_after(2))
    open_bench.render(resume=True)
    assert open_bench.kinds[:2] == ["run-resumed", "window-judged"]


def test_a_damaged_segment_is_made_again(open_bench, uninterrupted):
    with pytest.raises(InterruptedRunError):
        open_bench.render(on_event=stop_after(7))
    RunFolder.beside(open_bench.output).segment(0).write_bytes(b"rot")
    open_bench.render(resume=True)
    assert np.array_equal(open_bench.frames(), uninterrupted)


def test_an_unfinished_run_is_not_overwritten(open_bench):
    with pytest.raises(InterruptedRunError):
        open_bench.render(on_event=stop_after(4))
    with pytest.raises(UsageError, match="unfinished run"):
        open_bench.render()


def test_there_is_nothing_to_resume_where_nothing_began(open_bench):
    with pytest.raises(UsageError, match="no run to resume"):
        open_bench.render(resume=True)


def test_a_finished_run_is_not_resumed(open_bench):
    open_bench.render()
    with pytest.raises(UsageError, match="finished already"):
        open_bench.render(resume=True)


def test_an_interrupted_assembly_is_an_interrupted_run(open_bench, uninterrupted, monkeypatch):
    def stop(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("runners.render.assemble", stop)
        with pytest.raises(InterruptedRunError):
            open_bench.render()
    assert open_bench.kinds[-1] == "run-interrupted"
    open_bench.render(resume=True)
    assert np.array_equal(open_bench.frames(), uninterrupted)


def test_a_full_disk_stops_the_run_and_the_store_says_so(open_bench, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runners.render.assemble", full)
    with pytest.raises(OSError, match="No space left"):
        open_bench.render()
    assert open_bench.kinds[-1] == "run-stopped"


def test_pixels_decide_nothing_where_the_picture_was_waived(open_bench):
    assert open_bench.render().judgement.verdict == "undecided"


def test_a_model_of_another_family_is_refused_before_the_gate(bench, tiny):
    bench.model = tiny("wan")
    with pytest.raises(UsageError, match="is of the family wan, the long render takes LTX"):
        bench.render()


def test_two_renders_to_one_output_are_refused(open_bench):
    with (
        exclusive_lock(RunFolder.beside(open_bench.output).lock),
        pytest.raises(UsageError, match="renders to"),
    ):
        open_bench.render()


def poison(engine, calls):
    """Make the named window calls come out as NaN, as a fault in the device would."""
    original, count = engine.window, [0]

    def window(request, on_progress=None):
        answer = original(request, on_progress)
        count[0] += 1
        if count[0] not in calls:
            return answer
        from safetensors.numpy import load_file, save_file

        broken = load_file(request.output_path)["latents"]
        broken[0, 0, 0] = np.nan
        save_file({"latents": broken}, request.output_path)
        return replace(answer, new=replace(answer.new, non_finite=4))

    engine.window = window


def test_a_passing_fault_is_repeated_and_the_run_goes_on(open_bench, uninterrupted):
    poison(open_bench.engine, {2})
    open_bench.render()
    assert open_bench.kinds.count("window-retried") == 1
    assert np.array_equal(open_bench.frames(), uninterrupted)


def test_a_fault_that_stays_stops_the_run_at_once(open_bench):
    poison(open_bench.engine, {2, 3})
    with pytest.raises(RunStoppedError, match="the very same latents"):
        open_bench.render()
    assert open_bench.kinds[-1] == "run-stopped"
    assert not open_bench.output.exists()


def flicker_once(engine):
    """Spoil the decoder's first window once, as a passing fault there would."""
    original, count = engine.decode, [0]

    def decode(request):
        answer = original(request)
        count[0] += 1
        if count[0] != 1:
            return answer
        frames = np.load(request.frames_path)
        np.save(request.frames_path, np.zeros_like(frames))
        return replace(answer, decoded=replace(answer.decoded, non_finite=9))

    engine.decode = decode


def test_a_passing_fault_of_the_decoder_is_repeated_too(open_bench, uninterrupted):
    flicker_once(open_bench.engine)
    open_bench.render()
    assert open_bench.kinds.count("window-retried") == 1
    assert np.array_equal(open_bench.frames(), uninterrupted)


def test_a_waived_picture_does_not_make_the_video_garbage(open_bench):
    assert open_bench.render().judgement.verdict.value != "garbage"


def fail_in(engine, operation, error):
    original = getattr(engine, operation)

    def once(*arguments):
        setattr(engine, operation, original)
        raise error

    setattr(engine, operation, once)


def test_a_full_disk_stops_the_run_with_a_reason_and_keeps_the_latents(open_bench, uninterrupted):
    fail_in(open_bench.engine, "decode", OSError(28, "no space left on device", "/x"))
    with pytest.raises(OSError, match="no space left on device"):
        open_bench.render()
    assert open_bench.kinds == ["run-started", "window-denoised", "run-stopped"]
    open_bench.render(resume=True)
    assert open_bench.kinds[3:5] == ["run-resumed", "window-judged"]
    assert np.array_equal(open_bench.frames(), uninterrupted)


def test_a_model_that_changes_while_it_is_loaded_is_not_rendered(open_bench, tmp_path):
    import shutil

    open_bench.model = shutil.copytree(open_bench.model, tmp_path / "copy")
    open_bench.open_gate()
    config, original = open_bench.model / "vae" / "config.json", open_bench.engine.open

    def slow_open():
        config.write_text(config.read_text("utf-8") + " ", "utf-8")
        return original()

    open_bench.engine.open = slow_open
    with pytest.raises(GateShutError, match="changed while they were loaded"):
        open_bench.render()
    assert not RunFolder.beside(open_bench.output).latents(0).exists()


def test_a_run_of_another_store_is_not_overwritten(open_bench, tmp_path):
    with pytest.raises(InterruptedRunError):
        open_bench.render(on_event=stop_after(4))
    with Store.open(tmp_path / "other.sqlite3") as other:
        open_bench.store = other
        open_bench.open_gate()
        with pytest.raises(UsageError, match="does not know"):
            open_bench.render()


@pytest.mark.parametrize("after", range(2, 6))
def test_no_decoded_frames_stay_behind(open_bench, after):
    with pytest.raises(InterruptedRunError):
        open_bench.render(on_event=stop_after(after))
    open_bench.render(resume=True)
    assert list(RunFolder.beside(open_bench.output).scratch(0).parent.iterdir()) == []


LAYOUTS = [(9, 1), (17, 1), (17, 9), (25, 9), (25, 17), (33, 25), (33, 9)]


@pytest.mark.parametrize(("frames", "overlap"), LAYOUTS)
@pytest.mark.parametrize("seconds", [0.3, 1.3])
def test_every_layout_of_windows_adds_up(bench, frames, overlap, seconds):
    plan = replace(
        PLAN,
        window=WindowPlan(frames=frames, overlap=overlap),
        video=replace(PLAN.video, seconds=seconds),
        sampling=SamplingPlan(steps=1, guidance=1.0),
    )
    bench.open_gate(plan)
    assert bench.render(plan=plan).frames == len(bench.frames()) == round(25 * seconds)


def test_a_stopped_run_goes_on_from_its_last_good_window(open_bench, uninterrupted):
    poison(open_bench.engine, {3, 4})
    with pytest.raises(RunStoppedError):
        open_bench.render()
    open_bench.render(resume=True)
    assert np.array_equal(open_bench.frames(), uninterrupted)
