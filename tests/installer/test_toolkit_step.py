"""A CUDA toolkit out of the index's packages, by real engines from a loopback index; the packages are made up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from build_kit import PASSED, codes, environment, seen, statuses
from loopback import Index, wheel

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.dists import versions
from envdoc.installer.folder import folder_of
from envdoc.model.builds import ProvideToolkit
from envdoc.model.plan import AdoptEnvironment, Plan, Prove
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult

NVCC = "nvcc.exe" if os.name == "nt" else "nvcc"
INTO = ".envdoc/toolkits/cuda-13.0"
NEEDS = ("nvidia-cuda-nvcc==13.0.88", "nvidia-cuda-runtime==13.0.96")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    for name in [each for each in os.environ if each.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    runtime = {"nvidia/cu13/lib/libcudart.so.13": "elf", "nvidia/cu13/include/cuda.h": "int x;"}
    with Index() as started:
        started.add("pypi", wheel("nvidia-cuda-nvcc", "13.0.88", {f"nvidia/cu13/bin/{NVCC}": "#!/bin/sh\n"}))
        started.add("pypi", wheel("nvidia-cuda-runtime", "13.0.96", runtime))
        yield started


def provide(root: Path, index: Index, engine: str, needs: tuple[str, ...] = NEEDS) -> InstallResult:
    sources = (Source("pypi", SourceKind.PYPI, index.url("pypi")),)
    step = ProvideToolkit("cuda-toolkit", "Get CUDA", INTO, "13.0", needs, sources)
    plan = Plan(str(root), "", (AdoptEnvironment(str(root)), step, Prove(("import:site",))))
    return installer.execute(
        plan,
        LocalHost(),
        Options(engine=engine),
        on_event=lambda _: None,
        prove=lambda *_: PASSED,
        explain_log=lambda _: (),
    )


@pytest.mark.parametrize("with_pip", [False, True])
@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_it_lies_in_a_folder_of_its_own_whatever_the_engine(
    tmp_path: Path, index: Index, engine: str, with_pip: bool
) -> None:
    root = environment(tmp_path / "an env", with_pip=with_pip)
    before = versions(folder_of(str(root), LocalHost().system).site_packages)
    result = provide(root, index, engine)
    assert result.usable, [finding.evidence for finding in result.findings]
    toolkit = root / INTO
    assert (toolkit / "bin" / NVCC).is_file()
    after = versions(folder_of(str(root), LocalHost().system).site_packages)
    assert not [name for name in after if name.startswith("nvidia")], "out of Python's sight"
    assert ("pip" in after) == (with_pip or engine == "pip")
    assert with_pip <= (after == before)
    if os.name != "nt":
        assert os.access(toolkit / "bin" / NVCC, os.X_OK)
        assert (toolkit / "lib64" / "libcudart.so").resolve() == (toolkit / "lib" / "libcudart.so.13").resolve()
    assert statuses(provide(root, index, engine))["cuda-toolkit"] == "unchanged"


@pytest.mark.parametrize("needs", [("nvidia-cuda-nvcc==13.0.99",), ("nvidia-cuda-runtime==13.0.96",)])
def test_of_one_that_is_not_there_or_has_no_compiler_nothing_is_left(
    tmp_path: Path, index: Index, needs: tuple[str, ...]
) -> None:
    root = environment(tmp_path / "env")
    before = seen(root)
    result = provide(root, index, "uv", needs)
    assert not result.usable
    assert codes(result)
    assert seen(root) == before
    assert not (root / INTO).exists()
    assert not list((root / ".envdoc").rglob("libcudart*"))


def test_every_engine_makes_environments_of_its_own_python_beside() -> None:
    """What is built for an environment needs another one, of the same Python, by conda's engine too."""
    from envdoc.installer.engines import conda, uv

    made = conda.environment("uv", sys.executable, "/env/.envdoc/build/x/env")
    assert made == uv.environment("uv", sys.executable, "/env/.envdoc/build/x/env")
