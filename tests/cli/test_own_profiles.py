"""The user's own profiles: a broken one harms only the command that names it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runner import Run

from envdoc.workflow.context import local_host

MACHINE = str(Path(__file__).parent.parent / "machines" / "win11-2x5060ti-576-cpu-torch.json")
SHIPPED = Path(__file__).parent.parent.parent / "profiles" / "cpu.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One good profile and one with a mistake in its YAML."""
    monkeypatch.setenv("ENVDOC_PROFILES", str(tmp_path))
    monkeypatch.setattr("envdoc.workflow.context._WARNED", set())
    good = SHIPPED.read_text(encoding="utf-8").replace("id: cpu", "id: mine", 1)
    (tmp_path / "mine.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("id: bad\ntitle: [\n", encoding="utf-8")
    local_host.cache_clear()  # it remembers the variables of the process
    yield tmp_path
    local_host.cache_clear()


def test_a_check_does_not_crash(envdoc: Run, folder: Path) -> None:
    ran = envdoc("check", "--machine", MACHINE)
    assert ran.code == 1
    assert "torch-cpu-build" in ran.stdout
    assert "crash" not in ran.stdout


@pytest.mark.parametrize(
    "argv",
    [
        ["profiles", "list"],
        ["resolve", "--machine", MACHINE],
    ],
)
def test_what_reads_all_warns_with_file_and_line(envdoc: Run, folder: Path, argv: list[str]) -> None:
    ran = envdoc(*argv)
    assert ran.code == 0, ran.stderr
    (line,) = ran.stderr.splitlines()
    assert line.startswith("warning: ")
    assert "bad.yaml:" in line


@pytest.mark.parametrize("name", ["cpu", "mine", "rtx50-cu128"])
def test_another_profile_is_used_without_a_word(envdoc: Run, folder: Path, name: str) -> None:
    for command in ("check", "resolve"):
        ran = envdoc(command, "--profile", name, "--machine", MACHINE)
        assert (ran.code in (0, 1), ran.stderr) == (True, "")
    assert envdoc("profiles", "show", name).code == 0


def test_the_command_that_names_it_is_refused(envdoc: Run, folder: Path) -> None:
    for argv in (["check", "--profile", "bad"], ["resolve", "--profile", "bad"], ["profiles", "show", "bad"]):
        ran = envdoc(*argv)
        assert ran.code == 2
        assert "bad.yaml:" in ran.stderr
        assert "Traceback" not in ran.stderr
