"""What a training file names and the system does not let us look at: said so, and never taken for absent or empty."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from agreement_machine import gpu_machine

from envdoc.host.local import LocalHost
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.finding import CheckStatus
from envdoc.training.config import judge, load

FILE = """\
model_name_or_path: model
adapter_name_or_path: adapter
stage: sft
do_train: true
dataset: tiny
dataset_dir: sets
output_dir: out
deepspeed: ds.json
"""
# the key of the finding by what is closed; and the checks that then cannot look
CLOSED = {
    "model": ("model_name_or_path", ["train-model"]),
    "model/config.json": ("model_name_or_path", ["train-model"]),
    "adapter/adapter_config.json": ("adapter_name_or_path", []),
    "adapter": ("adapter_name_or_path", []),
    "sets": ("dataset_dir", ["train-data"]),
    "sets/dataset_info.json": ("dataset_dir", ["train-data"]),
    "sets/tiny.json": ("dataset", []),
    "out": ("output_dir", ["train-output"]),
    "ds.json": ("deepspeed", []),
}


class Closed(LocalHost):
    """This machine, where one path and all below it belongs to somebody else (root is refused nothing)."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def _shut(self, path: str) -> bool:
        told = path.replace(os.sep, "/")
        return told == self.path or told.startswith(self.path + "/")

    def read(self, path: str, *, limit: int = 1 << 20) -> Fact[str]:
        return _denied(path) if self._shut(path) else super().read(path, limit=limit)

    def listdir(self, path: str) -> Fact[tuple[str, ...]]:
        return _denied(path) if self._shut(path) else super().listdir(path)


def _denied(path: str) -> Fact:
    return missing(Why.DENIED, path, "Permission denied", "EACCES")


@pytest.fixture(autouse=True)
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that names a folder or file of every kind, all of them there."""
    monkeypatch.chdir(tmp_path)
    for name in ("model", "adapter", "sets", "out/checkpoint-5"):
        Path(name).mkdir(parents=True)
    Path("model/config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    Path("model/tokenizer.json").write_text("{}", encoding="utf-8")
    Path("model/model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    Path("adapter/adapter_config.json").write_text("{}", encoding="utf-8")
    Path("adapter/adapter_model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    Path("sets/dataset_info.json").write_text(json.dumps({"tiny": {"file_name": "tiny.json"}}), encoding="utf-8")
    Path("sets/tiny.json").write_text("[]", encoding="utf-8")
    Path("ds.json").write_text('{"zero_optimization": {"stage": 2}}', encoding="utf-8")
    Path("a.yaml").write_text(FILE, encoding="utf-8")


def _judged(host: LocalHost) -> tuple[list[tuple[str, str]], list[str]]:
    results = judge(load(host, "a.yaml", gpu_machine("9.0")))
    assert not [result.reason for result in results if result.status is CheckStatus.CRASH]
    found = [(each.code, each.where.key) for result in results for each in result.findings]  # type: ignore[union-attr]
    return found, [result.id for result in results if result.status is CheckStatus.NOT_CHECKED]


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_closed_is_named_and_nothing_else_is_said_of_it(path: str) -> None:
    key, blind = CLOSED[path]
    before, unseen = _judged(LocalHost())
    found, unseen_now = _judged(Closed(path))
    assert ("train-no-access", key) not in before
    assert ("train-no-access", key) in found
    assert set(found) - {("train-no-access", key)} <= set(before), "a fault was made up from what was not seen"
    assert set(blind) <= set(unseen_now)
    assert not set(blind) & set(unseen)


@pytest.mark.skipif("sys.platform == 'win32'", reason="a loop of links needs rights on Windows")
def test_a_disk_that_refuses_is_told_from_missing_rights() -> None:
    Path("ds.json").unlink()
    Path("ds.json").symlink_to("ds.json")
    results = judge(load(LocalHost(), "a.yaml", gpu_machine("9.0")))
    found = [each for result in results for each in result.findings if each.code == "train-no-access"]
    assert [(each.where.key, each.remediation.text.name) for each in found] == [("deepspeed", "fix-disk")]  # type: ignore[union-attr, attr-defined]
    assert "ds.json" in found[0].summary
