"""What the plain commands may load. Each module costs a third of a millisecond of every start, some cost twenty."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

MACHINES = Path(__file__).parents[1] / "machines"
HEALTHY = str(MACHINES / "linux-h200-580.json")
SNAPSHOT = ("--machine", HEALTHY)

# Nobody's plain command needs them: parsers, printers, clients, and what the standard library itself loads them for.
ALWAYS = {
    "typer", "rich", "inspect", "dataclasses", "packaging", "requests", "jsonschema", "urllib3", "pathlib", "difflib",
    "tempfile", "shutil", "configparser", "html", "email", "ssl", "csv", "argparse", "logging", "importlib.metadata",
    "multiprocessing", "asyncio", "sqlite3", "zipfile", "numpy", "tomllib",
}  # fmt: skip
# Rooms and parts that belong to other commands, or to findings that this machine does not have.
OTHERS = {
    "envdoc.installer", "envdoc.smoke", "envdoc.diagnose", "envdoc.training", "envdoc.host.recording",
    "envdoc.host.recorded", "envdoc.host.web", "envdoc.host.download", "envdoc.probe.sources",
    "envdoc.probe.listings", "envdoc.probe.online", "envdoc.rules.masks.people", "envdoc.rules.masks.addresses",
    "envdoc.rules.masks.values", "envdoc.rules.masks.lines", "envdoc.doctor.flash_built",
}  # fmt: skip
DECIDING = {
    "envdoc.components", "envdoc.resolver", "envdoc.rules.choice", "envdoc.model.plan", "envdoc.model.resolution",
    "envdoc.knowledge.profiles", "envdoc.knowledge.flashwheels", "urllib.parse",
}  # fmt: skip
PROBING = {"envdoc.probe", "subprocess", "ctypes", "threading"}

# command line -> what it must not load, and how many modules of envdoc it may load
BUDGETS = {
    ("--version",): (ALWAYS | OTHERS | DECIDING | PROBING | {"typing", "json", "re", "enum"}, 2),
    ("check", *SNAPSHOT): (ALWAYS | OTHERS | DECIDING | PROBING, 126),
    ("check", "--profile", "cpu", "--env", "ENV"): (ALWAYS | OTHERS - {"envdoc.rules.masks.people"}, 221),
    ("resolve", *SNAPSHOT): (ALWAYS | OTHERS | PROBING - {"envdoc.probe"} | {"envdoc.doctor"}, 134),
}

CODE = """
import sys
before = set(sys.modules)
sys.argv = ["envdoc", *sys.argv[1:]]
from envdoc.__main__ import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("MODULES " + " ".join(sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start") / "env"
    venv.create(folder, with_pip=False)
    return folder


def loaded(argv: tuple[str, ...], environment: Path) -> list[str]:
    line = [str(environment) if each == "ENV" else each for each in argv]
    # an explicit environment: readline, which pytest imports, puts COLUMNS into the process's own
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    done = subprocess.run([sys.executable, "-c", CODE, *line], capture_output=True, text=True, timeout=120, env=env)
    assert done.stdout, done.stderr
    return done.stderr.partition("MODULES ")[2].split()


def below(modules: list[str], banned: set[str]) -> list[str]:
    return [each for each in modules if any(each == name or each.startswith(f"{name}.") for name in banned)]


@pytest.mark.parametrize("argv", BUDGETS, ids=lambda argv: " ".join(Path(each).name for each in argv))
def test_a_plain_command_loads_what_it_needs(argv: tuple[str, ...], environment: Path) -> None:
    banned, most = BUDGETS[argv]
    modules = loaded(argv, environment)
    assert below(modules, banned) == []
    ours = [each for each in modules if each.split(".")[0] == "envdoc"]
    assert len(ours) <= most, f"{len(ours)} modules of envdoc: {' '.join(ours)}"


def test_the_list_can_fail(environment: Path) -> None:
    """A command line that typer must read is seen to load what plain ones must not."""
    assert "typer" in loaded(("check", "--help"), environment)
