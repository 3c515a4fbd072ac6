r"""What a sick Windows says: values of the wrong type, a PATH full of rubbish, programs that hang or speak GBK.

Each becomes a fact with its reason; nothing raises, and no probe starts PowerShell.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from windows_kit import envdoc, variables

from envdoc.host.decode import decode
from envdoc.host.local import LocalHost
from envdoc.host.recording import RecordingHost
from envdoc.model.codec import encode
from envdoc.model.machine import Machine
from envdoc.probe import Ask, collect
from lab import gpus, registry

pytestmark = [pytest.mark.windows_lab, pytest.mark.whole_windows]
_CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
_MEMORY = _CONTROL + r"\Session Manager\Memory Management"
_RUNTIME = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\X64"

WRONG_TYPES: tuple[registry.Keys, ...] = (
    {_CONTROL + r"\FileSystem": {"LongPathsEnabled": "yes"}},
    {_CONTROL + r"\FileSystem": {"LongPathsEnabled": b"\x01\x00"}},
    {_MEMORY: {"PagingFiles": 7}},
    {_MEMORY: {"PagingFiles": b"\xff\xfe"}},
    {_MEMORY: {"PagingFiles": ["", "Q:\\gone.sys 1 2", "rubbish"]}},
    {_RUNTIME: {"Installed": "1", "Major": "fourteen", "Minor": b"\x2c", "Bld": ["a"]}},
    {_CONTROL + r"\Nls\CodePage": {"ACP": 936}},
    {r"HKLM\SOFTWARE\Python\PythonCore\3.12\InstallPath": {"": 12}},
    {r"HKCU\SOFTWARE\Python\PythonCore\3.11\InstallPath": {"": r"Q:\gone\ ", "ExecutablePath": b"\x00"}},
)


def probed(home: Path, parts: tuple[str, ...] = (), **env: str) -> tuple[Machine, list[list[str]]]:
    """The machine as these variables show it, and every program that was started."""
    host = RecordingHost(LocalHost(variables(home, env)))
    machine = collect(host, Ask(parts=parts, fresh=True))
    runs: list[dict[str, Any]] = host.data().get("runs", [])  # type: ignore[assignment]
    return machine, [list(map(str, run["argv"])) for run in runs]


@pytest.mark.parametrize("keys", WRONG_TYPES, ids=lambda keys: str(next(iter(keys.values())))[:30])
def test_registry_values_of_the_wrong_type(tmp_path: Path, keys: registry.Keys) -> None:
    with registry.values(keys):
        machine, _ = probed(tmp_path, ("windows", "os", "pythons"))
    assert "Error" not in json.dumps(encode(machine.windows)), encode(machine.windows)
    assert "Error" not in json.dumps(encode(machine.os))


def test_a_path_of_8000_characters_with_quotes_and_dead_entries(tmp_path: Path) -> None:
    dead = ";".join(rf'"Q:\gone {n}\bin"' if n % 2 else rf"C:\dead{n}" for n in range(700))
    path = f';;"{dead};;{Path(sys.executable).parent};\\\\nowhere\\share;%UNSET%\\bin;.;{variables(tmp_path)["PATH"]}'
    assert len(path) > 8000
    machine, _ = probed(tmp_path, PATH=path)
    found = [python.path.lower() for python in machine.pythons.or_else(())]
    assert str(Path(sys.executable)).lower() in found


CUDA_PATHS = ("C:\\CUDA\\v12.8\\", '"C:\\CUDA\\v12.8"', 'C:\\CUDA\\v12.8\\"', "Q:\\gone", " ", "\\\\?\\")


@pytest.mark.parametrize("value", CUDA_PATHS)
def test_cuda_path_as_people_write_it(tmp_path: Path, value: str) -> None:
    machine, _ = probed(tmp_path, CUDA_PATH=value, CUDA_HOME=value)
    assert "Error" not in json.dumps(encode(machine.toolkits))


def test_no_probe_starts_powershell(tmp_path: Path) -> None:
    _, runs = probed(tmp_path)
    assert [run for run in runs if any("powershell" in word.lower() or "pwsh" in word.lower() for word in run)] == []


@pytest.mark.parametrize(("smi", "why"), [("hangs", "timed-out"), ("gbk", "failed"), ("fails", "failed")])
def test_an_nvidia_smi_that_does_not_answer(tmp_path: Path, smi: str, why: str) -> None:
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    driver = gpus.Driver("576.88", 12090, (gpus.RTX_4090,), smi=smi, files=(gpus.SMI,))
    with gpus.installed(driver, tmp_path):
        machine, _ = probed(tmp_path, ("smi",), ENVDOC_LAB_GPUS=os.environ["ENVDOC_LAB_GPUS"])
    told = machine.gpu_sources["nvidia-smi"]
    assert told.why is not None
    assert told.why.value == why


def test_gbk_is_read_where_the_code_page_is_936(tmp_path: Path) -> None:
    """wine's own code page is not Chinese: the bytes of the made-up nvidia-smi, as Windows in China decodes them."""
    files = Path(os.environ.get("ENVDOC_LAB_FILES", ""))
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    table = tmp_path / "gpus.txt"
    table.write_text(gpus.Driver("1", 1, (), smi="gbk").table(), encoding="ascii")
    env = {**os.environ, "ENVDOC_LAB_GPUS": str(table)}
    done = subprocess.run([files / gpus.SMI], env=env, capture_output=True, timeout=60, check=False)
    assert decode(done.stdout, ("cp936",)).strip() == "找不到驱动程序"


def test_a_driver_that_answers_nonsense(tmp_path: Path) -> None:
    """Versions that are none, a name of bytes that are no text, sizes and capabilities that cannot be."""
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    odd = gpus.Card("\xff\xfe\x01GPU", "-3.4294967295", 4294967295)
    driver = gpus.Driver("\xb0\xa1 no version", -5, (odd, odd))
    with gpus.installed(driver, tmp_path):
        machine, _ = probed(tmp_path, ENVDOC_LAB_GPUS=os.environ["ENVDOC_LAB_GPUS"])
        ran = envdoc(tmp_path, "check", env={"PYTHONUTF8": "1"})
    json.dumps(encode(machine))
    assert len(machine.gpus.or_else(())) == 2
    print(ran.out)
    assert (ran.err, "Traceback" in ran.out, ran.code) == ("", False, 1)


@pytest.mark.parametrize("content", [b"", b"MZ rubbish", b"#!/bin/sh\n"], ids=["empty", "rubbish", "a script"])
def test_a_prefix_that_does_not_start(tmp_path: Path, content: bytes) -> None:
    scripts = tmp_path / "env" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts / "python.exe").write_bytes(content)
    ran = envdoc(tmp_path, "check", "--env", str(tmp_path / "env"), "--only", "python-found", env={"PYTHONUTF8": "1"})
    assert (ran.err, "Traceback" in ran.out, ran.code) == ("", False, 1)
    assert "python-broken" in ran.out


@pytest.mark.parametrize("gone", [r"Q:\envs\train", r"\\\\nowhere\share\train", r"C:\no\such"])
def test_an_active_environment_that_is_gone(tmp_path: Path, gone: str) -> None:
    """Nothing that is started in it can work: an error, that names the environment."""
    env = {"VIRTUAL_ENV": gone, "PYTHONUTF8": "1", "ENVDOC_LANG": "en"}
    ran = envdoc(tmp_path, "check", "--only", "python-found", env=env)
    assert (ran.err, "Traceback" in ran.out, ran.code) == ("", False, 1)
    assert f"{gone} (active virtual environment): it has no Python" in ran.out


def test_a_dll_that_is_none(tmp_path: Path) -> None:
    """A file of rubbish where the driver's libraries should be, as a broken update leaves it."""
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    broken = gpus.Driver("", 0, (), files=gpus.DLLS, content=b"MZ rubbish " + gpus.MARK)
    with gpus.installed(broken, tmp_path):
        machine, _ = probed(tmp_path, ("nvml", "cuda_init"))
    assert machine.driver.nvml.why is not None
    assert machine.driver.cuda_init.why is not None
    assert shutil.which("nvidia-smi") is None
