"""What all tests share: a home of their own, and reasons where a machine lacks what a test needs."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with something else makes no example wrong: time is judged by the tests of time alone.
settings.register_profile("envdoc", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("envdoc")
_OURS = ("ENVDOC_PROFILES", "ENVDOC_PYTORCH_INDEX")
_CLEARED = ("VIRTUAL_ENV", "CONDA_PREFIX", "CUDA_VISIBLE_DEVICES", "COLUMNS", *_OURS)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the home folder of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in (("XDG_CACHE_HOME", "cache"), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data")):
        monkeypatch.setenv(name, str(home / folder))
    for name in _CLEARED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENVDOC_LANG", "en")  # whatever language the developer's system speaks
    return home


@pytest.fixture(autouse=True)
def own_host() -> None:
    """A command's host remembers the variables and the programs of that one process: each test is one."""
    from envdoc.host import process
    from envdoc.workflow import context

    context.local_host.cache_clear()
    process.STARTED.clear()


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The age of the tables is that of the day on which they were looked at: no test fails because time goes by."""
    from datetime import date

    monkeypatch.setattr("envdoc.workflow.freshness.today", lambda: date(2026, 11, 27))


def pytest_configure() -> None:
    """A shell starts what it puts into the background with Ctrl-C ignored, and children would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """GPU tests are skipped, with the reason, where there is no GPU to test; those of Windows elsewhere."""
    lacking = {}
    if not shutil.which("nvidia-smi"):
        lacking["gpu"] = "no nvidia-smi on this machine: no NVIDIA GPU to test"
    if sys.platform != "win32":
        lacking["windows_lab"] = "needs Windows' own Python: `python tools/windows_lab.py run` has one"
    for item in items:
        for mark, reason in lacking.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
