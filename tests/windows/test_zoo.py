r"""The zoo of Pythons on a Windows: each found, told apart and judged; and lines that name the one that is meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zoo
from loopback import torch_wheel
from windows_kit import envdoc, make_environment, variables

from envdoc import doctor
from envdoc.doctor import Case
from envdoc.host.local import LocalHost
from envdoc.knowledge.tables import load
from envdoc.model.machine import Python
from envdoc.probe import Ask, collect
from lab import registry

pytestmark = [pytest.mark.windows_lab, pytest.mark.whole_windows]


def user(home: Path) -> dict[str, str]:
    """The variables of somebody with this home, who has some of them on PATH."""
    folders = ";".join(str(home / each.folder) for each in zoo.ON_PATH)
    roaming, local = str(home / "AppData" / "Roaming"), str(home / "AppData" / "Local")
    own = {"PATH": f"{folders};{os.environ['SYSTEMROOT']}\\System32", "USERPROFILE": str(home)}
    return variables(home, {**own, "APPDATA": roaming, "LOCALAPPDATA": local})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "我的 home"
    folder.mkdir()
    zoo.build(folder)
    return folder


def told(python: Python) -> tuple[str, str, int, bool | None, bool]:
    return (python.version, python.kind.value, python.bits, python.headers.value, python.free_threaded)


def expected(place: zoo.Place) -> tuple[str, str, int, bool | None, bool]:
    return (place.version, place.kind, place.bits, place.headers, place.threaded)


def test_all_are_found_and_told_apart(home: Path) -> None:
    with registry.values(zoo.registered(home)):
        machine = collect(LocalHost(user(home)), Ask(parts=("pythons",), fresh=True))
    ours = str(home).lower()
    found = {each.path: told(each) for each in machine.pythons.value or () if each.path.lower().startswith(ours)}
    wanted = {str(home / each.path): expected(each) for each in zoo.ALL if each is not zoo.VENV}
    assert found == wanted


PYTHON = ("python-found", "python-kind", "python-version", "python-managed")
# What is said of each where it is the one to be judged; a Python that suits says nothing.
VERDICTS = {
    zoo.EMBED: {"python-embedded", "shared-python"},
    zoo.COMFY: {"python-embedded", "shared-python"},
    zoo.RUNTIME: {"shared-python"},  # 3.9: torch up to 2.8 has wheels for it
    zoo.USER: {"shared-python"},
    zoo.OLD32: {"python-32bit", "shared-python"},
    zoo.CONDA_ENV: set(),
    zoo.FREE: {"python-free-threaded", "shared-python"},
    zoo.VENV: set(),
    zoo.STUB: {"python-store-stub"},
}


@pytest.mark.parametrize("place", VERDICTS, ids=lambda place: place.folder.rpartition("\\")[2])
def test_each_is_judged(home: Path, place: zoo.Place) -> None:
    assert judged(home, Ask(python=str(home / place.path), fresh=True)) == VERDICTS[place]


def judged(home: Path, ask: Ask, **env: str) -> set[str]:
    """The codes about the Python itself."""
    machine = collect(LocalHost({**user(home), **env}), ask)
    report = doctor.examine(Case(machine, load(), None, lambda: ()), only=PYTHON)
    return {each.code for each in report.findings}


def test_with_nothing_but_the_stores_stub(home: Path) -> None:
    assert judged(home, Ask(fresh=True), PATH=str(home / zoo.APPS)) == {"python-store-stub"}


def test_the_embeddable_python_itself(tmp_path: Path) -> None:
    """python.org's own, where the lab has it: judged without a start, and as it says itself."""
    program = Path(sys.base_prefix + "-embed") / "python.exe"
    if not program.exists():
        pytest.skip(f"no embeddable Python in {program.parent}")
    report = json.loads(envdoc(tmp_path, "check", "--python", str(program), "--format", "json").out)
    assert "python-embedded" in [each["code"] for each in report["findings"]]
    python = report["machine"]["target"]["python"]["value"]
    said = subprocess.run(
        [program, "-c", "import sys; print(sys.version.split()[0])"], capture_output=True, check=True
    )
    assert (python["kind"], python["headers"]["value"]) == ("embedded", False)
    assert said.stdout.decode().strip().startswith(python["version"])


@pytest.mark.parametrize("name", ["my env", "训练 env", "a & b", "o'brien"])
def test_a_remedy_names_the_python_that_was_judged(tmp_path: Path, home: Path, name: str) -> None:
    """Whatever else is on PATH and in the registry; run as printed, it is that Python that runs."""
    environment = make_environment(tmp_path / name, torch_wheel("2.8.0+cpu"))
    python = str(environment / "Scripts" / "python.exe")
    env = {**user(home), "VIRTUAL_ENV": str(environment)}
    with registry.values(zoo.registered(home)):
        report = json.loads(envdoc(home, "check", "--profile", "rtx50-cu128", "--format", "json", env=env).out)
    (found,) = (each for each in report["findings"] if each["code"] == "torch-cpu-build")
    lines = [each["command"] for each in found["remediation"]["commands"] if each["shell"] in ("any", "cmd")]
    assert lines[0].startswith(("uv pip install --python ", "uv pip uninstall --python ")), lines
    quoted = f'"{python}"' if any(sign in python for sign in " &'") or not python.isascii() else python
    assert f"--python {quoted} " in lines[0]
    line = f'{quoted} -c "import sys; print(sys.prefix)"'
    said = subprocess.run(
        f'cmd.exe /d /s /c "{line}"',
        env=variables(home, {"PYTHONUTF8": "1"}),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.decode().strip().lower() == str(environment).lower()
