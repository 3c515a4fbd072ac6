"""Recordings: made, saved, edited by hand, replayed on another system."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_nvml import fails, healthy

from envdoc.errors import DataError
from envdoc.host.base import Completed, Host, Stat, Usage
from envdoc.host.local import LocalHost
from envdoc.host.nvml import LocalNvml
from envdoc.host.recorded import RecordedHost
from envdoc.host.recording import RecordingHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import System

WINDOWS: dict[str, Any] = {
    "schema": 1,
    "origin": "minted",
    "system": "windows",
    "arch": "x86_64",
    "cpus": 16,
    "environ": {"Path": r"C:\Windows", "CUDA_PATH": r"C:\CUDA\v12.8"},
    "which": {"nvcc": r"C:\CUDA\v12.8\bin\nvcc.exe"},
    "files": {
        r"C:\CUDA\v12.8\version.json": "{}",
        r"C:\CUDA\v12.8\bin\nvcc.exe": "MZ",
        r"C:\secret": {"why": "denied", "detail": "Access is denied"},
    },
    "disks": {"C:\\": {"free_mib": 1000, "total_mib": 2000}},
    "registry": {r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion": {"CurrentBuild": "26100", "": 7}},
    "registry_keys": {r"HKLM\SOFTWARE\Python": ["PythonCore"]},
    "fetches": {"https://pypi.org/simple/torch/": {"why": "failed", "detail": "HTTP 404"}},
    "runs": [
        {"argv": ["nvcc", "--version"], "stdout": "release 12.8\n"},
        {"argv": ["nvidia-smi"], "why": "timed-out", "detail": "killed after 5 s"},
    ],
    "nvml": {
        "init": "13.581.29",
        "system": {"DriverVersion": "581.29"},
        "devices": [
            {
                "Name": "NVIDIA GeForce RTX 5090",
                "MemoryInfo": {"total": 34190917632},
                "TotalEccErrors(1, 0)": {"why": "unsupported", "detail": "NVML_ERROR_NOT_SUPPORTED"},
            }
        ],
    },
}


def test_windows_replayed_anywhere() -> None:
    host = RecordedHost(WINDOWS)
    assert (host.system, host.arch, host.cpu_count()) == (System.WINDOWS, "x86_64", 16)
    assert (host.environ["PATH"], host.environ.get("cuda_path")) == (r"C:\Windows", r"C:\CUDA\v12.8")
    assert list(host.environ) == ["Path", "CUDA_PATH"]
    assert host.which("nvcc") == r"C:\CUDA\v12.8\bin\nvcc.exe"
    assert host.read("c:/cuda/V12.8/version.json").value == "{}"
    assert host.read(r"C:\secret") == missing(Why.DENIED, r"C:\secret", "Access is denied")
    assert host.listdir(r"C:\CUDA\v12.8") == known(("bin", "version.json"), r"C:\CUDA\v12.8")
    assert host.stat("C:/CUDA/v12.8/bin/nvcc.exe").value == Stat(2, False, False, 0.0)
    assert host.stat("C:/CUDA/v12.8/").value == Stat(0, True, False, 0.0)
    assert host.disk("c:").value == Usage(1000, 2000)
    key = r"hklm\software\microsoft\windows nt\currentversion"
    assert (host.registry(key, "CurrentBuild").value, host.registry(key).value) == ("26100", 7)
    assert host.registry_keys(r"HKLM\SOFTWARE\Python").value == ("PythonCore",)
    assert host.fetch("https://pypi.org/simple/torch/", timeout=1).detail == "HTTP 404"
    assert host.unmatched == []


def test_runs_replayed() -> None:
    host = RecordedHost(WINDOWS)
    seen: list[str] = []
    assert host.run(["nvcc", "--version"], timeout=1, on_line=seen.append) == Completed(
        ("nvcc", "--version"), 0, "release 12.8\n"
    )
    assert seen == ["release 12.8"]
    hung = host.run(["nvidia-smi"], timeout=1)
    assert (hung.returncode, hung.why, hung.detail) == (None, Why.TIMED_OUT, "killed after 5 s")


def test_nvml_replayed() -> None:
    nvml = RecordedHost(WINDOWS).nvml
    assert (nvml.init().value, nvml.count().value) == ("13.581.29", 1)
    assert nvml.device(0, "MemoryInfo") == known({"total": 34190917632}, "nvml")
    assert nvml.device(0, "TotalEccErrors", 1, 0) == missing(
        Why.UNSUPPORTED, "nvml", "NVML_ERROR_NOT_SUPPORTED", "NVML_ERROR_NOT_SUPPORTED"
    )


def test_what_is_not_listed_does_not_exist_and_is_remembered() -> None:
    host = RecordedHost({"schema": 1, "origin": "minted", "system": "windows"})
    assert host.run(["git", "--version"], timeout=1).why is Why.ABSENT
    assert host.run(["git"], timeout=1, env={"A": "1"}).why is Why.ABSENT
    assert host.which("git") is None
    assert {fact.why for fact in (host.read("C:/x"), host.listdir("C:/x"), host.stat("C:/x"))} == {Why.ABSENT}
    assert host.search("C:/x", b"a+").why is Why.ABSENT
    assert host.disk("C:/x").why is Why.ABSENT
    assert host.registry("HKLM\\X", "y").why is Why.ABSENT
    assert host.registry_keys("HKLM\\X").why is Why.ABSENT
    assert host.fetch("https://x", timeout=1).why is Why.ABSENT
    assert host.realpath("C:/x") == "C:/x"
    assert host.nvml.device(0, "Name") == missing(
        Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND"
    )
    assert host.unmatched == [
        ("run", "git --version"),
        ("run", "git"),
        ("which", "git"),
        ("read", "C:/x"),
        ("listdir", "C:/x"),
        ("stat", "C:/x"),
        ("search", "C:/x: a+"),
        ("disk", "C:/x"),
        ("registry", "HKLM\\X: y"),
        ("registry_keys", "HKLM\\X"),
        ("fetch", "https://x"),
        ("nvml", "init"),
    ]


def test_posix_paths_keep_their_case() -> None:
    host = RecordedHost({"schema": 1, "origin": "minted", "system": "linux", "files": {"/A/b": "x"}})
    assert host.read("/A/b").known
    assert not host.read("/a/b").known
    assert not host.read("\\A\\b").known
    assert host.registry("HKLM\\X").why is Why.UNSUPPORTED


def test_our_own_interpreter_and_scripts_have_names(tmp_path: Path) -> None:
    script = "# says hello\nprint('hello')\n"
    recording = RecordingHost(LocalHost())
    recording.run([sys.executable, "-c", script], timeout=20)
    assert recording.data()["runs"][0]["argv"] == ["{python}", "-c", "script: # says hello"]
    replay = RecordedHost(recording.data())
    assert replay.run([sys.executable, "-c", script + "# newer\n"], timeout=20).stdout.strip() == "hello"


class _WithNvml(LocalHost):
    def __init__(self, nvml: LocalNvml) -> None:
        super().__init__({"PATH": "", "HOME": "/home/jdoe", "USER": "jdoe", "HF_TOKEN": "hf_abcdefghijklmnop"})
        self.door = nvml

    @property
    def nvml(self) -> LocalNvml:  # type: ignore[override]
        return self.door


def nvml_answers(host: Host) -> list[Any]:
    nvml = host.nvml
    return [
        nvml.init(),
        nvml.count(),
        nvml.system("DriverVersion"),
        nvml.device(0, "Name"),
        nvml.device(0, "TotalEccErrors", 1, 0),
        nvml.device(0, "ComputeRunningProcesses"),
        nvml.device(1, "Name"),
    ]


@pytest.mark.parametrize("library", [healthy(), healthy(nvmlInit_v2=fails(18))], ids=["healthy", "mismatch"])
def test_nvml_recorded_and_replayed(library: Any) -> None:
    recording = RecordingHost(_WithNvml(LocalNvml(lambda: library)))
    told = nvml_answers(recording)
    assert nvml_answers(RecordedHost(recording.data())) == told


def test_only_variables_that_were_looked_at_are_kept_and_files_are_redacted(tmp_path: Path) -> None:
    recording = RecordingHost(_WithNvml(LocalNvml(lambda: healthy())))
    assert recording.environ["HF_TOKEN"].startswith("hf_")
    assert "SECRET" not in recording.environ
    recording.read("/home/jdoe/.condarc")
    recording.save(tmp_path / "host.json")
    data = json.loads((tmp_path / "host.json").read_text(encoding="utf-8"))
    assert data["environ"] == {"HF_TOKEN": "***"}
    assert data["files"] == {"/home/user/.condarc": {"why": "absent"}}
    assert RecordedHost.load(tmp_path / "host.json").read("/home/user/.condarc").why is Why.ABSENT


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "f.json: schema 2 is not known"),
        ({"origin": "found"}, "f.json: origin 'found' is not one of recorded, minted"),
        ({"system": "beos"}, "f.json: system 'beos' is not one of linux, windows, darwin"),
        ({"file": {}}, "f.json: unknown field 'file'"),
        ({"files": []}, "f.json: files: expected an object"),
        ({"runs": {}}, "f.json: runs: expected a list"),
        ({"runs": [{"stdout": ""}]}, "f.json: runs[0]: expected an object with argv"),
    ],
)
def test_a_file_that_is_no_recording(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        RecordedHost(WINDOWS | change, "f.json")
    assert caught.value.message == message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        RecordedHost.load(tmp_path / "absent.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(DataError, match=r"broken\.json: Expecting property name"):
        RecordedHost.load(tmp_path / "broken.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(DataError, match="expected an object, found list"):
        RecordedHost.load(tmp_path / "list.json")
