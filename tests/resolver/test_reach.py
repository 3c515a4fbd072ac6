"""Wherever a published build serves all GPUs, the driver, the Python and the system, `resolve` does not refuse.

Whether one does is asked of the tables' rows here, by code that the choice does not use.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from resolver_kit import Resolver

from envdoc.knowledge.rows import TorchRow
from envdoc.model.cuda import version_tuple
from envdoc.model.value import dataclass

R = Resolver()
EXAMPLES = 120
GPUS = (
    *("3.7", "5.0", "5.2", "6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "10.3", "11.0", "12.0"),
    *("12.1", "GTX 980", "GTX 1080", "RTX 3090", "RTX 4090", "RTX 5060 Ti"),
)
DRIVERS = (
    *("", "440.33.01", "450.66", "450.80.02", "452.39", "460.106.00", "470.256.02", "510.108.03", "516.94"),
    *("525.60.13", "527.41", "535.54.03", "550.54.14", "566.36", "570.26", "576.02", "580.65.06", "581.29"),
    *("590.48.01", "610.43.02"),
)
PLACES = (*2 * (("linux", "x86_64"),), ("linux", "aarch64"), ("windows", "x86_64"), ("darwin", "aarch64"))
PYTHONS = ("", "", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")


@dataclass(frozen=True, slots=True)
class Asked:
    gpus: tuple[str, ...]
    driver: str
    place: tuple[str, str]
    python: str


def asked() -> st.SearchStrategy[Asked]:
    one = st.lists(st.sampled_from(GPUS), min_size=1, max_size=1)
    several = st.lists(st.sampled_from(GPUS), min_size=0, max_size=3)
    return st.builds(
        Asked,
        st.one_of(one, one, several).map(tuple),
        st.sampled_from(DRIVERS),
        st.sampled_from(PLACES),
        st.sampled_from(PYTHONS),
    )


def capability(name: str) -> str:
    row = R.knowledge.gpu_named(name)
    return row.capability if row else name


def served(it: Asked) -> bool:
    """Whether any row of the table serves the machine, with a torchvision that belongs to it."""
    rows = [row for row in R.knowledge.torch if (row.os, row.arch) == it.place]
    return any(_serves(row, it) for row in rows)


def _serves(row: TorchRow, it: Asked) -> bool:
    if it.python and it.python not in row.python:
        return False
    if not any(each.torch in row.patches for each in R.knowledge.companions):
        return False
    if not it.gpus:
        return row.cuda == "cpu"
    return row.cuda != "cpu" and _driver_serves(row.cuda, it) and all(_has_code(row.sm, gpu) for gpu in it.gpus)


def _has_code(built: tuple[str, ...], gpu: str) -> bool:
    """Machine code runs on its own major, from its minor on."""
    major, minor = version_tuple(capability(gpu))
    return any(version_tuple(sm)[0] == major and version_tuple(sm)[1] <= minor for sm in built)


def _driver_serves(cuda: str, it: Asked) -> bool:
    if not it.driver:
        return True
    have = version_tuple(it.driver)
    floor = next(each for each in R.knowledge.driver_floors if str(each.cuda_major) == cuda[2:4])
    if have < version_tuple(floor.windows if it.place[0] == "windows" else floor.linux):
        return False
    branches = [each for each in R.knowledge.driver_branches if each.branch <= have[0]]
    lowest = version_tuple(max(branches, key=lambda each: each.branch).capability_min)
    return all(version_tuple(capability(gpu)) >= lowest and have[0] >= _first_branch(gpu) for gpu in it.gpus)


def _first_branch(gpu: str) -> int:
    row = R.knowledge.gpu_named(gpu)
    if row is not None:
        return row.driver_min
    return min(each.driver_min for each in R.knowledge.gpus if each.capability == gpu)


def test_what_a_published_build_serves_is_not_refused() -> None:
    reached: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(asked())
    def run(it: Asked) -> None:
        resolution = R(gpus=it.gpus, driver=it.driver, system=it.place[0], arch=it.place[1], python=it.python)
        left_out = any(finding.code == "mixed-gpus-not-covered" for finding in resolution.findings)
        whole = resolution.fits and not left_out
        assert whole is served(it), (it, resolution.cuda, [finding.code for finding in resolution.findings])
        if not whole and not left_out:
            error = next(finding for finding in resolution.findings if finding.severity == "error")
            assert error.evidence or not it.gpus, error
        reached["served"] += whole
        reached["bare"] += whole and resolution.profile == "bare"
        reached["some GPUs"] += left_out
        reached["refused"] += not resolution.fits

    run()
    print(dict(reached))
    least = {"served": 35, "bare": 15, "some GPUs": 3, "refused": 20}
    assert not [(name, reached[name]) for name, number in least.items() if reached[name] < number], dict(reached)
