"""The road of a plan: in order, again, after a kill at any byte, after a change, and when a step fails."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from installer_kit import PYTHON, FakeHost, Prover, World, done, fake_uv, make_environment, plan_of, write_dist

from envdoc.errors import EnvdocError, Interrupted, UsageError
from envdoc.installer import Options, StepEnded, StepStarted, lock
from envdoc.model.plan import InstallPackages, Plan, ProvidePython
from envdoc.model.results import ProofStatus

ALL_DONE = {
    "python": "unchanged",
    "environment": "done",
    "torch": "done",
    "stack": "done",
    "variables": "done",
    "prove": "done",
}
ALL_UNCHANGED = dict.fromkeys(ALL_DONE, "unchanged")


def test_a_first_run_makes_proves_and_marks_usable(world: World) -> None:
    result = world.execute()
    assert {step.id: step.status.value for step in result.steps} == ALL_DONE
    assert result.usable
    assert result.changed
    assert result.findings == ()
    assert world.prover.asked == [(str(world.root / "bin" / "python"), ("import:torch",))]
    state = world.state()
    assert state.pop("proved")
    assert state.pop("plan")
    assert state.pop("lock")
    assert state.pop("installed")
    assert state == {
        "schema": "1",
        "state": "usable",
        "profile": "test",
        "environment": str(world.root),
        "python": "3.12",
        "torch": "2.7.1+cu128",
        "cuda": "cu128",
        "kind": "made",
        "envdoc": "0.1.0",
    }
    steps = ("python", "environment", "torch", "stack", "variables", "prove")
    pairs = [(event, step) for step in steps for event in ("started", "done")]
    assert world.journal() == [("begin", ""), *pairs, ("usable", "")]


def test_events_tell_each_step(world: World) -> None:
    world.execute()
    told = [type(each).__name__ for each in world.events if isinstance(each, (StepStarted, StepEnded))]
    assert told == ["StepStarted", "StepEnded"] * 6
    assert [each.number for each in world.events if isinstance(each, StepStarted)] == [1, 2, 3, 4, 5, 6]


def test_a_second_run_starts_nothing_and_proves_nothing(world: World) -> None:
    world.execute()
    world.host.answers, world.host.calls = [], []
    before = (world.root / ".envdoc/journal.jsonl").read_bytes()
    result = world.execute()
    assert {step.id: step.status.value for step in result.steps} == ALL_UNCHANGED
    assert result.usable
    assert not result.changed
    assert world.host.calls == []
    assert len(world.prover.asked) == 1
    assert (world.root / ".envdoc/journal.jsonl").read_bytes() == before


def test_newly_known_interpreters_sources_and_sizes_change_nothing(world: World) -> None:
    plan = plan_of(world.root)
    world.execute(plan)
    world.host.answers = []
    steps = [
        dataclasses.replace(step, known=("/new/python",))
        if isinstance(step, ProvidePython)
        else dataclasses.replace(step, sources=(), download_mib=7)
        if isinstance(step, InstallPackages)
        else step
        for step in plan.steps
    ]
    assert world.statuses(Plan(plan.environment, plan.profile, tuple(steps))) == ALL_UNCHANGED


def test_a_changed_plan_redoes_from_the_changed_step(world: World) -> None:
    world.execute()
    statuses = world.statuses(plan_of(world.root, torch="2.8.0+cu128"))
    assert statuses == {**ALL_UNCHANGED, "torch": "done", "prove": "done"}
    assert world.state()["torch"] == "2.8.0+cu128"


def test_going_back_to_an_earlier_plan_redoes_it(world: World) -> None:
    world.execute()
    world.execute(plan_of(world.root, torch="2.8.0+cu128"))
    assert world.statuses()["torch"] == "done"
    assert world.state()["torch"] == "2.7.1+cu128"


@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_a_package_that_was_removed_since_is_put_back_and_proved_again(world: World, name: str) -> None:
    world.execute()
    site = next(world.root.glob("lib/python*/site-packages"))
    shutil.rmtree(next(site.glob(f"{name}-*.dist-info")))
    statuses = world.statuses()
    assert (statuses["torch" if name == "torch" else "stack"], statuses["prove"]) == ("done", "done")
    assert statuses["environment"] == "unchanged"
    assert list(site.glob(f"{name}-*.dist-info"))


def test_a_package_that_the_user_added_is_left_alone(world: World) -> None:
    world.execute()
    write_dist(next(world.root.glob("lib/python*/site-packages")), "wandb", "0.1")
    assert world.statuses() == ALL_UNCHANGED


def test_torch_swapped_under_the_same_version_is_noticed(world: World) -> None:
    world.execute()
    (next(world.root.glob("lib/python*/site-packages")) / "torch/version.py").write_text("cuda = None\n")
    result = world.execute()
    assert [finding.code for finding in result.findings] == ["torch-replaced"]
    assert not result.usable


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cut=st.floats(0, 1, exclude_max=True))
def test_a_journal_cut_at_any_byte_is_resumed(tmp_path_factory: pytest.TempPathFactory, cut: float) -> None:
    root = tmp_path_factory.mktemp("cut") / "env"
    world = World(root, FakeHost(fake_uv(root)))
    world.execute()
    files = _files(root)
    journal = root / ".envdoc/journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: int(len(whole) * cut)])
    (root / ".envdoc/state.json").write_text('{"state": "building", "kind": "made"}')
    result = world.execute()
    assert result.usable
    assert world.state()["state"] == "usable"
    assert _files(root) == files
    assert world.statuses() == ALL_UNCHANGED


def test_a_journal_cut_before_its_first_whole_line_is_still_ours(world: World) -> None:
    world.execute()
    (world.root / ".envdoc/journal.jsonl").write_text('{"event": "beg')
    assert world.execute().usable


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".envdoc" not in path.parts
    }


@pytest.mark.parametrize("victim", ["environment", "torch", "stack", "prove"])
def test_interrupted_in_a_step_the_next_run_goes_on(world: World, victim: str) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    patterns = {"environment": "uv venv", "torch": "steps/torch", "stack": "steps/stack", "prove": "no such call"}
    good = list(world.host.answers)
    world.host.answers = [(patterns[victim], stop), *good]  # type: ignore[list-item]
    prover = world.prover
    if victim == "prove":
        world.prover = stop  # type: ignore[assignment]
    with pytest.raises(Interrupted) as caught:
        world.execute()
    assert caught.value.exit_code == 130
    assert world.journal()[-1] == ("interrupted", victim)
    assert world.state()["state"] == "building"
    world.host.answers, world.prover = good, prover
    assert world.execute().usable


def test_a_failed_step_is_told_and_the_rest_is_skipped(world: World) -> None:
    full = done(
        ("uv",), stderr="error: failed to write\n  cause: No space left on device (os error 28)\n", returncode=2
    )
    good = list(world.host.answers)
    world.host.answers = [("steps/stack", lambda *_: full), *good]
    result = world.execute()
    assert {step.id: step.status.value for step in result.steps} == {
        "python": "unchanged",
        "environment": "done",
        "torch": "done",
        "stack": "failed",
        "variables": "skipped",
        "prove": "skipped",
    }
    assert [finding.code for finding in result.findings] == ["disk-full"]
    assert not result.usable
    assert world.state()["state"] == "failed"
    assert world.state()["proved"] == ""
    world.host.answers = good
    assert world.statuses() == {**ALL_UNCHANGED, "stack": "done", "variables": "done", "prove": "done"}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ProofStatus.FAILED, "proof-failed"),
        (ProofStatus.CRASHED, "proof-failed"),
        (ProofStatus.TIMED_OUT, "proof-failed"),
        (ProofStatus.NOT_CHECKED, "nothing-proved"),
    ],
)
def test_without_a_passed_proof_nothing_is_usable(world: World, status: ProofStatus, code: str) -> None:
    world.prover = Prover(status)
    result = world.execute()
    assert [finding.code for finding in result.findings] == [code]
    assert not result.usable
    assert world.state()["state"] == "failed"
    world.prover = Prover()
    assert world.statuses() == {**ALL_UNCHANGED, "prove": "done"}


def test_two_runs_at_once_are_refused(world: World) -> None:
    with lock.hold(world.root / ".envdoc/lock"), pytest.raises(EnvdocError) as caught:
        world.execute()
    assert caught.value.code == "environment-busy"
    assert world.execute().usable


def test_an_engine_that_lies_is_found_out(world: World) -> None:
    world.host.answers.insert(0, ("steps/stack", lambda argv, _: done(argv, "Installed\n")))
    result = world.execute()
    assert [(finding.code, finding.evidence) for finding in result.findings] == [
        ("step-failed", ("numpy: wanted 2.2.6, found none", "trl: wanted 1.0, found none"))
    ]


def test_a_step_that_replaces_torch_fails(world: World) -> None:
    good = dict(world.host.answers)["uv pip install"]

    def bad(argv: tuple[str, ...], env: dict[str, str]) -> object:
        answer = good(argv, env)
        write_dist(next(world.root.glob("lib/python*/site-packages")), "torch", "2.9.0")
        return answer

    world.host.answers.insert(0, ("steps/stack", bad))  # type: ignore[arg-type]
    result = world.execute()
    assert [(finding.code, finding.evidence) for finding in result.findings] == [
        (
            "torch-replaced",
            (
                "torch: wanted 2.7.1+cu128, found 2.9.0",
                "torch/version.py: CUDA runtime version none, wanted 12.8",
            ),
        )
    ]


def test_too_little_disk_is_refused_before_anything_is_made(world: World) -> None:
    world.host.free_mib = 9
    with pytest.raises(EnvdocError) as caught:
        world.execute()
    assert (caught.value.code, world.root.exists()) == ("disk-full", False)
    assert caught.value.message == f"the disk of {world.root} has 9 MiB free, the environment needs 10 MiB"


def test_another_engine_name_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot install with engine `poetry`"):
        Options(engine="poetry")


def test_python_that_does_not_fit_is_told_and_uv_is_asked(world: World) -> None:
    world.host.answers[0] = ("-I -c import sys", lambda argv, _: done(argv, "3.11.7 64 cpython\n"))
    world.host.answers += [
        ("uv python find", lambda argv, _: done(argv, "", 2, "error: No interpreter found")),
        ("uv python install", lambda argv, _: done(argv, "", 2, "error: request failed\n  cause: dns error\n")),
    ]
    result = world.execute()
    finding = result.findings[0]
    assert finding.code == "python-missing"
    assert finding.evidence[:2] == (
        f"{PYTHON} is 3.11.7, 64-bit",
        "A package source could not be reached, or went away midway",
    )


def test_another_python_makes_the_environment_anew_and_leaves_other_files(world: World) -> None:
    plan = plan_of(world.root)
    good = list(world.host.answers)
    world.host.answers = [
        ("-I -c import sys", lambda argv, _: done(argv, "3.11.9 64 cpython\n")),
        *fake_uv(world.root, "3.11"),
    ]
    world.execute(Plan(plan.environment, plan.profile, (ProvidePython("3.11", (PYTHON,)), *plan.steps[1:])))
    theirs = {"outputs/adapter.bin", "bin/mine.sh", "lib/mine.py", "lib/python3.11/site-packages/mine.py"}
    for name in theirs:
        (world.root / name).parent.mkdir(exist_ok=True)
        (world.root / name).write_text("mine")
    world.host.answers = good
    assert world.execute(plan).usable
    left = {path.relative_to(world.root).as_posix() for path in world.root.rglob("*") if path.is_file()}
    assert {name for name in left if "python3.11" in name} == {"lib/python3.11/site-packages/mine.py"}
    assert theirs <= left


def test_an_environment_whose_making_was_cut_is_made_from_nothing(world: World) -> None:
    good = list(world.host.answers)

    def cut(argv: tuple[str, ...], env: dict[str, str]) -> object:
        site = make_environment(world.root)
        (site / "pip").mkdir()
        raise KeyboardInterrupt

    world.host.answers = [("uv venv", cut), *good]  # type: ignore[list-item]
    with pytest.raises(Interrupted):
        world.execute()
    world.host.answers = good
    assert world.execute().usable
    assert list(world.root.glob("lib/python*/site-packages/pip")) == []


def test_a_known_python_that_went_away_is_looked_for_anew(world: World) -> None:
    good = list(world.host.answers)
    world.host.answers = [("uv venv", lambda argv, _: done(argv, "", 2, "boom")), *good]
    assert not world.execute().usable
    world.host.answers, world.host.files = good, set()
    statuses = world.statuses()
    assert statuses == ALL_DONE
    assert sum(event == ("started", "python") for event in world.journal()) == 2
