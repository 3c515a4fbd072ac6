"""What all tests share: a home of their own, and reasons where a machine lacks what a test needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """GPU tests are skipped, with the reason, where there is no GPU to test."""
    if shutil.which("nvidia-smi"):
        return
    skip = pytest.mark.skip(reason="no nvidia-smi on this machine: no NVIDIA GPU to test")
    for item in items:
        if item.get_closest_marker("gpu"):
            item.add_marker(skip)
