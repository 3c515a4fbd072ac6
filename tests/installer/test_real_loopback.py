"""uv and pip really driven: variants side by side on a loopback index, one that goes away, credentials."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from loopback import Index, torch_wheel, wheel

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Event, Options
from envdoc.installer.dists import torch_cuda, versions
from envdoc.installer.secrets import credentials_of
from envdoc.model.plan import InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython
from envdoc.model.resolution import Source, SourceKind, SourceLayout
from envdoc.model.results import InstallResult, ProofResult, ProofStatus

pytestmark = pytest.mark.real
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
ENGINES = ["uv", "pip"]


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as started:
        for tag in ("cu126", "cu128", "cu130", "cpu"):
            started.add(
                tag, *(torch_wheel(f"{v}+{tag}", requires=("numpy", "nvidia-x==9")) for v in ("2.7.1", "2.8.0"))
            )
            started.add(tag, wheel("numpy", "1.26.4"))  # the old copy that the PyTorch index carries
        started.add(
            "pypi", torch_wheel("2.7.1"), torch_wheel("2.9.0"), wheel("numpy", "2.2.6"), wheel("numpy", "2.3.0")
        )
        started.add("pypi", wheel("nvidia-x", "9"), wheel("trl", "1.0", requires=("torch>=2", "numpy")))
        yield started


def plan_of(root: Path, index: Index, home: Source) -> Plan:
    lock = ("torch==2.7.1+cu128", "numpy==2.2.6", "trl==1.0")
    sources = (home, Source("pypi", SourceKind.PYPI, index.url("pypi")))
    return Plan(
        str(root),
        "test",
        (
            ProvidePython(MINOR, (sys.executable,)),
            MakeEnvironment(str(root)),
            InstallPackages("torch", "Install torch", lock[:1], lock, sources),
            InstallPackages("stack", "Install the rest", lock[2:], lock, sources),
            Prove(("import:torch",)),
        ),
    )


def run(plan: Plan, engine: str, tmp_path: Path, events: list[Event] | None = None, user: str = "") -> InstallResult:
    def prove(python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        done = LocalHost().run(
            [python, "-c", "import trl, numpy, torch.version; print(numpy.__version__)"], timeout=60
        )
        status = ProofStatus.PASSED if done.ok else ProofStatus.FAILED
        return (ProofResult(proofs[0], "import", status, reason=done.stdout + done.stderr),)

    first = next(each for step in plan.steps if isinstance(step, InstallPackages) for each in step.sources)
    known = credentials_of((f"http://{user}@{urlsplit(first.url).netloc}",)) if user else ()
    options = Options(engine=engine, cache=str(tmp_path / "cache"), credentials=known)
    tell = (lambda _: None) if events is None else events.append
    return installer.execute(plan, LocalHost(), options, on_event=tell, prove=prove)


def pytorch(index: Index, layout: SourceLayout) -> Source:
    url = index.url("cu128") if layout is SourceLayout.INDEX else index.links("cu128")
    return Source("pytorch", SourceKind.PYTORCH, url, layout)


@pytest.mark.parametrize("layout", list(SourceLayout))
@pytest.mark.parametrize("engine", ENGINES)
def test_the_wanted_variant_and_nothing_else_comes_from_the_pytorch_index(
    tmp_path: Path, index: Index, engine: str, layout: SourceLayout
) -> None:
    root = tmp_path / "my env 环境"
    result = run(plan_of(root, index, pytorch(index, layout)), engine, tmp_path)
    assert result.findings == ()
    assert result.usable
    site = next(root.glob("lib/python*/site-packages"))
    found = versions(site)
    found.pop("pip", None), found.pop("setuptools", None)
    assert found == {"torch": "2.7.1+cu128", "numpy": "2.2.6", "nvidia-x": "9", "trl": "1.0"}
    assert torch_cuda(site) == "12.8"
    assert sorted(set(index.served())) == [
        "cu128/torch-2.7.1+cu128-py3-none-any.whl",
        "pypi/numpy-2.2.6-py3-none-any.whl",
        "pypi/nvidia_x-9-py3-none-any.whl",
        "pypi/trl-1.0-py3-none-any.whl",
    ]
    state = json.loads((root / ".envdoc/state.json").read_text(encoding="utf-8"))
    assert (state["state"], state["torch"], state["cuda"]) == ("usable", "2.7.1+cu128", "cu128")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_folder_of_wheels_is_enough(tmp_path: Path, index: Index, engine: str) -> None:
    folder = tmp_path / "wheels of mine"
    folder.mkdir()
    for shelf in ("cu128", "pypi"):
        for each in index.shelves[shelf].values():
            (folder / each.name).write_bytes(each.content)
    source = Source(f"local:{folder}", SourceKind.LOCAL, str(folder), SourceLayout.LINKS)
    root = tmp_path / "env"
    plan = plan_of(root, index, source)
    steps = [
        InstallPackages(step.id, step.title, step.requirements, step.constraints, (source,))
        if isinstance(step, InstallPackages)
        else step
        for step in plan.steps
    ]
    result = run(Plan(plan.environment, plan.profile, tuple(steps)), engine, tmp_path)
    assert result.findings == ()
    assert result.usable
    assert index.asked == []


@pytest.mark.parametrize("engine", ENGINES)
def test_an_index_that_goes_away_midway_is_named_and_the_next_run_goes_on(
    tmp_path: Path, index: Index, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_RETRIES", "1")
    root = tmp_path / "env"
    plan = plan_of(root, index, pytorch(index, SourceLayout.INDEX))
    index.fail_after = 2
    result = run(plan, engine, tmp_path)
    assert [finding.code for finding in result.findings] == ["network-unreachable"]
    assert not result.usable
    assert json.loads((root / ".envdoc/state.json").read_text(encoding="utf-8"))["state"] == "failed"
    index.fail_after = None
    assert run(plan, engine, tmp_path).usable


@pytest.mark.parametrize("engine", ENGINES)
def test_an_index_that_is_down_is_named(
    tmp_path: Path, index: Index, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_RETRIES", "1")
    index.stop()
    result = run(plan_of(tmp_path / "env", index, pytorch(index, SourceLayout.INDEX)), engine, tmp_path)
    assert [finding.code for finding in result.findings] == ["network-unreachable"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_version_that_no_source_has_is_named(tmp_path: Path, index: Index, engine: str) -> None:
    home = Source("pytorch", SourceKind.PYTORCH, index.url("cu130"))
    result = run(plan_of(tmp_path / "env", index, home), engine, tmp_path)
    assert [finding.code for finding in result.findings] == ["package-not-found"]
    assert any("torch==2.7.1+cu128" in line for line in result.findings[0].evidence)


@pytest.mark.parametrize("engine", ENGINES)
def test_credentials_reach_the_index_and_nothing_else(tmp_path: Path, index: Index, engine: str) -> None:
    index.user = "me:s3cr3t-token"
    root = tmp_path / "env"
    events: list[Event] = []
    result = run(plan_of(root, index, pytorch(index, SourceLayout.INDEX)), engine, tmp_path, events, index.user)
    assert result.findings == ()
    assert result.usable
    assert "s3cr3t" not in repr(events) + repr(result)
    own = [path for path in (root / ".envdoc").rglob("*") if path.is_file()]
    assert {path.name for path in own} >= {"journal.jsonl", "torch.log", "stack.log", "state.json"}
    assert [path for path in own if b"s3cr3t" in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("status", "layout"), [(401, "index"), (403, "index"), (407, "index"), (401, "links")], ids=lambda each: str(each)
)
@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_credentials_are_named(tmp_path: Path, index: Index, engine: str, status: int, layout: str) -> None:
    """uv says "not found" of a source that a package is bound to, pip of any."""
    index.user, index.refusal = "me:right", status
    result = run(
        plan_of(tmp_path / "env", index, pytorch(index, SourceLayout(layout))), engine, tmp_path, user="me:wrong"
    )
    assert [finding.code for finding in result.findings] == ["index-denied"]
    assert "me:wrong" not in repr(result)


def test_variables_of_the_user_that_would_send_packages_elsewhere_do_not(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "UV_NO_SOURCES": "1",
        "UV_EXTRA_INDEX_URL": index.url("cu126"),
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_TORCH_BACKEND": "cpu",
        "UV_PYTHON": "3.8",
        "UV_RESOLUTION": "lowest",
        "UV_PROJECT_ENVIRONMENT": str(tmp_path / "other"),
        "VIRTUAL_ENV": str(tmp_path / "other"),
        "PYTHONPATH": str(tmp_path),
        "PYTHONHOME": str(tmp_path),
        "PIP_TARGET": str(tmp_path / "target"),
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_USER": "1",
    }.items():
        monkeypatch.setenv(name, value)
    for engine in ENGINES:
        root = tmp_path / engine
        plan = plan_of(root, index, pytorch(index, SourceLayout.INDEX))
        steps = tuple(step for step in plan.steps if not isinstance(step, Prove))
        result = run(Plan(plan.environment, plan.profile, steps), engine, tmp_path)
        assert result.findings == ()
        found = versions(next(root.glob("lib/python*/site-packages")))
        assert (found["torch"], found["numpy"]) == ("2.7.1+cu128", "2.2.6")
    assert not (tmp_path / "target").exists()
    assert not (tmp_path / "other").exists()


def test_a_project_around_the_environment_is_not_asked(tmp_path: Path, index: Index) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "theirs"\nversion = "1"\nrequires-python = ">=3.99"\n'
        '[tool.uv]\nno-index = true\n[tool.uv.workspace]\nmembers = ["*"]\n'
    )
    plan = plan_of(tmp_path / "venv", index, pytorch(index, SourceLayout.INDEX))
    cwd = Path.cwd()
    os.chdir(tmp_path)
    try:
        result = run(plan, "uv", tmp_path)
    finally:
        os.chdir(cwd)
    assert result.findings == ()
    assert result.usable


def test_a_very_long_path_with_blanks_works_or_is_named(tmp_path: Path, index: Index) -> None:
    root = tmp_path.joinpath(*["a folder with a long name " + "x" * 60] * 4)
    result = run(plan_of(root, index, pytorch(index, SourceLayout.INDEX)), "uv", tmp_path)
    assert result.findings == ()
    assert result.usable
