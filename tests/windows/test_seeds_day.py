r"""The day that this project was made for, from beginning to end, in a real cmd.exe.

Two RTX 5060 Ti, driver 576, Python 3.12: `pip install llamafactory` brings a CPU torch. `check` names it, the line
that it prints mends it, the variables come in, and the script for two GPUs starts two ranks without torchrun. The
packages are small ones with the real names; for `https://download.pytorch.org/whl` in the line stands the loopback
index's address, all else is as printed. What was shown is printed; `ENVDOC_UPDATE_GOLDEN=1` keeps it in
`golden/seeds-day.txt`, and then it must stay so.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import TORCH_VERSION, Index, torch_wheel, wheel
from small_factory import factory
from test_powershell_lines import mistakes
from windows_kit import envdoc, settled, variables

from lab import gpus, registry

pytestmark = [pytest.mark.windows_lab, pytest.mark.whole_windows]
SEED = gpus.Driver("576.88", 12090, (gpus.RTX_5060_TI,) * 2)
PYTORCH = "https://download.pytorch.org/whl"
GOLDEN = Path(__file__).parent / "golden" / "seeds-day.txt"


@pytest.fixture
def index() -> Iterator[Index]:
    """The Python package index, whose torch for Windows is a CPU build, and the PyTorch index with its variants."""
    with Index() as started:
        cpu = {"torch/version.py": TORCH_VERSION.format(version="2.8.0+cpu", cuda=None)}
        started.add("pypi", wheel("torch", "2.8.0", cpu), wheel("numpy", "1.26.4"))
        started.add("pypi", factory("0.9.3", requires=("torch>=2.0.0", "numpy<2")))
        for tag in ("cu126", "cu128", "cpu"):
            started.add(tag, torch_wheel(f"2.8.0+{tag}"), torch_wheel(f"2.7.1+{tag}"))
            started.add(tag, wheel("torchvision", f"0.23.0+{tag}"), wheel("torchaudio", f"2.8.0+{tag}"))
            started.add(tag, wheel("torchvision", f"0.22.1+{tag}"), wheel("torchaudio", f"2.7.1+{tag}"))
        yield started


class Day:
    """One user's terminal: a folder, an environment in it, what the terminal knows, and all that it showed."""

    def __init__(self, folder: Path, index: Index) -> None:
        self.folder, self.index = folder, index
        self.environment = folder / "my train env"
        self.shown: list[str] = []
        scripts = Path(sys.executable).parent / "Scripts"
        env = {"UV_NO_CACHE": "1", "UV_DEFAULT_INDEX": index.url("pypi"), "PIP_INDEX_URL": index.url("pypi")}
        env |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUAL_ENV": str(self.environment)}
        env["PATH"] = ";".join((str(self.environment / "Scripts"), variables(folder)["PATH"], str(scripts)))
        self.env = env

    def cmd(self, line: str, code: int = 0) -> str:
        """A line as it stands, in cmd; its output. Fails where its exit code is another."""
        done = subprocess.run(
            f'cmd.exe /d /s /c "{line}"',
            cwd=self.folder,
            env=variables(self.folder, self.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        text = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
        self.shown.append(f"C:\\> {line}\n{text}")
        assert done.returncode == code, (line, text)
        return text

    def script(self, name: str, lines: str, code: int = 0) -> str:
        (self.folder / name).write_text(lines, encoding="utf-8", newline="\r\n")
        return self.cmd(name, code)

    def check(self, **more: str) -> dict[str, Any]:
        """`check` as a person reads it goes into the transcript; as a document it is given back."""
        env = {**self.env, **more}
        said = "".join(f'C:\\> set "{name}={value}"\n' for name, value in more.items())
        told = envdoc(self.folder, "check", env=env)
        self.shown.append(f"{said}C:\\> envdoc check\n{told.out}(exit {told.code})\n")
        ran = envdoc(self.folder, "check", "--format", "json", env=env)
        assert ran.err == ""
        return dict(json.loads(ran.out))

    def transcript(self) -> str:
        """All that was shown, without what differs from day to day: folders, ports, times."""
        text = settled("\n".join(self.shown), self.environment).replace(str(self.folder), "HOME")
        text = text.replace(self.index.root(), PYTORCH)
        return re.sub(r"\b\d+(\.\d+)?(ms|s)\b", "TIME", re.sub(r" +\n", "\n", text))


def codes(report: dict[str, Any], severity: str = "error") -> list[str]:
    return [each["code"] for each in report["findings"] if each["severity"] == severity]


def test_the_seeds_day(tmp_path: Path, index: Index) -> None:
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    day = Day(tmp_path, index)
    with registry.values(registry.WELL), gpus.installed(SEED, tmp_path):
        day.cmd(f'"{sys.executable}" -m venv "{day.environment}"')
        day.cmd("python -m pip install -q llamafactory")
        finds_and_mends(day)
        enters(day)
        starts_one(day)
        starts_two_ranks(day)
        two_ranks_end_together(day)
    text = day.transcript()
    print(text)
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")
    if GOLDEN.exists():
        assert text == GOLDEN.read_text(encoding="utf-8")


def finds_and_mends(day: Day) -> None:
    before = day.check()
    assert (before["exit_code"], codes(before)) == (1, ["torch-cpu-build"])

    (finding,) = (each for each in before["findings"] if each["code"] == "torch-cpu-build")
    lines = [each["command"] for each in finding["remediation"]["commands"] if each["shell"] in ("any", "cmd")]
    assert PYTORCH in lines[0], lines
    day.cmd(lines[0].replace(PYTORCH, day.index.root()))

    after = day.check()
    assert (after["exit_code"], codes(after)) == (0, [])
    assert after["machine"]["target"]["torch"]["value"]["version"].endswith("+cu128")

    stray = day.check(USE_LIBUV="0 ")
    assert "variable-stray-blank" in codes(stray, "error") + codes(stray, "warning")
    said = day.cmd("set X=0 && python -c \"import os; print('[' + os.environ['X'] + ']')\"")
    assert said == "[0 ]\n"


TOLD = {"HF_ENDPOINT": "https://hf-mirror.com", "HF_HOME": r"D:\models & more", "PYTHONUTF8": "1"}


def enters(day: Day) -> None:
    """The lines of `envdoc env`, in a script of each shell, bring the variables and enter the environment."""
    (day.environment / ".envdoc").mkdir()
    (day.environment / ".envdoc" / "variables.json").write_text(json.dumps(TOLD), encoding="utf-8")
    asked = ("env", "--env", str(day.environment), "--shell")
    show = "\n".join(f"python -c \"import os; print(os.environ['{name}'])\"" for name in TOLD)

    lines = envdoc(day.folder, *asked, "cmd", env=day.env).out
    said = day.script("enter.cmd", f"@echo off\n{lines}{show}\n")
    assert said.splitlines() == list(TOLD.values())

    lines = envdoc(day.folder, *asked, "powershell", env=day.env).out
    assert mistakes(lines) == [], lines
    assert all(f"$env:{name} = '{value}'" in lines for name, value in TOLD.items()), lines

    lines = envdoc(day.folder, *asked, "bash", env=day.env).out
    assert all(f"export {name}=" in lines for name in TOLD), lines
    in_bash(day, lines)


def in_bash(day: Day, lines: str) -> None:
    """The variables only: a bash without Windows' folders (wine's is Linux' own) cannot enter the environment."""
    bash = shutil.which("bash") or (r"Z:\bin\bash" if Path(r"Z:\bin\bash").exists() else "")
    if not bash:
        return
    exports = "".join(f"{line}\n" for line in lines.splitlines() if line.startswith("export ") and "PATH" not in line)
    show = "".join(f'printf "%s\\n" "${name}"\n' for name in TOLD)
    script = f"{exports}{{\n{show}}} > shown.part\nmv shown.part shown.txt\n"
    (day.folder / "enter.sh").write_text(script, encoding="utf-8", newline="\n")
    with contextlib.chdir(day.folder):  # not by subprocess: wine starts a Linux program without a handle to wait for
        os.spawnv(os.P_NOWAIT, bash, ["bash", "enter.sh"])
    shown, until = day.folder / "shown.txt", time.monotonic() + 60
    while not shown.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert shown.read_text(encoding="utf-8").splitlines() == list(TOLD.values())


def launched(day: Day, train: str, *words: str) -> str:
    """The line that starts the files of `envdoc launch`, as it says it."""
    (day.folder / train).write_text("model_name_or_path: Qwen/Qwen3-0.6B\nddp_backend: gloo\n", encoding="utf-8")
    ran = envdoc(day.folder, "launch", train, "--shell", "cmd", "-o", "run", "--yes", *words, env=day.env)
    assert ran.code == 0, ran
    day.shown.append(f'C:\\> envdoc launch "{train}" --shell cmd -o run --yes {" ".join(words)}\n{ran.out}')
    return ran.out.rstrip().splitlines()[-1].strip().removeprefix("$ ")


def starts_one(day: Day) -> None:
    """One GPU: LLaMA-Factory's own program, as the training file says."""
    said = day.cmd(launched(day, "train.yaml", "--gpus", "1"))
    assert said.splitlines() == ["trains train.yaml rank 0 of 1 CUDA_VISIBLE_DEVICES=0"]


def starts_two_ranks(day: Day) -> None:
    """Both GPUs that the driver shows: two ranks of llamafactory's training function, without torchrun."""
    said = day.cmd(launched(day, "my 100%.yaml"))
    lines = sorted(line for line in said.splitlines() if line)
    trains = [f"[rank {n}] trains my 100%.yaml rank {n} of 2 LOCAL_RANK={n} USE_LIBUV=0" for n in (0, 1)]
    assert lines == sorted((*trains, *(f"[rank {n}] met rank {1 - n}" for n in (0, 1))))
    day.shown[-1] = "\n".join((day.shown[-1].splitlines()[0], *lines, ""))  # which one speaks first is chance


def two_ranks_end_together(day: Day) -> None:
    """One rank fails: the other is ended, and the script has the exit code of the one that failed."""
    said = day.cmd(launched(day, "fails.yaml"), code=3)
    assert "rank 1 ended with 3; the others are ended" in said
    day.shown[-1] = "\n".join((day.shown[-1].splitlines()[0], *sorted(said.splitlines()), "(exit 3)", ""))
