"""Every configuration that LLaMA-Factory 0.9.5 ships is read, and gets no finding but true ones.

`examples_recorded.yaml` has them, each with why it is true; here on a machine with two GPUs of compute capability 9.0
and nothing installed, started in the folder of the source distribution.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml
from agreement_machine import HERE, gpu_machine

from envdoc.host.local import LocalHost
from envdoc.model.finding import CheckStatus
from envdoc.model.machine import Target
from envdoc.model.value import replace
from envdoc.training.config import judge, load

RECORDED = yaml.safe_load((HERE / "examples_recorded.yaml").read_text(encoding="utf-8"))
ENDINGS = (".yaml", ".yml", ".json", ".sh")


@pytest.mark.real
def test_the_shipped_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--no-deps", "--no-binary", ":all:", "-d", str(tmp_path)]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *options, "llamafactory==0.9.5"], check=True)
    with tarfile.open(tmp_path / "llamafactory-0.9.5.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.chdir(tmp_path / "llamafactory-0.9.5")
    files = sorted(path for path in Path("examples").rglob("*") if path.suffix in ENDINGS)
    assert len(files) == RECORDED["files"]
    assert {path.as_posix(): told for path in files if (told := findings(path))} == {
        path: row["findings"] for path, row in RECORDED["findings"].items()
    }


def findings(path: Path) -> list[str]:
    """`CODE SENTENCE KEY` of each."""
    machine = replace(gpu_machine("9.0", "9.0"), target=Target())
    results = judge(load(LocalHost(), path.as_posix(), machine))
    assert not [result for result in results if result.status is CheckStatus.CRASH]
    every = [finding for result in results for finding in result.findings]
    return [f"{each.code} {each.summary.name} {each.where.key}".strip() for each in every]  # type: ignore[attr-defined, union-attr]
