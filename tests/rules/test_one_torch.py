"""One machine, one torch: `resolve`, the remedies of `check` and those of `diagnose` name the same build.

For every recorded and minted machine and 300 made from the profiles' bounds and the tables, with an environment and
without; `diagnose` both with the machine at hand and with a log that tells the same facts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from made_machines import COUNT, Made, every, target_of

from envdoc import resolver
from envdoc.diagnose import Context, diagnose_text
from envdoc.doctor import Case, examine
from envdoc.doctor.picks import pick
from envdoc.knowledge.profiles import load_all
from envdoc.knowledge.tables import load
from envdoc.model.codec import decode
from envdoc.model.finding import Command
from envdoc.model.machine import Machine, System, Target
from envdoc.model.profile import Profile
from envdoc.model.resolution import Resolution, Wish
from envdoc.model.value import replace
from envdoc.rules.choice.offers import USUAL
from envdoc.rules.torch_file import line, public, variant
from envdoc.rules.torch_rows import row_of

MACHINES = Path(__file__).parent.parent / "machines"
CPU_LOG = "AssertionError: Torch not compiled with CUDA enabled\n"
_TORCH = re.compile(r"(?<![\w-])torch==([\d.]+)(?:\+(\w+))?")
Build = tuple[str, str]


def resolved(machine: Machine, python: str = "") -> Resolution:
    return resolver.resolve(Wish(python=python), machine, load(), load_all_once(), USUAL)


@cache
def load_all_once() -> dict[str, Profile]:
    return load_all()


def told(commands: tuple[Command, ...]) -> set[Build]:
    """The torch builds that lines would install, with their local tags."""
    return {(found[1], found[2]) for each in commands if (found := _TORCH.search(each.command))}


def of_check(machine: Machine) -> set[Build]:
    report = examine(Case(machine, load(), None, lambda: tuple(load_all_once().values())))
    return {build for finding in report.findings for build in told(finding.remediation.commands)}


def of_diagnose(log: str, machine: Machine | None) -> set[Build]:
    context = Context(machine=machine, profiles=lambda: tuple(load_all_once().values()))
    return {build for finding in diagnose_text(log, context).findings for build in told(finding.remediation.commands)}


def recorded() -> Iterator[Made]:
    for path in sorted(MACHINES.glob("*.json")):
        machine = decode(Machine, json.loads(path.read_text(encoding="utf-8")), path.name)
        python, build = machine.target.python.value, machine.target.torch.value
        torch = (public(build.version), variant(build.version) or "cpu") if build else ("", "")
        yield Made(machine, path.stem, python.minor if python else "", torch)
        yield Made(replace(machine, target=Target()), f"{path.stem} without its environment")


ALL = (*recorded(), *every())


@cache
def answers(number: int) -> dict[str, object]:
    """What each room says of a machine, and what the agreed answer is."""
    made = ALL[number]
    machine = made.machine
    new = resolved(machine)
    agreed = _agreed(made, new)
    choice = pick(Case(machine, load(), None, lambda: tuple(load_all_once().values())))
    return {
        "agreed": agreed,
        "resolution": new,
        "new": (new.torch, new.cuda) if new.fits else None,
        "pick": choice and (choice.torch, choice.cuda),
        "python": choice.python if choice else "",
        "check": of_check(machine),
        "diagnose": of_diagnose(CPU_LOG, machine),
    }


def _agreed(made: Made, new: Resolution) -> Build | None:
    """What `resolve` says for the environment's Python; nothing where that would leave out more GPUs."""
    if not new.fits:
        return None
    if not made.python:
        return (new.torch, str(new.cuda))
    again = resolved(made.machine, made.python) if made.python != new.python else new
    return (again.torch, str(again.cuda)) if again.fits and again.gpus == new.gpus else None


def _beyond(made: Made, new: Resolution) -> bool:
    """Whether the environment's Python is none that the chosen profile would make an environment with."""
    profile = load_all_once().get(new.profile)
    return bool(made.python) and profile is not None and made.python not in profile.python.allow


@pytest.mark.parametrize("number", range(len(ALL)), ids=lambda number: f"{number}-{ALL[number].profile}")
def test_one_machine_has_one_torch(number: int) -> None:
    made, said = ALL[number], answers(number)
    new: Resolution = said["resolution"]  # type: ignore[assignment]
    if _beyond(made, new):
        _another_python(made, new, said["pick"], number)  # type: ignore[arg-type]
    assert said["pick"] == said["agreed"]
    chosen = {said["pick"]} if said["pick"] else set()
    assert said["check"] <= chosen  # type: ignore[operator]
    if said["pick"] and said["pick"][1] != "cpu" and said["pick"] != made.torch:  # type: ignore[index]
        assert said["diagnose"] == chosen
    elif said["pick"] != made.torch and made.machine.gpus.value:
        # nothing fits as it is: diagnose may name the build for after the driver is new, never one for now
        assert said["diagnose"] == set() or resolved(_with_new_driver(made.machine)).fits
    assert made.torch not in said["diagnose"]  # type: ignore[operator]
    assert made.torch not in said["check"] or said["check"] == set()  # type: ignore[operator]


def _another_python(made: Made, new: Resolution, choice: Build | None, number: int) -> None:
    """The build has a wheel for that Python, and is the one for a new environment where that has one."""
    os = made.machine.os
    row = row_of(new.torch, str(new.cuda), os.system, os.arch, load())
    assert row is not None
    if made.python in row.python:
        assert choice == (new.torch, new.cuda)
    elif choice is not None:
        other = row_of(choice[0], choice[1], os.system, os.arch, load())
        assert other is not None
        assert made.python in other.python
        assert line(choice[0]) != line(new.torch)


def _with_new_driver(machine: Machine) -> Machine:
    from envdoc.model.facts import readings

    return replace(machine, driver=replace(machine.driver, version=readings(), cuda=readings()))


# --- a log that tells the same facts


def _log_of(made: Made) -> str | None:
    """The facts of a machine as programs print them; None where a log could not tell them all."""
    machine = made.machine
    names = {gpu.name.value for gpu in machine.gpus.or_else(())}
    driver, wsl = machine.driver.version.value, machine.os.wsl.or_else(0)
    if len(names) != 1 or not driver or wsl or not made.python or machine.env.get("CUDA_VISIBLE_DEVICES"):
        return None
    gpu = machine.gpus.or_else(())[0]
    windows = machine.os.system is System.WINDOWS
    path = "C:\\Users\\u\\x.py" if windows else "/home/u/x.py"
    arch = " aarch64-linux-gnu" if machine.os.arch == "aarch64" else ""
    glibc = f"glibc {libc.removeprefix('glibc ')}\n" if (libc := machine.os.libc.or_else("")) else ""
    capability = gpu.compute_capability.value
    cap = f"with CUDA capability {capability}\n" if capability else ""
    torch = f"torch: {made.torch[0]}+{made.torch[1]}\n" if made.torch[0] else ""
    return (
        f'File "{path}"{arch}\nDriver Version: {driver}\nGPU 0: {gpu.name.value}\n{cap}'
        f"Python version: {made.python} (main)\n{glibc}{torch}{CPU_LOG}"
    )


@pytest.mark.parametrize("number", range(len(ALL)), ids=lambda number: f"{number}-{ALL[number].profile}")
def test_a_log_with_the_same_facts_gets_the_same_torch(number: int) -> None:
    made, said = ALL[number], answers(number)
    log = _log_of(made)
    if log is None or not said["pick"] or said["pick"] in (made.torch, None) or said["pick"][1] == "cpu":  # type: ignore[index]
        return
    assert of_diagnose(log, None) == {said["pick"]}


def test_the_machines_reach_what_they_are_for() -> None:
    """Shares of the 300 made ones, so that the agreement cannot become one of nothing with nothing."""
    counts: Counter[str] = Counter()
    for number in range(len(ALL) - COUNT, len(ALL)):
        made, said = ALL[number], answers(number)
        counts["fits"] += said["new"] is not None
        counts["refused"] += said["new"] is None
        counts["bare"] += said["resolution"].profile == "bare"  # type: ignore[attr-defined]
        counts["bare python"] += bool(said["pick"]) and _beyond(made, said["resolution"])  # type: ignore[arg-type]
        counts["gpu"] += bool(said["pick"]) and said["pick"][1] != "cpu"  # type: ignore[index]
        counts["environment"] += bool(made.python)
        counts["other python"] += bool(said["pick"]) and made.python not in ("", "3.12")
        counts["check says one"] += bool(said["check"])
        counts["diagnose says one"] += bool(said["diagnose"])
        counts["a log says it"] += bool(said["pick"]) and _log_of(made) is not None
    least = {
        "fits": 210, "refused": 15, "bare": 25, "bare python": 40,
        "gpu": 150, "environment": 200, "other python": 60, "check says one": 30,
        "diagnose says one": 150, "a log says it": 35,
    }  # fmt: skip
    print(dict(counts))
    assert not [(name, counts[name], number) for name, number in least.items() if counts[name] < number]


def test_an_environment_of_another_python_is_told_of_the_new_one() -> None:
    made = next(each for each in ALL if each.profile == "win11-2x5060ti-576-cpu-torch")
    old = replace(made.machine, target=target_of(System.WINDOWS, "3.14", ("2.8.0", "cpu")))
    report = examine(Case(old, load(), None, lambda: tuple(load_all_once().values())))
    found = next(each for each in report.findings if each.code == "torch-cpu-build")
    assert found.remediation.text == (
        "Install a CUDA build; torch 2.9.1 with CUDA runtime cu128 fits this machine and Python 3.14; "
        "a new environment gets torch 2.7.1 with CUDA runtime cu128 on Python 3.12"
    )
    older = replace(made.machine, target=target_of(System.WINDOWS, "3.8", ("2.4.0", "cpu")))
    report = examine(Case(older, load(), None, lambda: tuple(load_all_once().values())))
    found = next(each for each in report.findings if each.code == "torch-cpu-build")
    assert told(found.remediation.commands) == set()
    assert found.remediation.text.endswith(
        "no published build for Python 3.8 fits this machine; "
        "a new environment gets torch 2.7.1 with CUDA runtime cu128 on Python 3.12"
    )


def test_gpus_that_do_not_go_together_are_said_by_the_remedy() -> None:
    """Pascal beside Blackwell: the build is for the newer one, and the remedy says who is left out."""
    made = next(each for each in ALL if each.profile == "linux-1080-5090-580")
    mixed = replace(made.machine, target=target_of(System.LINUX, "3.12", ("2.8.0", "cpu")))
    choice = pick(Case(mixed, load(), None, lambda: tuple(load_all_once().values())))
    assert choice is not None
    assert (choice.torch, choice.cuda, resolved(mixed).torch) == ("2.7.1", "cu128", "2.7.1")
    report = examine(Case(mixed, load(), None, lambda: tuple(load_all_once().values())))
    found = next(each for each in report.findings if each.code == "torch-cpu-build")
    assert "but GPU 0 (NVIDIA GeForce GTX 1080), which no build serves together" in found.remediation.text
    ready = replace(made.machine, target=target_of(System.LINUX, "3.12", ("2.7.1", "cu128")))
    report = examine(Case(ready, load(), None, lambda: tuple(load_all_once().values())))
    found = next(each for each in report.findings if each.code == "gpu-not-in-torch-build")
    assert "hide what it lacks and work on GPU 1" in found.remediation.text
    assert told(found.remediation.commands) == set()
