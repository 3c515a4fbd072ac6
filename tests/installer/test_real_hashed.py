"""With hashes, uv and pip of several releases install the same set of one lock: what was asked for and all that it
leads to, markers and extras counted, nothing else of the lock; and a wrong hash anywhere in it leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Index, Wheel, torch_wheel, wheel

from envdoc import installer
from envdoc.errors import EnvdocError
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.dists import versions
from envdoc.model.plan import InstallPackages, MakeEnvironment, Plan, ProvidePython
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult
from envdoc.model.value import replace

pytestmark = pytest.mark.real
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
PIPS = ("22.2", "23.2.1", "24.3.1", "26.3")
WAYS = ("uv", *PIPS)
FEW = ("uv", "23.2.1", "26.3")

SHELF = (
    wheel(
        "trl", "1.0", requires=("torch>=2", "Data_Sets[my-web]>=2", "absent ; sys_platform == 'nowhere'", "triton")
    ),
    wheel("data-sets", "2.1", requires=("arrow", "web-kit>1 ; extra == 'my_web'", "gpu-kit ; extra == 'gpu'")),
    wheel("arrow", "7", requires=(f"numpy<3 ; python_version >= '{MINOR}'",)),
    wheel("web-kit", "1.5", requires=("trl",)),  # a circle
    wheel("numpy", "2.2.6"),
    wheel("numpy", "2.3.0"),
    wheel("gpu-kit", "1"),
    wheel("absent", "1"),
    wheel("unasked", "1"),
)
LOCK = (
    "torch==2.7.1+cu128",
    "trl==1.0",
    "data-sets==2.1",
    "arrow==7",
    'web-kit==1.4 ; sys_platform == "nowhere"',
    'web-kit==1.5 ; sys_platform != "nowhere"',
    "numpy==2.2.6",
    "gpu-kit==1",
    "absent==1",
    "unasked==1",
)
WANTED = {"torch": "2.7.1+cu128", "trl": "1.0", "data-sets": "2.1", "arrow": "7", "web-kit": "1.5", "numpy": "2.2.6"}


_BACKEND = """
import base64, hashlib, zipfile
META = "Metadata-Version: 2.1\\nName: built\\nVersion: 1\\nRequires-Dist: arrow\\n"
FILES = {"built.py": "", "built-1.dist-info/METADATA": META,
         "built-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
         "built-1.dist-info/RECORD": "built.py,,\\nbuilt-1.dist-info/RECORD,,\\n"}
def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/built-1-py3-none-any.whl", "w") as out:
        for path, text in FILES.items():
            out.writestr(path, text)
    return "built-1-py3-none-any.whl"
"""


def source() -> Wheel:
    """A source distribution whose needs are known only when its own backend has run."""
    out = io.BytesIO()
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n',
        "back.py": _BACKEND,
        "PKG-INFO": "Metadata-Version: 2.1\nName: built\nVersion: 1\n",
    }
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"built-1/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return Wheel("built-1.tar.gz", "built", out.getvalue())


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as started:
        started.add("cu128", torch_wheel("2.7.1+cu128"))
        started.add("pypi", *SHELF)
        yield started


def hashes(wrong: str = "", unknown: str = "") -> dict[str, tuple[str, ...]]:
    """Of each file of the lock; of `wrong` another one, of `unknown` none."""
    known = {(each.project, each.name.split("-")[1]): hashlib.sha256(each.content).hexdigest() for each in SHELF}
    out = {}
    for line in LOCK[1:]:
        name, version = line.partition(" ;")[0].split("==")
        if name != unknown:
            out[line] = (f"sha256:{'0' * 64 if name == wrong else known.get((name, version), '1' * 64)}",)
    return out


def plan_of(root: Path, index: Index, told: dict[str, tuple[str, ...]], *asked: str) -> Plan:
    sources = (
        Source("pytorch", SourceKind.PYTORCH, index.url("cu128")),
        Source("pypi", SourceKind.PYPI, index.url("pypi")),
    )
    torch = InstallPackages("torch", "torch", LOCK[:1], LOCK, sources)
    stack = InstallPackages("stack", "stack", asked or ("trl==1.0",), LOCK, sources, hashes=told, hashed_only=True)
    return Plan(
        str(root), "test", (ProvidePython(MINOR, (sys.executable,)), MakeEnvironment(str(root)), torch, stack)
    )


def execute(plan: Plan, options: Options) -> InstallResult:
    return installer.execute(plan, LocalHost(), options, on_event=lambda _: None, prove=lambda *_: ())


def run(plan: Plan, way: str, tmp_path: Path) -> InstallResult:
    options = Options(engine="uv" if way == "uv" else "pip", cache=str(tmp_path / "cache"))
    if way != "uv":  # the environment first, with the pip that the way names
        first = Plan(plan.environment, plan.profile, plan.steps[:2])
        assert execute(first, options).findings == ()
        python = Path(plan.environment) / "bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", f"pip=={way}"], check=True)
    return execute(plan, options)


def installed(root: Path) -> dict[str, str]:
    found = versions(next(root.glob("lib/python*/site-packages")))
    return {name: version for name, version in found.items() if name not in ("pip", "setuptools")}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_set_by_every_engine(tmp_path: Path, index: Index, way: str) -> None:
    root = tmp_path / "env"
    result = run(plan_of(root, index, hashes()), way, tmp_path)
    assert result.findings == ()
    assert installed(root) == WANTED
    assert not list((root / ".envdoc").rglob("report.json"))


@pytest.mark.parametrize("way", FEW)
def test_an_extra_that_is_asked_for(tmp_path: Path, index: Index, way: str) -> None:
    root = tmp_path / "env"
    result = run(plan_of(root, index, hashes(), "data-sets[gpu]==2.1"), way, tmp_path)
    assert result.findings == ()
    assert installed(root) == {
        "torch": "2.7.1+cu128",
        "data-sets": "2.1",
        "arrow": "7",
        "numpy": "2.2.6",
        "gpu-kit": "1",
    }


@pytest.mark.parametrize(
    ("way", "name"),
    [
        *(("uv", "trl"), ("uv", "web-kit"), ("23.2.1", "data-sets")),
        *(("23.2.1", "numpy"), ("24.3.1", "web-kit"), ("26.3", "numpy")),
    ],
)
def test_a_wrong_hash_anywhere_leaves_nothing_behind(tmp_path: Path, index: Index, way: str, name: str) -> None:
    root = tmp_path / "env"
    result = run(plan_of(root, index, hashes(wrong=name)), way, tmp_path)
    assert [finding.code for finding in result.findings] == ["pip-hash-mismatch"]
    assert not result.usable
    assert installed(root) == {"torch": "2.7.1+cu128"}
    assert run(plan_of(root, index, hashes()), way, tmp_path).findings == ()
    assert installed(root) == WANTED


@pytest.mark.parametrize("way", FEW)
def test_what_has_no_hash_is_refused_wherever_it_stands(tmp_path: Path, index: Index, way: str) -> None:
    root = tmp_path / "env"
    result = run(plan_of(root, index, hashes(unknown="arrow")), way, tmp_path)
    assert [finding.code for finding in result.findings] == ["pip-hash-mismatch"]
    assert installed(root) == {"torch": "2.7.1+cu128"}


@pytest.mark.parametrize("way", ["uv", "26.3"])
def test_what_is_there_in_its_version_stays_and_its_gaps_are_filled(tmp_path: Path, index: Index, way: str) -> None:
    root = tmp_path / "env"
    assert run(plan_of(root, index, hashes()), way, tmp_path).findings == ()
    python = root / "bin/python"
    subprocess.run([python, "-m", "ensurepip"], check=True, capture_output=True)
    subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "numpy"], check=True)
    index.asked.clear()
    other = plan_of(root, index, hashes(), "trl==1.0", "gpu-kit==1")
    options = Options("uv" if way == "uv" else "pip", cache=str(tmp_path / "cache"))
    assert execute(other, options).findings == ()
    assert installed(root) == {**WANTED, "gpu-kit": "1"}
    assert {path for path in index.served() if not path.endswith(".metadata")} <= {
        "pypi/numpy-2.2.6-py3-none-any.whl",
        "pypi/gpu_kit-1-py3-none-any.whl",
    }


@pytest.mark.parametrize("way", FEW)
def test_a_source_distribution_leads_on_too(tmp_path: Path, index: Index, way: str) -> None:
    built = source()
    index.add("pypi", built)
    told = {**hashes(), "built==1": (f"sha256:{hashlib.sha256(built.content).hexdigest()}",)}
    root = tmp_path / "env"
    plan = plan_of(root, index, told, "built==1")
    *rest, stack = plan.steps
    assert isinstance(stack, InstallPackages)
    held = (*LOCK, "built==1")
    plan = replace(plan, steps=(*rest, replace(stack, constraints=held, allow_build=("built",))))
    assert run(plan, way, tmp_path).findings == ()
    assert installed(root) == {"torch": "2.7.1+cu128", "built": "1", "arrow": "7", "numpy": "2.2.6"}


def test_a_pip_that_cannot_be_asked_is_named(tmp_path: Path, index: Index) -> None:
    root = tmp_path / "env"
    with pytest.raises(EnvdocError, match=r"pip 21\.3\.1 cannot say"):
        run(plan_of(root, index, hashes()), "21.3.1", tmp_path)
    assert installed(root) == {"torch": "2.7.1+cu128"}
