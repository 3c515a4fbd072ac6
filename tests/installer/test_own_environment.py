"""Scripts with an environment of their own, by real engines from a loopback index: made, run, kept, taken away."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from build_kit import FETCH, codes, environment, seen, statuses
from loopback import Index, wheel

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.steps.own import requirements
from envdoc.model.builds import Origin, OwnEnvironment, TakeAway
from envdoc.model.plan import AdoptEnvironment, Plan, Prove, Step
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.model.value import replace

OWN = OwnEnvironment(
    "tiny-convert",
    "Give tiny its own",
    "tiny-convert",
    "",
    "requirements/main.txt",
    ("say_it.py", "words"),
    ("say_it.py",),
    "tiny-convert",
)
SAY = "import sys, trl\nfrom words import greet\nprint(greet(), trl.__version__, *sys.argv[1:])\n"
MAIN = "-r ./base.txt\n--extra-index-url http://127.0.0.1:9/nowhere\n\n# a comment\ntrl==1.0  # pinned\n"
WINDOWS = os.name == "nt"


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [each for each in os.environ if each.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return environment(tmp_path / "an env")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for name, text in {
        "say_it.py": SAY,
        "words/__init__.py": "def greet(): return 'hello'\n",
        "requirements/main.txt": MAIN,
        "requirements/base.txt": "numpy==2.2.6\n",
        "unused/large.txt": "x",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as started:
        started.add("pypi", wheel("trl", "1.0", requires=("tqdm",)), wheel("numpy", "2.2.6"), wheel("tqdm", "4.0"))
        started.add("pypi", wheel("trl", "1.1"))
        yield started


def install(env: Path, tree: Path, index: Index, *more: Step, engine: str = "uv", cpu: str = "") -> InstallResult:
    home = (Source("pytorch", SourceKind.PYTORCH, cpu),) if cpu else ()
    own = replace(OWN, source=str(tree), sources=(*home, Source("pypi", SourceKind.PYPI, index.url("pypi"))))
    fetch = replace(FETCH, origin=Origin.FOLDER, place=str(tree), holds=("say_it.py",))
    steps = more or (fetch, own)
    plan = Plan(str(env), "", (AdoptEnvironment(str(env)), *steps, Prove(("import:site",))))
    passed = (ProofResult("import:site", "import", ProofStatus.PASSED),)
    options = Options(engine=engine, cache=str(env.parent / "cache"))
    return installer.execute(plan, LocalHost(), options, on_event=lambda _: None, prove=lambda *_: passed)


def said(env: Path, *words: str) -> str:
    program = env / "tiny-convert" / ("say-it.cmd" if WINDOWS else "say-it")
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_it_runs_by_its_own_packages_and_the_other_environment_has_none(
    env: Path, tree: Path, index: Index, engine: str
) -> None:
    before = seen(env)
    assert install(env, tree, index, engine=engine).usable
    assert said(env, "a b", "c") == "hello 1.0 a b c\n"
    new = set(seen(env)) - set(before)
    assert all(path.startswith("tiny-convert") for path in new)
    assert "tiny-convert/unused" not in new
    asked = len(index.asked)
    assert set(statuses(install(env, tree, index, engine=engine)).values()) == {"unchanged"}
    assert len(index.asked) == asked


def test_a_pin_that_changed_makes_another_and_the_old_one_goes(env: Path, tree: Path, index: Index) -> None:
    install(env, tree, index)
    (tree / "requirements/main.txt").write_text("trl==1.1\n", encoding="utf-8")
    assert statuses(install(env, tree, index))["tiny-convert"] == "done"
    assert said(env) == "hello 1.1\n"
    assert len(list((env / ".envdoc/build/tiny-convert").glob("env-*"))) == 1


def test_what_cannot_be_had_leaves_what_was_there(env: Path, tree: Path, index: Index) -> None:
    install(env, tree, index)
    before = seen(env)
    (tree / "requirements/main.txt").write_text("trl==9\n", encoding="utf-8")
    result = install(env, tree, index)
    assert (codes(result), result.usable, seen(env) == before) == (["package-not-found"], False, True)
    assert said(env) == "hello 1.0\n"
    assert len(list((env / ".envdoc/build/tiny-convert").glob("env-*"))) == 1


def test_without_the_pytorch_index_torch_comes_from_the_registry(env: Path, tree: Path, index: Index) -> None:
    (tree / "requirements/base.txt").write_text("torch==2.11.0\n", encoding="utf-8")
    index.add("pypi", wheel("torch", "2.11.0"))
    assert install(env, tree, index, cpu="http://127.0.0.1:9/cpu").usable
    assert said(env) == "hello 1.0\n"


def test_the_pytorch_index_comes_first(env: Path, tree: Path, index: Index) -> None:
    (tree / "requirements/base.txt").write_text("torch==2.11.0\n", encoding="utf-8")
    index.add("pypi", wheel("torch", "2.11.0"))
    index.add("cpu", wheel("torch", "2.11.0+cpu"))
    assert install(env, tree, index, cpu=index.url("cpu")).usable
    assert {path for path in index.served() if "torch" in path} == {"cpu/torch-2.11.0+cpu-py3-none-any.whl"}


def test_a_tree_without_the_scripts(env: Path, tree: Path, index: Index) -> None:
    before = seen(env)
    (tree / "requirements/main.txt").unlink()
    result = install(env, tree, index)
    assert (codes(result), seen(env) == before) == (["source-tree-wrong"], True)
    assert result.findings[0].evidence == ("it has no requirements/main.txt",)


def test_it_is_taken_away_cleanly(env: Path, tree: Path, index: Index) -> None:
    before = seen(env)
    install(env, tree, index)
    away = TakeAway("away", "Take it away", "tiny-convert", (), ("tiny-convert", ".envdoc/build/tiny-convert"))
    assert install(env, tree, index, away).usable
    assert (seen(env) == before, (env / ".envdoc/build/tiny-convert").exists()) == (True, False)


def test_requirements_of_a_tree_name_packages_alone(tree: Path) -> None:
    main = tree / "requirements/main.txt"
    assert requirements(main, tree) == ("numpy==2.2.6", "trl==1.0")
    main.write_text("-r ../../outside.txt\n-r main.txt\n-e .\ntrl", encoding="utf-8")
    (tree.parent / "outside.txt").write_text("evil==1", encoding="utf-8")
    assert requirements(main, tree) == ("trl",)  # nothing from outside, and a file that names itself ends
