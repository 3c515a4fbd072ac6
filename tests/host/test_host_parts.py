"""The host's pure parts: programs on a PATH, variables, searches, the registry's keys, the Store's stubs."""

from __future__ import annotations

import mmap
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoc.host import batch, storestub, winregistry
from envdoc.host.bounded import Worker, once
from envdoc.host.local import LocalHost, normal_arch
from envdoc.host.searching import literal_prefix, matches
from envdoc.host.variables import Variables, clean, overlaid
from envdoc.host.where import candidates, in_windows_apps
from envdoc.model.machine import System


def test_candidates_on_windows() -> None:
    path = r'C:\a;;"C:\b c";C:\a'
    assert list(candidates("git", path, ".EXE;.CMD", System.WINDOWS)) == [
        r"C:\a\git.exe",
        r"C:\a\git.cmd",
        r"C:\b c\git.exe",
        r"C:\b c\git.cmd",
    ]
    assert list(candidates("git.EXE", r"C:\a", ".EXE", System.WINDOWS)) == [r"C:\a\git.EXE"]
    assert list(candidates("python3.12", r"C:\a", "", System.WINDOWS))[:2] == [
        r"C:\a\python3.12.com",
        r"C:\a\python3.12.exe",
    ]
    assert list(candidates(r"D:\x\git.exe", path, ".EXE", System.WINDOWS)) == [r"D:\x\git.exe"]


def test_candidates_on_linux() -> None:
    assert list(candidates("git", "/a::/b:/a", "", System.LINUX)) == ["/a/git", "/b/git"]
    assert list(candidates("./git", "/a", "", System.LINUX)) == ["./git"]
    assert list(candidates("", "/a", "", System.LINUX)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions: Windows tells a program by its extension")
def test_which_skips_folders_and_files_that_may_not_run(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "tool").mkdir()
    (tmp_path / "b" / "tool").write_text("")
    (tmp_path / "c" / "tool").write_text("")
    (tmp_path / "c" / "tool").chmod(0o755)
    path = ":".join(str(tmp_path / name) for name in ("absent", "a", "b", "c"))
    assert LocalHost({"PATH": path}).which("tool") == str(tmp_path / "c" / "tool")
    assert LocalHost({"PATH": str(tmp_path / "a")}).which("tool") is None


@pytest.mark.skipif(sys.platform != "win32", reason="Windows tells a program by its extension")
def test_which_finds_a_program_by_its_extension(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "tool.exe").mkdir()
    (tmp_path / "b" / "tool").write_text("")
    (tmp_path / "c" / "tool.exe").write_text("")
    path = ";".join(f'"{tmp_path / name}"' for name in ("absent", "a", "b", "c"))
    found = LocalHost({"PATH": path, "PATHEXT": ".COM;.EXE"}).which("tool")
    assert found == str(tmp_path / "c" / "tool.exe")
    assert LocalHost({"PATH": str(tmp_path / "b"), "PATHEXT": ".COM;.EXE"}).which("tool") is None


def test_only_what_can_be_started_is_looked_for() -> None:
    told = candidates("cmake", r"C:\a;C:\b", ".COM;.EXE;.VBS;.JS;.MSC;.PY;.Cmd", System.WINDOWS)
    assert [each.lower() for each in told] == [
        rf"c:\{at}\cmake{end}" for at in "ab" for end in (".com", ".exe", ".cmd")
    ]
    assert list(candidates("x.py", r"C:\a", ".EXE;.PY", System.WINDOWS)) == [r"C:\a\x.py.exe"]


def test_in_windows_apps() -> None:
    assert in_windows_apps(r"C:\Users\x\AppData\Local\Microsoft\WindowsApps\python.exe")
    assert not in_windows_apps(r"C:\Python312\python.exe")


def test_variables_ignore_case_only_on_windows() -> None:
    windows = Variables({"Path": "x"}, System.WINDOWS)
    assert (windows["PATH"], windows["path"], "pAth" in windows, list(windows)) == ("x", "x", True, ["Path"])
    assert "PATH" not in Variables({"Path": "x"}, System.LINUX)


def test_overlaid() -> None:
    base = {"Path": "x", "A": "1", "B": "2"}
    assert overlaid(base, {"PATH": "y", "A": ""}, System.WINDOWS) == {"B": "2", "PATH": "y"}
    assert overlaid(base, {"PATH": "y", "A": ""}, System.LINUX) == {"Path": "x", "B": "2", "PATH": "y"}


def test_values_that_are_no_text_can_be_saved() -> None:
    assert clean(b"caf\xe9".decode("utf-8", "surrogateescape")) == "caf�"


@pytest.mark.parametrize(
    ("machine", "arch"), [("AMD64", "x86_64"), ("x86_64", "x86_64"), ("arm64", "aarch64"), ("ARM64", "aarch64")]
)
def test_normal_arch(machine: str, arch: str) -> None:
    assert normal_arch(machine) == arch


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        (rb"sm_\d+", b"sm_"),
        (rb"sm_\d+[a-z]?(?: (?:sm|compute)_\d+)+", b"sm_"),
        (rb"(?:sm|compute)_\d+", b""),
        (rb"sm_\d+|compute_\d+", b""),
        (rb"abcd?e", b"abc"),
        (rb"abc\.?x", b"abc"),
        (rb"a\.b\-c.", b"a.b-c"),
        (rb"abc+", b"abc"),
        (rb"abc{2}", b"ab"),
        (rb"literal", b"literal"),
        (rb"[ab]c", b""),
        (rb"", b""),
    ],
)
def test_literal_prefix(pattern: bytes, prefix: bytes) -> None:
    assert literal_prefix(pattern) == prefix


@given(
    st.binary(min_size=1, max_size=60),
    st.sampled_from([rb"aaa?b?", rb"aab+", rb"aa(?:b|a)", rb"bbb{1,2}a", rb"abc|b"]),
)
def test_a_search_by_prefix_finds_what_re_finds(noise: bytes, pattern: bytes) -> None:
    data = bytes(b"abc\n"[byte % 4] for byte in noise)
    with mmap.mmap(-1, len(data)) as memory:
        memory[:] = data
        found = [match.span() for match in matches(memory, pattern)]
    assert found == [match.span() for match in re.finditer(pattern, data)]


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        (r"HKLM\SOFTWARE\X", ("HKEY_LOCAL_MACHINE", r"SOFTWARE\X")),
        (r"hkcu\Y", ("HKEY_CURRENT_USER", "Y")),
        (r"HKEY_LOCAL_MACHINE\Z", ("HKEY_LOCAL_MACHINE", "Z")),
        (r"NOPE\Z", ("", "Z")),
    ],
)
def test_registry_keys_are_split(key: str, parts: tuple[str, str]) -> None:
    assert winregistry.split(key) == parts


def _alias(target: str) -> bytes:
    strings = "\0".join(["Microsoft.DesktopAppInstaller_8wekyb3d8bbwe", "App!Python", target, "0"]) + "\0"
    body = (3).to_bytes(4, "little") + strings.encode("utf-16-le")
    return (0x8000001B).to_bytes(4, "little") + len(body).to_bytes(2, "little") + b"\0\0" + body


def test_alias_target() -> None:
    stub = r"C:\Program Files\WindowsApps\Microsoft.DesktopAppInstaller_1.2\AppInstallerPythonRedirector.exe"
    assert storestub.alias_target(_alias(stub)) == stub
    assert storestub.alias_target(b"") == ""
    assert storestub.alias_target(b"\x0c\x00\x00\xa0" + bytes(40)) == "", "a symbolic link"
    assert storestub.alias_target(_alias(stub)[:20]) == ""


def test_calls_are_bounded_and_pass_errors_on() -> None:
    def fail() -> None:
        raise LookupError("x")

    worker = Worker()
    for call in (worker.call, once):
        assert call(lambda: 7, 5.0) == 7
        with pytest.raises(LookupError, match="x"):
            call(fail, 5.0)
    assert worker.call(lambda: 8, 5.0) == 8


def test_batch_files_get_their_arguments_unread_by_cmd() -> None:
    argv = [r"C:\conda\condabin\conda.bat", "install", "torch>=2.8", 'a "b" & c', "%PATH%", "C:\\x y\\", ""]
    assert batch.command_line(argv) == (
        'cmd.exe /e:ON /v:OFF /d /s /c "'
        r'"C:\conda\condabin\conda.bat" "install" "torch>=2.8" "a ""b"" & c" "%%cd:~,%PATH%%cd:~,%" "C:\x y\\" ""'
        '"'
    )
    with pytest.raises(ValueError, match="line break"):
        batch.command_line(["x.bat", "a\nb"])


@pytest.mark.parametrize("program", ["conda.bat", r"C:\x\NPM.CMD", "x.bat. "])
def test_is_batch(program: str) -> None:
    assert batch.is_batch(program)


@pytest.mark.parametrize("program", ["python.exe", "bat", r"C:\x.bat\git"])
def test_is_no_batch(program: str) -> None:
    assert not batch.is_batch(program)
