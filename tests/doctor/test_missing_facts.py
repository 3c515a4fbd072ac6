"""Facts that could not be had: no check crashes, and none passes on what it did not see.

Each check is run over machines that note what it reads; then every fact that it read is taken away alone, those
within a GPU too, and the check must not pass any more.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from doctor_cases import MACHINES, ROOT, case_of, read_machine
from noting import GONE, facts, gone, one, reads

from envdoc.doctor import checks, examine
from envdoc.model.facts import readings
from envdoc.model.finding import CheckResult, CheckStatus

NAMES = sorted(path.stem for path in MACHINES.glob("*.json"))
RUNS = [
    *((name, "") for name in NAMES),
    ("linux-h200-580", "hopper"),
    ("win11-2x5060ti-576-cu128", "rtx50-cu128"),
    ("linux-no-gpu", "cpu"),
    ("linux-t4-535", "turing-dc"),
]
CRASH = ("linux-h200-580", "linux-gpu-lost", "win11-gbk", "win11-2x5060ti-576-cu126", "linux-3090-broken-packages")
GPU = r"gpus\.value\.\d+\."

# Where another fact really answers the same question, or the fact decides nothing. One line a pair, with the reason.
EXCEPTIONS = {
    # asks every fact whether it carries the code of a lost GPU; one that is missing for another reason says nothing
    ("gpu-health", r"driver\.(nvml|smi)|gpu_sources\..*|" + GPU + r"(?!ecc_uncorrected|remapped_rows_pending)\w+"),
    # the GPU's name and the table of GPUs answer for its compute capability
    ("gpu-present", GPU + "compute_capability"),
    ("torch-covers-gpus", GPU + "compute_capability"),
    ("driver-serves-gpus", GPU + "compute_capability"),
    ("profile-machine", GPU + "compute_capability"),
    ("bitsandbytes-binary", GPU + "compute_capability"),
    ("nvcc-gpu", GPU + "compute_capability"),
    # the list itself says that the GPU is there, its capability what it is; the name is for people
    ("gpu-present", GPU + "name"),
    # names only whom the variable hides; indices decide
    ("visible-devices", GPU + "name"),
    # another GPU of the machine has another name already: numbers may differ whatever this one is
    ("device-order", GPU + "name"),
    # the same list once more, as its source gave it
    ("sources-agree", "gpus"),
    # a GPU that does not tell its capability may be unlike the others, so that the numbers' meaning is called unsure
    ("visible-devices", GPU + "compute_capability"),
    ("windows-multi-gpu", GPU + "compute_capability"),
    ("gpu-free", GPU + "compute_capability"),
    ("gpu-mode", GPU + "compute_capability"),
    ("sources-agree", GPU + "compute_capability"),
    # the kernel's release names WSL; where nothing does, plain Linux' driver numbers hold
    ("driver-runtime", r"os\.wsl"),
    ("profile-driver", r"os\.wsl"),
    # stands in for the driver's version only where that is missing
    ("driver-runtime", r"driver\.cuda"),
    ("profile-driver", r"driver\.cuda"),
    # several facts show that a GPU is there (the bus, the sources, libcuda's devices): each of the others does it
    ("torch-build", r"driver\.(cuda_init|pci)|gpus|gpu_sources\..*"),
    ("torch-covers-gpus", r"driver\.cuda_init"),
    # cuInit's own success is the answer, whoever else lists GPUs
    ("cuda-init", "gpus"),
    # the readings of the version tell it; what these two add is an error's code, which they do not have here
    ("driver-consistent", r"driver\.(nvml|smi)"),
    # the loaded kernel module's version is one
    ("driver-present", r"driver\.version"),
    # stands beside the driver's version in the line, and decides nothing
    ("driver-present", r"driver\.cuda"),
    # stands in the evidence, and decides nothing
    ("windows-driver-model", r"windows\.hags"),
    # the table's row of that very build has the architectures, read from the real wheels
    ("torch-covers-gpus", r"target\.torch\.value\.arch_list"),
    # the table's row of torch's release has the least glibc, where the wheel's tag is not known
    ("c-library", r"target\.packages"),
    # the whole stack's space is asked for then, which is more
    ("disk-space", r"target\.torch"),
    # the bounds of every torch in the table are asked then, which is stricter than "it is installed"
    ("python-version", r"target\.torch"),
    # only markers that name platform_release or platform_version read them; no package here has one
    ("package-bounds", r"os\.(kernel|version)"),
}  # fmt: skip


# An environment without torch: the note says that nothing is there to judge, which the environment's own facts must
# show; the machine's only choose the line that the note proposes.
EMPTY, SHOWN_BY = ("nothing-installed",), "target."


def _excepted(check: str, path: str) -> bool:
    return any(check == name and re.fullmatch(pattern, path) for name, pattern in EXCEPTIONS)


def _ended(result: CheckResult, without: str) -> CheckStatus:
    """How a check ended without a fact; it passed nothing where it says that nothing is installed."""
    empty = tuple(each.code for each in result.findings) == EMPTY and not without.startswith(SHOWN_BY)
    return CheckStatus.NOT_CHECKED if empty else result.status


def _tried() -> list[tuple[str, str, str, str, CheckStatus]]:
    """Each fact taken away alone from each check that read it: machine, profile, check, fact, how it ended."""
    told = []
    for name, profile in RUNS:
        known = dict(facts(read_machine(name)))
        case = case_of(name, None, profile)
        for check in (each.id for each in checks() if not each.last and each.applies(case)):
            result, noted = reads(name, profile, check)
            assert result.status is not CheckStatus.CRASH, result.reason
            if result.status is CheckStatus.NOT_CHECKED:
                continue
            for path in sorted(noted & set(known)):
                without = case_of(name, {path: gone(known[path])}, profile)
                told.append((name, profile, check, path, _ended(one(without, check), path)))
    return told


@pytest.fixture(scope="module")
def tried() -> list[tuple[str, str, str, str, CheckStatus]]:
    return _tried()


def test_no_check_passes_without_a_fact_that_it_reads(
    tried: list[tuple[str, str, str, str, CheckStatus]],
) -> None:
    passed = [each[:4] for each in tried if each[4] is CheckStatus.PASS and not _excepted(each[2], each[3])]
    assert passed == []
    assert [each for each in tried if each[4] is CheckStatus.CRASH] == []


def test_the_test_reaches_what_it_is_for(tried: list[tuple[str, str, str, str, CheckStatus]]) -> None:
    """Facts and checks in their number: a check that no longer reads its facts would make the test empty."""
    pairs = {(check, re.sub(r"\.\d+\b", ".N", path)) for _, _, check, path, _ in tried}
    print(f"{len(tried)} runs, {len({path for _, path in pairs})} facts, {len({check for check, _ in pairs})} checks")
    assert len(tried) > 2000
    assert len({path for _, path in pairs}) > 50
    assert len({check for check, _ in pairs}) > 40
    used = {pattern for name, pattern in EXCEPTIONS for check, path in pairs if name == check}
    assert used == {pattern for _, pattern in EXCEPTIONS}


@pytest.mark.parametrize("name", CRASH)
def test_no_single_missing_fact_crashes_a_report(name: str) -> None:
    for path, fact in facts(read_machine(name)):
        report = examine(case_of(name, {path: gone(fact)}))
        crashed = [(each.id, each.reason) for each in report.checks if each.status is CheckStatus.CRASH]
        assert crashed == [], path


# These look at variables and at what the environment's path says: no fact is missing there.
NEED_NO_FACT = {
    "variable-values", "library-path", "hub-endpoint", "hub-switches", "bitsandbytes-override", "path-blanks",
    "visible-devices", "network-interfaces",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_nothing_passes_where_nothing_was_told(name: str) -> None:
    outer = [path for path, _ in facts(read_machine(name), every=True) if ".value" not in path]
    changes: dict[str, object] = {
        path: readings(GONE) if path in ("driver.version", "driver.cuda") else GONE for path in outer
    }
    report = examine(case_of(name, {**changes, "target.leftovers": ()}))
    looked = {each.id for each in report.checks if each.status is not CheckStatus.NOT_CHECKED}
    # cuInit that does not answer is a finding of its own, and so is that nobody could look
    assert looked - NEED_NO_FACT - {"cuda-init"} == {"decisive"}


# A value that stands for "not known" decides something nobody saw. The reason ends the check (`look.need`,
# `look.untold`), or the value is taken as it is (`fact.value`, None where missing).
def test_checks_have_no_default_values() -> None:
    found = []
    for path in sorted((ROOT / "src" / "envdoc" / "doctor").glob("*.py")):
        if path.name in ("picks.py", "requirements.py"):
            continue  # values for commands and for PEP 508's environment, no checks
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "or_else":
                found.append(f"{Path(path).name}:{node.lineno}")
    assert found == []
