r"""Whole reports of `envdoc check` on machines whose drivers are real DLLs and a real nvidia-smi.exe.

To renew the golden files after a change that is meant: `ENVDOC_UPDATE_GOLDEN=1`, then read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from loopback import Wheel, torch_wheel, wheel
from windows_kit import Ran, envdoc, make_environment, settled, unpack

from lab import gpus, registry
from lab.gpus import Card, Driver

pytestmark = [pytest.mark.windows_lab, pytest.mark.whole_windows]
GOLDEN = Path(__file__).parent / "golden"
TWO = (gpus.RTX_5060_TI,) * 2
LOST = Card("NVIDIA GeForce RTX 5060 Ti", "12.0", 16311, lost=True)

MACHINES: dict[str, tuple[Driver | None, str]] = {
    "seed-two-5060ti-576-cpu-torch": (Driver("576.88", 12090, TWO), "2.8.0+cpu"),
    "two-5060ti-576-cu128": (Driver("576.88", 12090, TWO), "2.8.0+cu128"),
    "two-5060ti-576-cu126": (Driver("576.88", 12090, TWO), "2.8.0+cu126"),
    "one-4090-576": (Driver("576.88", 12090, (gpus.RTX_4090,)), "2.8.0+cu126"),
    "no-driver": (None, "2.8.0+cu128"),
    "old-driver-3060-516": (Driver("516.94", 11070, (gpus.RTX_3060,), nvml="nvml-old.dll"), "2.8.0+cu128"),
    "lost-gpu": (Driver("576.88", 12090, (gpus.RTX_5060_TI, LOST)), "2.8.0+cu128"),
    "cuinit-fails": (Driver("576.88", 12090, TWO, cu_init=999), "2.8.0+cu128"),
    "driver-610-4090": (Driver("610.18", 13030, (gpus.RTX_4090,)), "2.8.0+cu128"),
    "laptop-4060": (Driver("572.16", 12080, (gpus.RTX_4060_LAPTOP,)), ""),
    "mixed-1080-5060ti": (Driver("576.88", 12090, (gpus.GTX_1080, gpus.RTX_5060_TI)), "2.8.0+cu128"),
    "smi-hangs-nvml-gone": (Driver("576.88", 12090, TWO, smi="gbk", files=("nvidia-smi.exe",)), "2.8.0+cu128"),
}


def packages(torch: str) -> tuple[Wheel, ...]:
    if not torch:
        return ()
    return (torch_wheel(torch), wheel("numpy", "2.2.6"), wheel("llamafactory", "0.9.3"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if gpus.why_not():
        pytest.skip(gpus.why_not())
    return make_environment(tmp_path_factory.mktemp("env") / "train")


@pytest.mark.parametrize("name", MACHINES)
def test_the_whole_report_is_as_recorded(name: str, environment: Path, tmp_path: Path) -> None:
    driver, torch = MACHINES[name]
    site = environment / "Lib" / "site-packages"
    for old in site.iterdir():
        remove(old)
    for each in packages(torch):
        unpack(environment, each)
    with registry.values(registry.WELL), gpus.installed(driver or Driver("", 0, (), files=()), tmp_path):
        ran = in_time(tmp_path, environment)
    assert (ran.err, "Traceback" in ran.out) == ("", False)
    whole = f"{settled(ran.out, environment)}exit {ran.code}\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        path.write_text(whole, encoding="utf-8", newline="\n")
    assert whole == path.read_text(encoding="utf-8")


def in_time(home: Path, environment: Path) -> Ran:
    """`check`, up to three times where a probe was ended for its time: on a busy machine a program's start takes
    seconds under wine. The machine whose nvidia-smi hangs is asked three times for nothing."""
    for _ in range(3):
        ran = envdoc(home, "check", env={"VIRTUAL_ENV": str(environment)})
        if not re.search(r"killed after|no answer in|timed[ -]out", ran.out):
            break
    return ran


def remove(path: Path) -> None:
    import shutil

    shutil.rmtree(path) if path.is_dir() else path.unlink()
