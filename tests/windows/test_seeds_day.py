r"""The day that this project was made for, from beginning to end, in a real cmd.exe.

Two RTX 5060 Ti, driver 576, Python 3.12: `pip install llamafactory` brings a CPU torch. `check` names it, the line
that it prints mends it, the variables come in, and the script for two GPUs starts two ranks without torchrun. The
packages are small ones with the real names; for `https://download.pytorch.org/whl` in the line stands the loopback
index's address, all else is as printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import TORCH_VERSION, Index, torch_wheel, wheel
from windows_kit import envdoc, variables

from envdoc.model.finding import Shell
from envdoc.model.launch import Engine, LaunchWish, Sharing
from envdoc.training import launcher
from envdoc.training.launch.script import script
from lab import gpus, registry

pytestmark = [pytest.mark.windows_lab, pytest.mark.xdist_group("driver")]
SEED = gpus.Driver("576.88", 12090, (gpus.RTX_5060_TI,) * 2)
PYTORCH = "https://download.pytorch.org/whl"
RUN_EXP = 'import os, sys\n\n\ndef run_exp():\n    print("trains", sys.argv[1], "rank", os.environ["RANK"])\n'


@pytest.fixture
def index() -> Iterator[Index]:
    """The Python package index, whose torch for Windows is a CPU build, and the PyTorch index with its variants."""
    with Index() as started:
        cpu = {"torch/version.py": TORCH_VERSION.format(version="2.8.0+cpu", cuda=None)}
        started.add("pypi", wheel("torch", "2.8.0", cpu), wheel("numpy", "1.26.4"))
        factory = {"llamafactory/train/tuner.py": RUN_EXP, "llamafactory/train/__init__.py": ""}
        started.add("pypi", wheel("llamafactory", "0.9.3", factory, requires=("torch>=2.0.0", "numpy<2")))
        for tag in ("cu126", "cu128", "cpu"):
            started.add(tag, torch_wheel(f"2.8.0+{tag}"), torch_wheel(f"2.7.1+{tag}"))
            started.add(tag, wheel("torchvision", f"0.23.0+{tag}"), wheel("torchaudio", f"2.8.0+{tag}"))
            started.add(tag, wheel("torchvision", f"0.22.1+{tag}"), wheel("torchaudio", f"2.7.1+{tag}"))
        yield started


class Day:
    """One user's terminal: a folder, an environment in it, and what the terminal knows."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.folder, self.index = folder, index
        self.environment = folder / "my train env"
        scripts = Path(sys.executable).parent / "Scripts"
        env = {"UV_NO_CACHE": "1", "UV_DEFAULT_INDEX": index.url("pypi"), "PIP_INDEX_URL": index.url("pypi")}
        env["VIRTUAL_ENV"] = str(self.environment)
        env["PATH"] = ";".join((str(self.environment / "Scripts"), variables(folder)["PATH"], str(scripts)))
        self.env = env

    def cmd(self, line: str) -> str:
        """A line as it stands, in cmd; its output. Fails where the line does."""
        done = subprocess.run(
            f'cmd.exe /d /s /c "{line}"',
            cwd=self.folder,
            env=variables(self.folder, self.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )
        text = (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r\n", "\n")
        assert done.returncode == 0, (line, text)
        return text

    def script(self, name: str, lines: str) -> str:
        (self.folder / name).write_text(lines, encoding="utf-8", newline="\r\n")
        return self.cmd(f'"{self.folder / name}"')

    def check(self, **more: str) -> dict[str, Any]:
        ran = envdoc(self.folder, "check", "--format", "json", env={**self.env, **more})
        assert ran.err == ""
        return dict(json.loads(ran.out))


def codes(report: dict[str, Any], severity: str = "error") -> list[str]:
    return [each["code"] for each in report["findings"] if each["severity"] == severity]


def test_the_seeds_day(tmp_path: Path, index: Index) -> None:
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    day = Day(tmp_path, index)
    with registry.values(registry.WELL), gpus.installed(SEED, tmp_path):
        day.cmd(f'"{sys.executable}" -m venv "{day.environment}"')
        day.cmd("python -m pip install -q llamafactory")

        before = day.check()
        assert (before["exit_code"], codes(before)) == (1, ["torch-cpu-build"])

        (finding,) = (each for each in before["findings"] if each["code"] == "torch-cpu-build")
        lines = [each["command"] for each in finding["remediation"]["commands"] if each["shell"] in ("any", "cmd")]
        assert PYTORCH in lines[0], lines
        day.cmd(lines[0].replace(PYTORCH, index.root()))

        after = day.check()
        assert (after["exit_code"], codes(after)) == (0, [])
        assert after["machine"]["target"]["torch"]["value"]["version"].endswith("+cu128")

        stray = day.check(USE_LIBUV="0 ")
        assert "variable-stray-blank" in codes(stray, "error") + codes(stray, "warning")
    said = day.cmd("set X=0 && python -c \"import os; print('[' + os.environ['X'] + ']')\"")
    assert said == "[0 ]\n"
    enters(day)
    starts_two_ranks(day)


def enters(day: Day) -> None:
    """`envdoc env --shell cmd`: its lines, in a script, bring the variables and enter the environment."""
    told = {"HF_ENDPOINT": "https://hf-mirror.com", "HF_HOME": r"D:\models & more", "PYTHONUTF8": "1"}
    (day.environment / ".envdoc").mkdir()
    (day.environment / ".envdoc" / "variables.json").write_text(json.dumps(told), encoding="utf-8")
    lines = envdoc(day.folder, "env", "--env", str(day.environment), "--shell", "cmd", env=day.env).out
    show = "\n".join(f"python -c \"import os; print(os.environ['{name}'])\"" for name in told)
    said = day.script("enter.cmd", f"@echo off\n{lines}{show}\n")
    assert said.splitlines() == list(told.values())


def starts_two_ranks(day: Day) -> None:
    """The launcher's script for cmd: two ranks of llamafactory's training function, and its exit code."""
    for name, text in launcher.files().items():
        (day.folder / name).write_text(text, encoding="utf-8")
    python = str(day.environment / "Scripts" / "python.exe")
    wish = LaunchWish("my 100%.yaml", Engine.LLAMAFACTORY, Sharing.DDP, 2, shell=Shell.CMD)
    words = (python, "ranks.py", "--ranks", "2", "--llamafactory", wish.train)
    said = day.script("train.cmd", script(wish, words))
    lines = sorted(line for line in said.splitlines() if line)
    assert lines == [f"[rank {n}] trains my 100%.yaml rank {n}" for n in (0, 1)]
