"""What a real H200 said: the files are whole, valid, and free of identifiers; each planted fault was found."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from junit_schema import problems

FOLDER = Path(__file__).with_name("recorded")


@pytest.mark.parametrize("level", ["quick", "full", "train"])
def test_a_recorded_run_is_green_and_valid(level: str) -> None:
    text = (FOLDER / f"h200-{level}.xml").read_text()
    assert problems(text) == []
    suite = ElementTree.fromstring(text)[0]
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    assert "every proof that could be tried holds" in (FOLDER / f"h200-{level}.txt").read_text()


def test_the_figures_stand_beside_what_the_card_should_give() -> None:
    suite = ElementTree.parse(FOLDER / "h200-full.xml").getroot()[0]
    told = {case.get("name"): case.findtext("system-out") or "" for case in suite.iter("testcase")}
    shares = {name: float(re.findall(r"share: ([0-9.]+)", text)[0]) for name, text in told.items() if "share" in text}
    assert set(shares) == {
        *(f"matmul-{kind} (GPU 0)" for kind in ("fp32", "tf32", "fp16", "bf16", "fp8")),
        "memory-bandwidth (GPU 0)",
    }
    assert all(0.45 < share < 1.0 for share in shares.values())


def test_each_planted_fault_was_found_by_its_code() -> None:
    rows = [json.loads(line) for line in (FOLDER / "h200-faults.jsonl").read_text().splitlines()]
    assert [(*row["codes"], row["exit_code"]) for row in rows] == [
        ("wrong-numbers", 1),
        ("no-kernel-image", 1),
        ("slow-path", 1),
        ("proof-killed", 1),
        ("proof-crashed", 1),
        ("proof-timed-out", 1),
        ("no-kernel-image", 1),
        ("no-gpu-visible", 75),
        ("gpu-memory-held", 75),
        ("missing-cuda-library", 1),  # now cudnn-version-mismatch
        ("missing-cuda-library", 1),
    ]


def test_no_identifier_was_recorded() -> None:
    for file in FOLDER.iterdir():
        assert not re.search(r"GPU-[0-9a-f]{8}|\b\d{13}\b", file.read_text()), file.name
