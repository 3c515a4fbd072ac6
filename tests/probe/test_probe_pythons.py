"""Python interpreters, described by the files around them, and the environment that is judged."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from probe_machines import found, h200, recorded

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.host.recorded import RecordedHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Python, PythonKind, TargetKind
from envdoc.probe import collect, pythons, target
from envdoc.probe.ask import Ask
from envdoc.probe.python_info import describe

ELF = "\x7fELF\x02"
PYENV = "/root/.pyenv"


def pyenv_host(**more: object) -> RecordedHost:
    """pyenv with 3.11.7 chosen; its shims are first on PATH."""
    versions = {f"{PYENV}/versions/{each}/bin/python": ELF for each in ("3.11.7", "3.12.1", "2.7.18")}
    shims = {f"{PYENV}/shims/{each}": "#!/usr/bin/env bash\n" for each in ("python", "python3", "python3.12")}
    headers = {f"{PYENV}/versions/3.11.7/include/python3.11/Python.h": ""}
    more.setdefault("environ", {"HOME": "/root", "PATH": f"{PYENV}/shims:/usr/bin"})
    files = {**versions, **shims, **headers, f"{PYENV}/version": "3.11.7\n"}
    return recorded(files={**files, **more.pop("files", {})}, **more)  # type: ignore[dict-item]


def test_debians_own_python() -> None:
    assert describe(h200(), "/usr/bin/python3") == Python(
        path="/usr/bin/python3",
        version="3.12.3",
        kind=PythonKind.SYSTEM,
        headers=known(True, "/usr/include/python3.12"),
        externally_managed=True,
    )


def test_shims_are_followed_and_versions_that_nobody_chose_are_found_once() -> None:
    told = pythons.probe(pyenv_host(), "").or_else(())
    assert [(python.path, python.version, python.kind) for python in told] == [
        (f"{PYENV}/versions/3.11.7/bin/python", "3.11.7", PythonKind.PYENV),
        (f"{PYENV}/versions/3.12.1/bin/python", "3.12.1", PythonKind.PYENV),
    ]
    assert [python.headers.value for python in told] == [True, False]


def test_envdocs_own_environment_is_no_python_of_the_user() -> None:
    host = pyenv_host(
        environ={"HOME": "/root", "PATH": "/own/bin:/usr/bin"},
        files={"/own/bin/python": ELF, "/own/pyvenv.cfg": "version = 3.12.1\n"},
    )
    assert "/own/bin/python" not in [python.path for python in pythons.probe(host, "/own").or_else(())]
    assert "/own/bin/python" in [python.path for python in pythons.probe(host, "").or_else(())]


@pytest.mark.parametrize("config", ["home = /far/bin\n", "home = /far/bin\nexecutable = /far/bin/python3.12\n"])
def test_the_python_behind_envdocs_own_environment_is_the_last(config: str) -> None:
    """On no PATH and in no list: a portable Python that somebody made envdoc's environment from."""
    files = {"/own/bin/python": ELF, "/own/pyvenv.cfg": f"{config}version = 3.12.1\n", "/far/bin/python3.12": ELF}
    host = pyenv_host(files={**files, "/far/bin/python3": ELF, "/far/include/python3.12/Python.h": ""})
    told = [python.path for python in pythons.probe(host, "/own").or_else(())]
    assert told[:-1] == [python.path for python in pythons.probe(host, "").or_else(())]
    assert told[-1] == ("/far/bin/python3.12" if "executable" in config else "/far/bin/python3")


def test_the_python_that_envdoc_stands_in_is_the_last() -> None:
    host = pyenv_host(
        environ={"HOME": "/root", "PATH": "/far/bin"}, files={"/far/bin/python3.12": ELF, "/far/bin/python": ELF}
    )
    told = [python.path for python in pythons.probe(host, "/far").or_else(())]
    assert (told[-1], told.count("/far/bin/python")) == ("/far/bin/python", 1)


def test_uv_and_conda_pythons() -> None:
    uv = "/home/u/.local/share/uv/python/cpython-3.12.10-linux-x86_64-gnu"
    host = recorded(
        environ={"HOME": "/home/u"},
        files={
            f"{uv}/bin/python": ELF,
            f"{uv}/include/python3.12/Python.h": "",
            "/home/u/.conda/environments.txt": "/home/u/miniconda3\n/gone\n",
            "/home/u/miniconda3/bin/python": ELF,
            "/home/u/miniconda3/conda-meta/python-3.13.2-hf636f53_101_cp313.json": "{}",
        },
    )
    told = pythons.probe(host, "").or_else(())
    assert [(python.version, python.kind) for python in told] == [
        ("3.12.10", PythonKind.UV),
        ("3.13.2", PythonKind.CONDA),
    ]


def test_a_free_threaded_build() -> None:
    base = "/home/u/.local/share/uv/python/cpython-3.14.0+freethreaded-linux-x86_64-gnu"
    host = recorded(
        files={
            f"{base}/bin/python": ELF,
            f"{base}/lib/python3.14t/os.py": "",
            f"{base}/include/python3.14t/Python.h": "",
        }
    )
    told = describe(host, f"{base}/bin/python")
    assert (told.version, told.free_threaded, told.headers.value) == ("3.14.0", True, True)


def test_no_python_at_all() -> None:
    assert pythons.probe(recorded(), "") == missing(Why.ABSENT, "PATH", "no Python found")


LOCAL = r"C:\Users\u\AppData\Local"
CORE = r"HKCU\SOFTWARE\Python\PythonCore"


def windows_host(**more: object) -> RecordedHost:
    """The Store's stub first on PATH; 3.12 from python.org; a 32-bit 3.10; the embeddable package."""
    apps, org, old = rf"{LOCAL}\Microsoft\WindowsApps", rf"{LOCAL}\Programs\Python\Python312", r"C:\Python310-32"
    tables: dict[str, object] = {
        "environ": {"Path": rf"{apps};{org};C:\embed", "USERPROFILE": r"C:\Users\u"},
        "files": {
            rf"{apps}\python.exe": "",
            rf"{org}\python.exe": "MZ",
            rf"{org}\include\Python.h": "",
            rf"{org}\libs\python312.lib": "",
            rf"{org}\include\patchlevel.h": '#define PY_VERSION  "3.12.10"\n',
            rf"{old}\python.exe": "MZ",
            rf"{old}\include\patchlevel.h": '#define PY_VERSION  "3.10.11"\n',
            r"C:\embed\python.exe": "MZ",
            r"C:\embed\python312._pth": "python312.zip\n",
            r"C:\embed\python312.dll": "MZ",
        },
        "registry_keys": {CORE: ["3.10-32", "3.12"]},
        "registry": {
            rf"{CORE}\3.12\InstallPath": {"": org + "\\", "ExecutablePath": rf"{org}\python.exe"},
            rf"{CORE}\3.10-32\InstallPath": {"": old + "\\"},
        },
        "searches": {rf"{old}\python.exe": found((rb"PE\x00\x00L\x01", "PE\0\0L\x01"))},
    }
    return recorded("windows", **{**tables, **more})


def test_pythons_of_windows() -> None:
    told = pythons.probe(windows_host(), "").or_else(())
    assert [(python.version, python.kind, python.bits, python.headers.value) for python in told] == [
        ("", PythonKind.STORE_STUB, 64, None),
        ("3.12.10", PythonKind.PATH, 64, True),
        ("3.12", PythonKind.EMBEDDED, 64, False),
        ("3.10.11", PythonKind.LAUNCHER, 32, False),
    ]


@pytest.mark.parametrize("gone", [r"include\Python.h", r"libs\python312.lib"])
def test_what_triton_needs_of_a_windows_python(gone: str) -> None:
    """It compiles against the one and links with the other; a portable Python often has neither."""
    org = rf"{LOCAL}\Programs\Python\Python312"
    kept = {rf"{org}\python.exe": "MZ", rf"{org}\include\patchlevel.h": '#define PY_VERSION  "3.12.10"\n'}
    kept |= {rf"{org}\{name}": "" for name in (r"include\Python.h", r"libs\python312.lib") if name != gone}
    told = describe(recorded("windows", files=kept), rf"{org}\python.exe")
    assert (told.version, told.headers) == ("3.12.10", known(False, rf"{org}\{gone.split(chr(92))[0]}"))


def test_pythons_of_others_are_registered_too() -> None:
    """PEP 514: Anaconda and uv write themselves beside python.org's."""
    root, conda = r"HKCU\SOFTWARE\Python", r"C:\Users\u\anaconda3"
    free = r"D:\py\cpython-3.14.0+freethreaded-windows-x86_64-none"
    files = {
        rf"{conda}\python.exe": "MZ",
        rf"{conda}\conda-meta\python-3.11.9-h1_0.json": "{}",
        rf"{free}\python.exe": "MZ",
        rf"{free}\python314t.dll": "MZ",
    }
    keys = {root: ["ContinuumAnalytics", "Astral", "PyLauncher"]}
    keys |= {rf"{root}\ContinuumAnalytics": ["py311"], rf"{root}\Astral": ["CPython3.14.0t"]}
    values = {
        rf"{root}\ContinuumAnalytics\py311\InstallPath": {"": conda},
        rf"{root}\Astral\CPython3.14.0t\InstallPath": {"": free},
    }
    told = pythons.probe(recorded("windows", files=files, registry_keys=keys, registry=values), "").or_else(())
    assert [(each.path, each.version, each.kind, each.free_threaded) for each in told] == [
        (rf"{conda}\python.exe", "3.11.9", PythonKind.CONDA, False),
        (rf"{free}\python.exe", "3.14.0", PythonKind.UV, True),
    ]


def test_the_store_stub_is_never_judged() -> None:
    choice = target.choose(windows_host(), Ask())
    assert choice == target.Choice(
        rf"{LOCAL}\Programs\Python\Python312", rf"{LOCAL}\Programs\Python\Python312\python.exe", "PATH"
    )


def test_the_stores_python_when_it_is_there() -> None:
    apps = rf"{LOCAL}\Microsoft\WindowsApps"
    package = rf"{apps}\PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0\python.exe"
    host = windows_host(files={rf"{apps}\python.exe": "", package: ""})
    told = describe(host, rf"{apps}\python.exe")
    assert (told.version, told.kind) == ("3.12", PythonKind.STORE)
    assert target.choose(host, Ask()).python == rf"{apps}\python.exe"


TOOL = "/home/u/.local/share/uv/tools/envdoc-gpu"
VENV = {
    "/v/bin/python": ELF,
    "/v/pyvenv.cfg": "home = /usr/bin\nversion = 3.12.3\n",
    "/v/lib/python3.12/site-packages/x.py": "",
}


@pytest.mark.parametrize(
    ("ask", "environ", "expected"),
    [
        (Ask(env="/v"), {"VIRTUAL_ENV": "/other"}, ("/v", "/v/bin/python", "--env")),
        (Ask(python="/v/bin/python"), {}, ("/v", "/v/bin/python", "--python")),
        (Ask(python="/usr/bin/python3"), {}, ("/usr", "/usr/bin/python3", "--python")),
        (Ask(), {"VIRTUAL_ENV": "/v", "CONDA_PREFIX": "/c"}, ("/v", "/v/bin/python", "active virtual environment")),
        (Ask(own_prefix="/v"), {"VIRTUAL_ENV": "/v"}, ("/v", "/v/bin/python", "active virtual environment")),
        (Ask(own_prefix=TOOL), {"VIRTUAL_ENV": TOOL}, ("/usr", "/usr/bin/python3", "PATH")),
        (Ask(own_prefix="/v"), {"PATH": "/v/bin:/usr/bin"}, ("/usr", "/usr/bin/python3", "PATH")),
        (Ask(env="v"), {}, ("/v", "/v/bin/python", "--env")),
        (Ask(env="/usr"), {}, ("/usr", "/usr/bin/python3", "--env")),
        (Ask(), {"CONDA_PREFIX": "/c"}, ("/c", "/c/bin/python", "active conda environment")),
        (Ask(), {}, ("/usr", "/usr/bin/python3", "PATH")),
    ],
)
def test_which_environment_is_judged(ask: Ask, environ: dict[str, str], expected: tuple[str, str, str]) -> None:
    host = recorded(
        environ={"PATH": "/usr/bin", **environ},
        files={**VENV, "/c/bin/python": ELF, "/usr/bin/python3": ELF, f"{TOOL}/bin/python": ELF},
        links={"v": "/v"},
    )
    choice = target.choose(host, ask)
    assert (choice.prefix, choice.python, choice.chosen_by) == expected


@pytest.mark.parametrize(
    ("ask", "detail"),
    [(Ask(env="/empty"), "no Python in /empty"), (Ask(), "no Python on PATH")],
)
def test_an_environment_without_a_python(ask: Ask, detail: str) -> None:
    host = recorded(files={"/empty/readme": ""})
    told = target.probe(host, target.choose(host, ask))
    assert told.kind is TargetKind.NONE
    assert {told.python.detail, told.packages.detail, told.torch.detail, told.marker.detail} == {detail}
    assert told.python.why is Why.ABSENT


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_an_environment_whose_base_is_gone(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.symlink_to("/gone/python3.9")
    assert target.choose(LocalHost(), Ask(env=str(tmp_path))).detail == f"{python} leads nowhere"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (Ask(env="/gone"), "--env /gone: no such folder"),
        (Ask(python="python9"), "--python python9: no such program"),
    ],
)
def test_options_that_name_nothing(ask: Ask, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        collect(recorded(), ask)
    assert raised.value.message == message
    assert raised.value.hint


def test_a_virtual_environment_knows_its_base() -> None:
    host = recorded(
        files={**VENV, "/usr/include/python3.12/Python.h": "", "/usr/lib/python3.12/EXTERNALLY-MANAGED": ""}
    )
    assert describe(host, "/v/bin/python") == Python(
        "/v/bin/python", "3.12.3", PythonKind.VENV, headers=known(True, "/usr/include/python3.12")
    )
