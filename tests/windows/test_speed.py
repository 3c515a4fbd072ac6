"""How long `envdoc check` takes beside the smallest thing that a program with typer and rich does: importing them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from loopback import torch_wheel, wheel
from windows_kit import make_environment, variables

from lab import gpus, registry

pytestmark = [pytest.mark.windows_lab, pytest.mark.whole_windows]
CHECKOUT = Path(__file__).parents[2]
MOST = 1.5
ROUNDS, TRIES = 7, 3  # whatever else the machine does falls on both, but not evenly
BASE = ("-c", "import typer, rich")
CHECK = ("-m", "envdoc", "check")
TWO = gpus.Driver("576.88", 12090, (gpus.RTX_5060_TI,) * 2)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installed wheel: a source checkout reads YAML, which takes its time."""
    pytest.importorskip("hatchling", reason="hatchling is not installed: no wheel can be built")
    out, site = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(argv, cwd=CHECKOUT, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        archive.extractall(site)
    return site


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wheels = (torch_wheel("2.8.0+cu128"), wheel("numpy", "2.2.6"), wheel("llamafactory", "0.9.3"))
    return make_environment(tmp_path_factory.mktemp("env") / "train", *wheels)


@pytest.mark.parametrize("driver", [None, TWO], ids=["no driver", "two cards"])
def test_check_beside_importing_typer_and_rich(
    driver: gpus.Driver | None, installed: Path, environment: Path, tmp_path: Path
) -> None:
    if driver is not None and gpus.why_not():
        pytest.skip(gpus.why_not())
    env = variables(tmp_path, {"VIRTUAL_ENV": str(environment), "PYTHONPATH": str(installed)})
    ratios: list[float] = []
    with registry.values(registry.WELL), gpus.installed(driver, tmp_path) if driver else nullcontext():
        where = said(env, "-c", "import envdoc; print(envdoc.__file__)")
        assert str(installed).lower() in where.lower(), "the checkout was measured"
        assert ("no-driver" in said(env, *CHECK)) is (driver is None)
        while len(ratios) < TRIES and min(ratios, default=MOST + 1) > MOST:
            ratios.append(ratio(env))
    print(f"check beside typer and rich: {ratios}")
    assert min(ratios) <= MOST, ratios


def ratio(env: dict[str, str]) -> float:
    """Of the medians; the rounds alternate, after one of each that does not count."""
    taken: dict[tuple[str, ...], list[float]] = {BASE: [], CHECK: []}
    for _ in range(1 + ROUNDS):
        for argv, seconds in taken.items():
            began = time.monotonic()
            said(env, *argv)
            seconds.append(time.monotonic() - began)
    base, check = (statistics.median(seconds[1:]) for seconds in taken.values())
    print(f"import {base:.2f} s, check {check:.2f} s, of {os.cpu_count()} processors")
    return round(check / base, 2)


def said(env: dict[str, str], *argv: str) -> str:
    done = subprocess.run(
        [sys.executable, *argv],
        env=env,
        cwd=env["SYSTEMROOT"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")
