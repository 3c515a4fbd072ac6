"""Two environments side by side: which packages differ, and whose doing it is."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from envdoc.cli import app
from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.workflow.diff_environments import diff

DAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC).timestamp()


def environment(root: Path, *packages: tuple[str, str, str, bool, float], cuda: str | None = "12.8") -> Path:
    """Packages as (name, version, installer, requested, seconds after nine o'clock)."""
    site = root / ("Lib/site-packages" if os.name == "nt" else "lib/python3.12/site-packages")
    site.mkdir(parents=True)
    (root / "pyvenv.cfg").write_text("version_info = 3.12.1\n")
    for name, version, installer, requested, seconds in packages:
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "INSTALLER").write_text(f"{installer}\n")
        (info / "RECORD").write_text("")
        if requested:
            (info / "REQUESTED").write_text("")
        os.utime(info / "RECORD", (DAY + seconds, DAY + seconds))
        if name == "torch":
            (site / "torch").mkdir()
            (site / "torch/version.py").write_text(f"cuda: str = {cuda!r}\n")
    return root


def journalled(root: Path, installed: dict[str, str]) -> None:
    own = root / ".envdoc"
    own.mkdir()
    lines = [
        {"event": "begin", "kind": "made", "environment": str(root), "profile": "rtx50-cu128"},
        {"event": "done", "step": "torch", "time": "2026-11-26T09:01:00Z", "data": {"torch": "2.8.0+cu128"}},
        {"event": "done", "step": "stack", "time": "2026-11-26T09:02:00Z", "data": {"numpy": "2.2.6"}},
        {"event": "usable", "profile": "rtx50-cu128", "time": "2026-11-26T09:03:00Z"},
    ]
    (own / "journal.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    (own / "installed.json").write_text(json.dumps(installed))


GOOD = [("torch", "2.8.0+cu128", "uv", True, 30), ("numpy", "2.2.6", "uv", False, 90)]


def test_the_same_packages_are_no_difference(tmp_path: Path) -> None:
    left, right = (environment(tmp_path / name, *GOOD) for name in "ab")
    told = diff(LocalHost(), str(left), str(right))
    assert (told.differences, told.findings) == ((), ())


def test_a_strangers_pip_that_changed_torch_is_named_with_what_it_was_asked_for(tmp_path: Path) -> None:
    root = environment(
        tmp_path / "env",
        ("torch", "2.14.1", "pip", False, 7200),
        ("unsloth", "2026.10.9", "pip", True, 7260),
        ("triton", "3.8.0", "pip", False, 7190),
        ("numpy", "2.2.6", "uv", False, 90),
        cuda="13.0",
    )
    journalled(root, {"torch": "2.8.0+cu128", "numpy": "2.2.6"})
    told = diff(LocalHost(), str(root))
    assert {each.package: (each.before, each.after) for each in told.differences} == {
        "torch": ("2.8.0+cu128", "2.14.1"),
        "triton": ("", "3.8.0"),
        "unsloth": ("", "2026.10.9"),
    }
    (found,) = told.findings
    assert found.code == "torch-replaced"
    assert found.evidence == ("by pip, came along with what was asked for: unsloth; 2026-11-26T11:00:00+00:00",)
    assert found.summary == f"torch is 2.14.1 (cu130) in {root}, it was 2.8.0+cu128"
    assert [each.command for each in found.remediation.commands] == [
        f"envdoc install --profile rtx50-cu128 --env {root}"
    ]


def test_what_a_step_of_ours_did_is_told_as_such(tmp_path: Path) -> None:
    left = environment(tmp_path / "a", ("torch", "2.7.1+cu128", "pip", True, 10))
    right = environment(tmp_path / "b", *GOOD)
    journalled(right, {})
    told = diff(LocalHost(), str(left), str(right))
    who = {each.package: each.who for each in told.differences}
    assert who == {
        "torch": "by envdoc's step `torch`, 2026-11-26T09:01:00Z",
        "numpy": "by envdoc's step `stack`, 2026-11-26T09:02:00Z",
    }


def test_the_same_version_of_another_cuda_is_a_change_of_torch(tmp_path: Path) -> None:
    left = environment(tmp_path / "a", ("torch", "2.8.0", "pip", True, 10))
    right = environment(tmp_path / "b", ("torch", "2.8.0", "pip", True, 10), cuda=None)
    told = diff(LocalHost(), str(left), str(right))
    (found,) = told.findings
    assert found.summary == f"torch is 2.8.0 (cpu) in {right}, it was 2.8.0 (cu128)"
    assert "torch==2.8.0+cu128" in found.remediation.commands[0].command
    assert "https://download.pytorch.org/whl/cu128" in found.remediation.commands[0].command


def test_a_stranger_who_wrote_our_version_again_is_not_taken_for_us(tmp_path: Path) -> None:
    left = environment(tmp_path / "a")
    right = environment(tmp_path / "b", ("torch", "2.8.0+cu128", "pip", True, 90000))
    journalled(right, {})
    (told,) = diff(LocalHost(), str(left), str(right)).differences
    assert told.who == "by pip, asked for by name, 2026-11-27T10:00:00+00:00"


def test_an_environment_that_was_never_proved_cannot_be_compared_with_itself(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="proved nothing"):
        diff(LocalHost(), str(environment(tmp_path / "a", *GOOD)))


def test_the_command_ends_by_whether_anything_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left, same = (str(environment(tmp_path / name, *GOOD)) for name in "ab")
    other = str(environment(tmp_path / "c", GOOD[0], ("numpy", "2.3.0", "pip", True, 200)))
    assert app.run(["diff", left, same]) == 0
    assert app.run(["diff", left, other]) == 1
    assert "numpy: 2.2.6 -> 2.3.0, by pip, asked for by name" in capsys.readouterr().out
    assert app.run(["diff", left, other, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["package"] for each in document["differences"]] == ["numpy"]
