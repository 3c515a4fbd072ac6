"""Every sample: who printed it, and all that is read from it. `samples.yaml` says where each comes from."""

from __future__ import annotations

import re
from typing import Any

import pytest
from listing_samples import SAMPLES, index, told

from envdoc.listing.lines import lines_of
from envdoc.listing.segment import parts_of
from envdoc.workflow.listing import machines_in

ORIGINS = {"recorded", "retyped", "damaged"}
# GPU-00000000-0000-0000-0000-000000000000
_UUID = re.compile(r"\b(?:GPU|MIG)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def test_every_sample_is_in_the_index_and_says_where_it_comes_from() -> None:
    assert {each["file"] for each in index()} == {path.name for path in SAMPLES.iterdir()}
    assert {each["origin"] for each in index()} == ORIGINS
    assert all(each["of"] for each in index())
    assert len(index()) >= 60


@pytest.mark.parametrize("row", index(), ids=lambda row: row["file"])
def test_what_a_sample_tells(row: dict[str, Any]) -> None:
    data = (SAMPLES / row["file"]).read_bytes()
    assert [part.program for part in parts_of(lines_of(data))] == row["programs"]
    assert [told(machine) for machine in machines_in(data)] == row["machines"]


def test_nobody_is_named_in_a_sample() -> None:
    """Identifiers of the recorded machines are masked: no UUID but zeros, no serial number, no kernel of a host."""
    for path in SAMPLES.iterdir():
        text = path.read_bytes().decode("utf-8", "replace")
        assert all(set(uuid) <= set("0-") for uuid in _UUID.findall(text)), path.name
        serials = [line for line in text.splitlines() if "Serial Number" in line or "<serial>" in line]
        assert all(any(word in line for word in ("N/A", "MASKED")) for line in serials), path.name
