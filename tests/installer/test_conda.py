"""The conda engine: lines that real parsers take, prefixes, records, and a real environment by py-rattler."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from installer_kit import FakeHost

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options, conda_prefix
from envdoc.installer.engines import conda
from envdoc.installer.faults import explain
from envdoc.installer.folder import folder_of
from envdoc.model.machine import System
from envdoc.model.plan import MakeEnvironment, Plan, Prove, ProvidePython
from envdoc.model.results import InstallResult, ProofResult, ProofStatus

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
PREFIX = "/home/me/my envs/train"


def test_the_line_asks_nothing_names_the_prefix_one_channel_and_pip() -> None:
    call = conda.prefix("/opt/conda/bin/conda", "3.12", PREFIX)
    assert call.argv == (
        *("/opt/conda/bin/conda", "install", "--yes", "--quiet", "--prefix", PREFIX),
        *("--override-channels", "--channel", "conda-forge", "python=3.12", "pip"),
    )
    assert call.result is None


@pytest.mark.filterwarnings("ignore")  # conda's own
def test_condas_own_parser_takes_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """With conda's source tree in ENVDOC_TEST_CONDA, and what it imports installed."""
    monkeypatch.syspath_prepend(os.environ.get("ENVDOC_TEST_CONDA", ""))
    parser = pytest.importorskip("conda.cli.conda_argparse", reason="conda's own source is not at hand")
    argv = conda.prefix("conda", "3.12", PREFIX).argv[1:]
    told = parser.generate_parser().parse_args(list(argv))
    assert (told.cmd, told.prefix, told.yes, told.quiet) == ("install", PREFIX, True, True)
    assert (told.override_channels, told.channel) == (True, ["conda-forge"])
    assert told.packages == ["python=3.12", "pip"]


FORGE = os.path.join("/home/me", "miniforge3")  # noqa: PTH118 - as the system that runs the tests joins


@pytest.mark.parametrize(
    ("variables", "files", "found"),
    [
        ({"CONDA_EXE": "/c/bin/conda"}, {"/c/bin/conda"}, "/c/bin/conda"),
        ({"MAMBA_EXE": "/m/mm", "CONDA_EXE": "/c/bin/conda"}, {"/m/mm", "/c/bin/conda"}, "/m/mm"),
        ({"CONDA_EXE": "/gone"}, {"/usr/bin/conda"}, "/usr/bin/conda"),
        ({"HOME": "/home/me"}, {f"{FORGE}/bin/conda"}, f"{FORGE}/bin/conda"),
        ({"HOME": "/home/me"}, {"/opt/conda/bin/mamba", "/opt/conda/bin/conda"}, "/opt/conda/bin/mamba"),
        ({}, set(), ""),
    ],
)
def test_an_installed_conda_is_found_by_its_files(variables: dict[str, str], files: set[str], found: str) -> None:
    assert conda_prefix.find(FakeHost(variables=variables, files=files)) == found  # a command would fail the test


def test_on_windows_the_program_is_taken_not_its_batch_file() -> None:
    class Windows(FakeHost):
        def which(self, name: str) -> str | None:
            return rf"C:\Users\me\miniconda3\condabin\{name}.bat"

    program = r"C:\Users\me" + os.sep + r"miniconda3\Scripts\conda.exe"
    host = Windows(system=System.WINDOWS, variables={"USERPROFILE": r"C:\Users\me"}, files={program})
    host.files.add(r"C:\Users\me\miniconda3\condabin\conda.bat")
    assert conda_prefix.find(host) == program


def test_a_prefix_is_seeded_once_and_its_records_tell_what_is_condas(tmp_path: Path) -> None:
    conda_prefix.seed(tmp_path)
    (tmp_path / "conda-meta/history").write_text("==> 2026 <==\n")
    conda_prefix.seed(tmp_path)
    assert (tmp_path / "conda-meta/history").read_text() == "==> 2026 <==\n"
    record = {"files": ["bin/python", "lib/x.so", "../../outside", "/etc/passwd", 7]}
    (tmp_path / "conda-meta/python-3.12.1-0.json").write_text(json.dumps(record))
    (tmp_path / "conda-meta/broken.json").write_text("{")
    assert conda_prefix.files_of(tmp_path) == {
        "bin/python", "lib/x.so", "conda-meta/history", "conda-meta/python-3.12.1-0.json", "conda-meta/broken.json"
    }  # fmt: skip


def test_an_environment_is_announced_once(tmp_path: Path) -> None:
    host = FakeHost(variables={"HOME": str(tmp_path)})
    for _ in range(2):
        conda_prefix.announce(host, PREFIX)
    assert (tmp_path / ".conda/environments.txt").read_text() == f"{PREFIX}\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        # conda 25
        ("EnvironmentNotWritableError: The current user does not have write permissions to the target environment."
         "\n  environment location: /opt/conda/envs/x", "environment-not-writable"),
        ("NoWritablePkgsDirError: No writeable pkgs directories configured.", "environment-not-writable"),
        ("CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.anaconda.org/…>", "network-unreachable"),
        ("PackagesNotFoundError: The following packages are not available from current channels:\n  - python=3.99",
         "package-not-found"),
        # py-rattler 0.28
        ("error: SolverError: Cannot solve the request because of: No candidates were found for python 3.99.*",
         "package-not-found"),
    ],
)  # fmt: skip
def test_what_conda_says_is_understood(words: str, code: str) -> None:
    assert explain("environment", words).code == code


def package(folder: Path, name: str, version: str, files: dict[str, bytes], links: dict[str, str]) -> None:
    """A conda package (`.tar.bz2`) in a channel's sub-folder."""
    index = {"name": name, "version": version, "build": "0", "build_number": 0, "depends": [], "subdir": folder.name}
    every = {**files, "info/index.json": json.dumps(index).encode()}
    paths = [
        {
            "_path": path,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(data).hexdigest(),
            "size_in_bytes": len(data),
        }
        for path, data in files.items()
    ] + [{"_path": path, "path_type": "softlink"} for path in links]
    every["info/paths.json"] = json.dumps({"paths": paths, "paths_version": 1}).encode()
    every["info/files"] = "".join(f"{path}\n" for path in (*files, *links)).encode()
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / f"{name}-{version}-0.tar.bz2", "w:bz2") as out:
        for path, data in every.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode, member.mtime = len(data), 0o755, 1_700_000_000
            out.addfile(member, io.BytesIO(data))
        for path, target in links.items():
            member = tarfile.TarInfo(path)
            member.type, member.linkname, member.mtime = tarfile.SYMTYPE, target, 1_700_000_000
            out.addfile(member)


@pytest.fixture
def channel(tmp_path: Path) -> str:
    """A channel with a Python, which is this one behind a link, and a pip."""
    rattler_index = pytest.importorskip("rattler.index", reason="the extra `conda` is not installed")
    import asyncio

    real = Path(os.path.realpath(sys.executable))
    config = f"home = {real.parent}\nversion_info = {MINOR}.0\n".encode()
    folder = tmp_path / "channel"
    site = f"lib/python{MINOR}/site-packages/README.txt"
    python = {"pyvenv.cfg": config, site: b"", "lib/libx.so": b"x"}
    package(folder / "linux-64", "python", f"{MINOR}.7", python, {"bin/python": str(real)})
    package(folder / "linux-64", "pip", "25.3", {"share/pip.txt": b"pip"}, {})
    (folder / "noarch").mkdir()
    asyncio.run(rattler_index.index_fs(folder))
    return folder.as_uri()


def made(root: Path, minor: str = MINOR) -> InstallResult:
    steps = (ProvidePython(minor), MakeEnvironment(str(root)), Prove(("import:sys",)))

    def prove(python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        return (ProofResult(proofs[0], "import", ProofStatus.PASSED),)

    plan = Plan(str(root), "test", steps)
    return installer.execute(plan, LocalHost(), Options(engine="conda"), on_event=lambda _: None, prove=prove)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: str) -> Path:
    for name in ("CONDA_EXE", "MAMBA_EXE", "CONDA_CHANNEL_ALIAS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("ENVDOC_CONDA_CHANNEL", channel)
    monkeypatch.setattr(conda_prefix, "_EVERYBODY", ())
    monkeypatch.setattr(LocalHost, "which", lambda *_: None)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.real
@pytest.mark.skipif(sys.platform != "linux", reason="the channel of the test has Linux packages")
def test_an_environment_by_py_rattler_from_a_local_channel(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "my env 环境"
    result = made(root)
    assert result.findings == ()
    assert result.usable
    assert sorted(path.name for path in (root / "conda-meta").glob("*.json")) == [
        "pip-25.3-0.json",
        f"python-{MINOR}.7-0.json",
    ]
    assert (home / ".conda/environments.txt").read_text(encoding="utf-8") == f"{root}\n"
    told = json.loads((root / ".envdoc/steps/environment/conda-result.json").read_text())
    assert told == {"ok": True, "packages": ["pip 25.3", f"python {MINOR}.7"]}
    again = made(root)
    assert (again.usable, again.changed) == (True, False)
    (root / "notes.txt").write_text("mine")
    installer.remove(LocalHost(), str(root))
    assert [path.name for path in root.rglob("*") if path.is_file()] == ["notes.txt"]  # the user's alone is left


@pytest.mark.real
@pytest.mark.skipif(sys.platform != "linux", reason="the channel of the test has Linux packages")
def test_what_cannot_be_solved_leaves_nothing_of_condas(home: Path, tmp_path: Path) -> None:
    result = made(tmp_path / "env", "3.99")
    assert [each.code for each in result.findings] == ["package-not-found"]
    assert not result.usable
    assert not (tmp_path / "env/bin").exists()


@pytest.mark.real
def test_the_written_result_counts_not_the_exit_code(home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """The child may die at its very end, all work done; or end with 0 and have written nothing."""
    real, script = LocalHost.run, "rattler_child.py"

    def dies(code: int, keeps: bool) -> Any:
        def run(self: LocalHost, argv: Any, **more: Any) -> Any:
            from envdoc.model.value import replace

            done = real(self, argv, **more)
            if not any(str(each).endswith(script) for each in argv):
                return done
            if not keeps:
                Path(argv[-1]).unlink()
            return replace(done, returncode=code)

        return run

    monkeypatch.setattr(LocalHost, "run", dies(-11, True))
    assert made(tmp_path / "a").usable
    monkeypatch.setattr(LocalHost, "run", dies(0, False))
    assert [each.code for each in made(tmp_path / "b").findings] == ["step-failed"]


def test_without_any_conda_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conda_prefix, "find", lambda _: "")
    monkeypatch.setattr(conda_prefix, "has_rattler", lambda: False)
    result = made(tmp_path / "env")
    assert [each.code for each in result.findings] == ["engine-missing"]
    assert "envdoc-gpu[conda]" in result.findings[0].remediation.commands[0].command
    assert not folder_of(str(tmp_path / "env"), System.LINUX).python.exists()
