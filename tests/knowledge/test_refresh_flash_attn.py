"""The tool that writes the index of flash-attn wheels: what each kind of list gives, and what it reports."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from envdoc.knowledge import flashwheels

TOOL = Path(__file__).resolve().parents[2] / "tools" / "refresh_flash_attn.py"
WHEEL = "flash_attn-2.8.3+cu13torch2.10cxx11abiTRUE-cp312-cp312-linux_aarch64.whl"
OFFICIAL = "https://github.com/Dao-AILab/flash-attention/releases/download/v2.8.3/"
DIGEST = "ab" * 32


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, writing into a folder of the test."""
    spec = importlib.util.spec_from_file_location("refresh_flash_attn", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(flashwheels, "INDEX", str(tmp_path / "index.txt"))
    hashes = tmp_path / "hashes.txt"
    hashes.write_text("# head\n")
    monkeypatch.setattr(flashwheels, "HASHES", str(hashes))
    flashwheels.load.cache_clear()
    return module


def run(tool: ModuleType, monkeypatch: pytest.MonkeyPatch, *lists: Path) -> int:
    monkeypatch.setattr(sys, "argv", ["refresh", *map(str, lists)])
    code: int = tool.main()
    flashwheels.load.cache_clear()
    return code


def test_releases_with_digests(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assets = [
        {"browser_download_url": OFFICIAL + WHEEL.replace("+", "%2B"), "digest": f"sha256:{DIGEST}"},
        {"browser_download_url": OFFICIAL + "flash_attn-2.8.3.tar.gz", "digest": None},
        {"browser_download_url": OFFICIAL + WHEEL.replace("torch2.10", "torch1.13"), "digest": None},
        {"browser_download_url": OFFICIAL + "flash_attn-2.8.3-weird-name.whl", "digest": None},
    ]
    listed = tmp_path / "releases.json"
    listed.write_text(json.dumps([{"tag_name": "v2.8.3", "assets": assets}]))
    assert run(tool, monkeypatch, listed) == 1
    told = capsys.readouterr()
    assert told.out == "1 wheels, 1 new; left out: 1 for torch 1\n"
    assert told.err == "no grammar reads: flash_attn-2.8.3-weird-name.whl\n"
    assert (tmp_path / "hashes.txt").read_text() == f"# head\n{DIGEST}  {WHEEL}\n"
    (wheel,) = flashwheels.read((tmp_path / "index.txt").read_text().splitlines())
    assert flashwheels.load().url(wheel) == OFFICIAL + WHEEL.replace("+", "%2B")


def test_tables_and_lists_add_to_what_is_there(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, urls = tmp_path / "names.csv", tmp_path / "seen.txt"
    name = "flash_attn-2.8.3+cu128torch2.8-cp312-cp312-win_amd64.whl"
    table.write_text(f"collection,release_tag,filename\nmjun0812/flash-attention-prebuild-wheels,v0.7.11,{name}\n")
    urls.write_text(f"# seen\n{OFFICIAL}{WHEEL}\nhttps://example.org/{WHEEL}\n")
    assert run(tool, monkeypatch, table) == 0
    assert run(tool, monkeypatch, urls) == 1
    assert "nobody we know: https://example.org/" in capsys.readouterr().err
    lines = (tmp_path / "index.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "@ official v2.8.3 flash_attn",
        "2.8.3+cu13torch2.10cxx11abiTRUE linux_aarch64 312",
        "@ mjun0812 v0.7.11 flash_attn",
        "2.8.3+cu128torch2.8 win_amd64 312",
    ]


def test_the_shipped_index_is_what_the_tool_writes() -> None:
    """Written again it is the same, byte for byte."""
    spec = importlib.util.spec_from_file_location("refresh_flash_attn", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    text = Path(flashwheels.INDEX).read_text("utf-8")
    every = [(wheel.collection, wheel.release, wheel.name) for wheel in flashwheels.read(text.splitlines())]
    assert module.written(every) == text
