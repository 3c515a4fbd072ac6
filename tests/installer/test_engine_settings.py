"""Each setting of uv and pip is decided: an option that a new version brings fails here until it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from envdoc.installer.engines import settings
from envdoc.probe.engine_config import engine_variables

TOOLS = Path(__file__).parents[2] / "tools"


def uv_options() -> set[str]:
    from uv import find_uv_bin

    told = subprocess.run(
        [find_uv_bin(), "help", "pip", "install"], capture_output=True, text=True, check=True
    ).stdout
    return set(re.findall(r"^ +(?:-\w, )?--([a-z][a-z-]+)", told, re.MULTILINE))


def pip_options() -> set[str]:
    argv = [sys.executable, "-m", "pip", "install", "--help"]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^ +(?:-\w, )?--([a-z][a-z0-9-]+)", told, re.MULTILINE))


@pytest.mark.parametrize(("listed", "table"), [(uv_options, settings.UV), (pip_options, settings.PIP)])
def test_every_option_is_decided(listed: object, table: dict[str, str]) -> None:
    found = listed()  # type: ignore[operator]
    assert len(found) > 40
    assert sorted(found - settings.options(table).keys()) == []


def test_no_option_is_passed_and_shut() -> None:
    for table in (settings.UV, settings.PIP):
        assert [name for name, how in settings.options(table).items() if "shut" in how and len(how) > 1] == []


def test_the_page_is_the_table() -> None:
    sys.path.insert(0, str(TOOLS))
    try:
        import engine_settings
    finally:
        sys.path.remove(str(TOOLS))
    assert engine_settings.PAGE.read_text(encoding="utf-8") == engine_settings.page()


class Files:
    """A host of a few files."""

    def __init__(self, files: dict[str, str]) -> None:
        from envdoc.model.machine import System

        self.files, self.system = files, System.LINUX
        self.environ = {"HOME": "/home/me"}

    def read(self, path: str, *, limit: int = 1 << 20) -> object:
        from envdoc.model.facts import Why, known, missing

        del limit
        return known(self.files[path]) if path in self.files else missing(Why.ABSENT)


def test_networks_and_caches_of_the_files_go_along_and_nothing_else() -> None:
    files = {
        "/home/me/.config/uv/uv.toml": (
            'cache-dir = "/big/uv"\nsystem-certs = true\nallow-insecure-host = ["a", "b:8080"]\n'
            'exclude-newer = "2020-01-01"\n[pip]\ntarget = "/x"\nlink-mode = "copy"\nindex-url = "https://i"\n'
        ),
        "/home/me/.config/pip/pip.conf": (
            "[global]\nproxy = http://me:pw@proxy:3128\ntrusted-host =\n    a\n    b\ntarget = /x\n"
            "[install]\ncert=/c.pem\n"
        ),
        "/etc/pip.conf": "[global]\ntimeout = 60\nproxy = http://other\n",
    }
    assert engine_variables(Files(files)) == {  # type: ignore[arg-type]
        "UV_CACHE_DIR": "/big/uv",
        "UV_SYSTEM_CERTS": "true",
        "UV_INSECURE_HOST": "a b:8080",
        "UV_LINK_MODE": "copy",
        "PIP_PROXY": "http://me:pw@proxy:3128",
        "PIP_TRUSTED_HOST": "a b",
        "PIP_CERT": "/c.pem",
        "PIP_TIMEOUT": "60",
    }


@pytest.mark.parametrize("text", ["[", "= = =", "[[index]]\nx", "a" * 100_000, "[pip]\ncache-dir = {}"])
def test_a_broken_file_says_nothing(text: str) -> None:
    files = {"/home/me/.config/uv/uv.toml": text, "/home/me/.config/pip/pip.conf": text}
    assert engine_variables(Files(files)) in ({}, {"UV_CACHE_DIR": "{}"})  # type: ignore[arg-type]
