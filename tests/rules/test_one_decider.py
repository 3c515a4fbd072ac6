"""What the import rules cannot tell: that nobody beside the floor decides these again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src" / "envdoc"


@cache
def trees() -> dict[str, ast.Module]:
    """Every module by its path below the package."""
    files = sorted(SOURCE.rglob("*.py"))
    return {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield name, node


def where_attribute(*wanted: str) -> set[str]:
    return {name for name, node in nodes(ast.Attribute) if node.attr in wanted}  # type: ignore[attr-defined]


def where_text(*wanted: str) -> set[str]:
    return {name for name, node in nodes(ast.Constant) if node.value in wanted}  # type: ignore[attr-defined]


def where_import(module: str, *names: str) -> set[str]:
    found = set()
    for name, node in nodes(ast.ImportFrom):
        if node.module == module and (not names or {each.name for each in node.names} & set(names)):  # type: ignore[attr-defined]
            found.add(name)
    plain = {name for name, node in nodes(ast.Import) if any(each.name == module for each in node.names)}  # type: ignore[attr-defined]
    return found | plain


def test_driver_floors_are_compared_in_one_place() -> None:
    tables = ("driver_floor", "native_driver", "driver_floors", "native_drivers", "driver_branches", "driver_min")
    assert where_attribute(*tables) == {
        "knowledge/tables.py",
        "rules/drivers.py",
        # a card carries its least branch from rules.drivers, and gates and sentences read it
        "rules/choice/gates.py",
        "rules/choice/situation.py",
        "resolver/explain.py",
        "resolver/openers.py",
    }


def test_wsl_is_told_in_one_place() -> None:
    asked = {
        name
        for name, node in nodes(ast.Attribute)
        if node.attr in ("value", "or_else") and getattr(node.value, "attr", "") == "wsl"  # type: ignore[attr-defined]
    }
    assert asked == {
        "rules/drivers.py",
        "diagnose/confirm.py",  # whether it is known to be none
        "render/text_report.py",  # prints its number
    }


def test_visible_devices_are_read_in_one_place() -> None:
    """Reading is `environ.get(...)` or `environ[...]`; others name the variable in sentences and set it."""
    readers = set()
    for name, node in nodes(ast.Call):
        function = node.func  # type: ignore[attr-defined]
        asks = isinstance(function, ast.Attribute) and function.attr in ("get", "getenv", "pop")
        if asks and any(_is_the_variable(argument) for argument in node.args[:1]):  # type: ignore[attr-defined]
            readers.add(name)
    for name, node in nodes(ast.Subscript):
        if _is_the_variable(node.slice) and isinstance(node.ctx, ast.Load):  # type: ignore[attr-defined]
            readers.add(name)
    readers = {name for name in readers if "CUDA_VISIBLE_DEVICES" in (SOURCE / name).read_text(encoding="utf-8")}
    assert readers - {"smoke/gpus.py"} == {
        "rules/visible.py",
        "doctor/visible_devices.py",  # shows the value as it is written
        "smoke/kit.py",  # in the child: what its parent selected for it
    }


def _is_the_variable(node: ast.AST) -> bool:
    named = isinstance(node, ast.Name) and node.id in ("NAME", "_NAME")
    attribute = isinstance(node, ast.Attribute) and node.attr == "NAME"
    return named or attribute or (isinstance(node, ast.Constant) and node.value == "CUDA_VISIBLE_DEVICES")


def test_torch_version_py_has_one_reader() -> None:
    """Who opens the file gives its text to the one reader."""
    openers = where_text("version.py")
    assert openers == {"probe/torch_build.py", "probe/extensions.py", "installer/dists.py"}
    assert all("torch_file" in (SOURCE / name).read_text(encoding="utf-8") for name in openers)
    reading = {name for name, node in nodes(ast.Constant) if "(None|'" in str(node.value)}  # type: ignore[attr-defined]
    assert reading == {"rules/torch_file.py"}


def test_metadata_folders_have_one_reader() -> None:
    cut = {
        name for name, node in nodes(ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "removesuffix"  # type: ignore[attr-defined]
        and any(getattr(each, "value", getattr(each, "id", "")) in (".dist-info", "SUFFIX") for each in node.args)  # type: ignore[attr-defined]
    }  # fmt: skip
    assert cut == {"rules/dist_info.py"}
    assert where_import("csv") == {"rules/dist_info.py", "training/data/reading/table.py"}  # RECORD; data sets
    assert where_text("[-_.]+") == {"rules/requirements.py"}


def test_architectures_are_compared_in_one_place() -> None:
    assert where_import("envdoc.model.cuda", "capability_of") == {"rules/coverage.py"}
    assert where_import("envdoc.rules.coverage", "runs_on") == set()
    # `row.sm` against a GPU is `covers`; who has neither only passes it on or prints it
    for name in where_attribute("sm") - {"rules/coverage.py"}:
        text = (SOURCE / name).read_text(encoding="utf-8")
        assert "covers" in text or name in {"doctor/torch_build.py", "resolver/result.py"}, name


def test_the_torch_table_is_searched_by_the_floor() -> None:
    """A row by its release, variant and system: `rules.torch_rows`. Others only list what there is."""
    users = {
        name for name, node in nodes(ast.Attribute)
        if (node.attr == "torch" and isinstance(node.value, ast.Attribute) and node.value.attr == "knowledge")  # type: ignore[attr-defined]
        or (node.attr == "torch" and isinstance(node.value, ast.Name) and node.value.id == "knowledge")  # type: ignore[attr-defined]
    }  # fmt: skip
    assert users <= {
        "rules/torch_rows.py",
        "rules/torch_choice.py",
        "resolver/decide.py",
        "resolver/findings.py",  # lists builds for a machine of unlike GPUs
        "resolver/plan.py",  # the size of a download
        "doctor/python_fit.py",  # the Pythons that any torch is for
        "knowledge/profilecheck.py",
    }


def test_shells_are_quoted_for_in_one_place() -> None:
    # a command line of the user's is taken apart, not written, in training
    assert where_import("shlex") <= {"rules/quoting.py", "training/config/read/command.py"}
    assert where_import("pipes") == set()


# Lines made of our own words and numbers of a table or a machine; their count may only fall.
OWN_VALUES = {
    "doctor/compilers.py": 1,  # g++-13, by the table `toolkits`
    "doctor/following.py": 1,  # a finding's code
    "doctor/gpu_health.py": 1,  # a GPU's number
    "doctor/gpu_use.py": 2,  # likewise
    "diagnose/remedies/toolkits.py": 5,  # a release of the table, two digits of a log
    "diagnose/remedies/ptxas.py": 1,  # the name of a variable, of two
    "doctor/windows.py": 2,  # the registry key of long paths
    "installer/steps/python.py": 1,  # a minor of a profile, which its schema bounds
    "resolver/variables.py": 1,  # GPU numbers
    "rules/quoting.py": 9,
}


def test_no_line_to_paste_is_put_together_by_hand() -> None:
    """f-strings in `Command(...)`, `run(...)` and `per_shell(...)`: values go through `rules.quoting`."""
    found: dict[str, int] = {}
    for name, node in nodes(ast.Call):
        function = node.func  # type: ignore[attr-defined]
        called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if called in ("Command", "run", "per_shell"):
            values = (*node.args, *(each.value for each in node.keywords))  # type: ignore[attr-defined]
            count = sum(isinstance(each, ast.JoinedStr) for each in values)
            found[name] = found.get(name, 0) + count
    assert {name: count for name, count in found.items() if count and not name.startswith("host/")} == OWN_VALUES


@pytest.mark.parametrize("module", ["judge", "gates", "offers", "auto"])
def test_the_parts_of_the_choice_are_for_the_resolver(module: str) -> None:
    users = where_import(f"envdoc.rules.choice.{module}") | where_import("envdoc.rules.choice", module)
    assert all(name.startswith(("rules/", "resolver/")) for name in users), users
