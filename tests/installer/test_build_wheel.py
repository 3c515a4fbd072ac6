"""A package compiled against the environment's torch: a made-up source distribution, real pip, a made-up nvcc."""

from __future__ import annotations

import ensurepip
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from build_kit import FETCH, codes, environment, seen, statuses
from loopback import Index, Wheel, wheel
from test_wheel_step import TORCH

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.dists import versions
from envdoc.installer.folder import folder_of
from envdoc.model.builds import BuildWheel, Origin
from envdoc.model.plan import AdoptEnvironment, InstallPackages, Plan, Prove, Step
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.model.value import replace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the made-up nvcc is a script")
# As flash-attn's: torch is imported by the build, nvcc is CUDA_HOME's, architectures and jobs are variables.
BACKEND = """
import os, subprocess, zipfile
import torch  # of the environment that it is built for

def build_wheel(folder, config_settings=None, metadata_directory=None):
    asked = {name: os.environ.get(name, "") for name in ("FLASH_ATTN_CUDA_ARCHS", "MAX_JOBS", "CUDA_HOME", "CC")}
    subprocess.run([os.environ["CUDA_HOME"] + "/bin/nvcc", "kernels.cu"], check=True)
    name = "flash_attn-2.8.3.post2-py3-none-any.whl"
    info = "flash_attn-2.8.3.post2.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as out:
        out.writestr("flash_attn/__init__.py", f"__version__ = '2.8.3.post2'\\nBUILT = {asked!r}\\n" + CODE)
        out.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: flash-attn\\nVersion: 2.8.3.post2\\n")
        out.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        out.writestr(f"{info}/RECORD", "")
    return name

CODE = ""
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
GOOD = "#!/bin/sh\nexit 0\n"
FAILS = "#!/bin/sh\necho 'kernels.cu(7): error: identifier \"cute\" is undefined' >&2\nexit 2\n"
KILLED = "#!/bin/sh\nkill -9 $$\n"


def bundled_pip() -> Wheel:
    """The pip that every Python brings along."""
    folder = Path(ensurepip.__file__).parent / "_bundled"
    path = next(folder.glob("pip-*.whl"))
    return Wheel(path.name, "pip", path.read_bytes())


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as started:
        started.add("pypi", bundled_pip(), wheel("torch", "2.8.0", dict(TORCH)), wheel("ninja", "1.13"))
        yield started


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index) -> Path:
    for name in [each for each in os.environ if each.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    root = environment(tmp_path / "an env")
    pypi = Source("pypi", SourceKind.PYPI, index.url("pypi"))
    assert run(root, InstallPackages("torch", "torch", ("torch==2.8.0",), (), (pypi,))).usable
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "flash sources"
    (root / "csrc").mkdir(parents=True)
    (root / "setup.py").write_text("raise SystemExit('the backend builds it')\n", encoding="utf-8")
    (root / "backend.py").write_text(BACKEND, encoding="utf-8")
    (root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    nvcc(tmp_path, GOOD)
    return root


def nvcc(folder: Path, script: str) -> None:
    path = folder / "cuda" / "bin" / "nvcc"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)


def run(root: Path, *steps: Step, engine: str = "uv") -> InstallResult:
    plan = Plan(str(root), "", (AdoptEnvironment(str(root)), *steps, Prove(("import:site",))))
    passed = (ProofResult("import:site", "import", ProofStatus.PASSED),)
    options = Options(engine=engine, cache=str(root.parent / "cache"))
    return installer.execute(plan, LocalHost(), options, on_event=lambda _: None, prove=lambda *_: passed)


def install(env: Path, tree: Path, index: Index, engine: str = "uv", **changes: object) -> InstallResult:
    step = BuildWheel(
        "flash-attn",
        "Compile flash-attn",
        "flash-attn",
        ".envdoc/build/flash-attn/source",
        ("pip", "ninja"),
        {"FLASH_ATTN_CUDA_ARCHS": "90"},
        toolkit=str(tree.parent / "cuda"),
        host_compiler="/usr/bin/g++",
        jobs=3,
        sources=(Source("pypi", SourceKind.PYPI, index.url("pypi")),),
    )
    places = {"into": step.source, "place": str(tree), "holds": ("setup.py",), "copied": True}
    fetch = replace(FETCH, id="flash-attn-source", origin=Origin.FOLDER, **places)  # type: ignore[arg-type]
    return run(env, fetch, replace(step, **changes), engine=engine)


def there(env: Path) -> dict[str, str]:
    return versions(folder_of(str(env), LocalHost().system).site_packages)


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_it_is_built_for_these_gpus_with_this_toolkit_and_installed(
    env: Path, tree: Path, index: Index, engine: str
) -> None:
    if engine == "pip":
        subprocess.run([env / "bin/python", "-m", "ensurepip"], check=True, capture_output=True)
    before = set(there(env))
    assert install(env, tree, index, engine).usable
    text = next(env.rglob("site-packages/flash_attn/__init__.py")).read_text(encoding="utf-8")
    assert f"'FLASH_ATTN_CUDA_ARCHS': '90', 'MAX_JOBS': '3', 'CUDA_HOME': '{tree.parent / 'cuda'}'" in text
    assert "'CC': '/usr/bin/g++'" in text
    assert set(there(env)) - before == {"flash-attn"}  # nothing that only the build needs
    assert sorted(path.name for path in tree.iterdir()) == ["backend.py", "csrc", "pyproject.toml", "setup.py"]


def test_a_second_run_does_nothing_and_more_jobs_are_no_reason(env: Path, tree: Path, index: Index) -> None:
    install(env, tree, index)
    asked = len(index.asked)
    assert set(statuses(install(env, tree, index, jobs=9)).values()) == {"unchanged"}
    assert len(index.asked) == asked
    assert statuses(install(env, tree, index, build_env={"FLASH_ATTN_CUDA_ARCHS": "120"}))["flash-attn"] == "done"


def test_changed_sources_are_built_again(env: Path, tree: Path, index: Index) -> None:
    install(env, tree, index)
    (tree / "csrc/new.cu").write_text("", encoding="utf-8")
    assert statuses(install(env, tree, index))["flash-attn"] == "done"


@pytest.mark.parametrize(
    ("script", "line"), [(FAILS, 'error: identifier "cute" is undefined'), (KILLED, "died with <Signals.SIGKILL: 9>")]
)
def test_a_compiler_that_fails_leaves_the_environment_as_it_was(
    env: Path, tree: Path, index: Index, script: str, line: str
) -> None:
    before = seen(env)
    nvcc(tree.parent, script)
    result = install(env, tree, index)
    assert (codes(result), seen(env) == before) == (["build-failed"], True)
    log = (env / ".envdoc/logs/flash-attn.log").read_text(encoding="utf-8")
    assert line in log
    nvcc(tree.parent, GOOD)
    assert install(env, tree, index).usable


def test_what_was_built_and_does_not_run_is_taken_away(env: Path, tree: Path, index: Index) -> None:
    code = BACKEND.replace('CODE = ""', 'CODE = "raise ImportError(\\"undefined symbol: _ZN3c10\\")"')
    (tree / "backend.py").write_text(code, encoding="utf-8")
    before = seen(env)
    result = install(env, tree, index)
    assert (codes(result), "flash-attn" in there(env)) == (["wheel-does-not-run"], False)
    assert any("undefined symbol" in line for line in result.findings[0].evidence)
    assert seen(env) == before


def test_a_tree_of_something_else(env: Path, tree: Path, index: Index) -> None:
    (tree / "setup.py").rename(tree / "install.py")
    result = install(env, tree, index)
    assert codes(result) == ["source-tree-wrong"]


def test_no_room_is_said_first(env: Path, tree: Path, index: Index) -> None:
    from envdoc.errors import EnvdocError

    with pytest.raises(EnvdocError) as caught:
        install(env, tree, index, disk_mib=1 << 40)
    assert caught.value.code == "disk-full"
