"""The words of a proof: figures against the card, comparison, skip and fail. Without torch where that is possible."""

from __future__ import annotations

from typing import Any

import pytest

from envdoc.smoke.kit import Failed, Kit, Skipped


def kit(**job: Any) -> Kit:
    return Kit({"name": "proof", **job}, load=lambda name: None)


@pytest.mark.parametrize(
    ("measured", "words", "codes"),
    [
        (687.1, "687.1 TFLOP/s of about 989 (69 %)", []),
        (446.0, "446 TFLOP/s of about 989 (45 %)", []),
        (444.0, "444 TFLOP/s of about 989 (45 %)", ["slower-than-card"]),
        (149.0, "149 TFLOP/s of about 989 (15 %)", ["slower-than-card"]),
    ],
)
def test_a_figure_beside_what_the_card_should_give(measured: float, words: str, codes: list[str]) -> None:
    proof = kit(expected=989.0)
    assert proof.against(measured, "tflops", "TFLOP/s") == words
    assert [note["code"] for note in proof.notes] == codes
    assert proof.figures == {"tflops": measured, "tflops_expected": 989.0, "share": round(measured / 989, 3)}


def test_a_path_that_is_not_taken_fails() -> None:
    with pytest.raises(Failed) as failed:
        kit(expected=989.0).against(50.0, "tflops", "TFLOP/s")
    assert (failed.value.code, failed.value.reason) == ("slow-path", "50 TFLOP/s of about 989 (5 %)")


def test_a_card_without_a_row_is_measured_and_not_judged() -> None:
    proof = kit()
    assert proof.against(5.0, "gbs", "GB/s") == "5 GB/s, no figure is known for this card"
    assert (proof.figures, proof.notes) == ({"gbs": 5.0}, [])


def test_skip_and_fail_carry_their_words() -> None:
    with pytest.raises(Skipped, match="one GPU has no peers"):
        kit().skip("one GPU has no peers")
    with pytest.raises(Failed) as failed:
        kit().fail("gpu-lost", "gone", "Xid 79")
    assert (failed.value.code, failed.value.evidence) == ("gpu-lost", ("Xid 79",))


def test_the_device_is_the_first_that_the_child_sees() -> None:
    assert (kit().device, kit(gpu=3).device) == ("cpu", "cuda:0")


def test_time_is_the_median_of_what_one_call_takes() -> None:
    calls: list[int] = []
    seconds = kit().seconds(lambda: calls.append(1), runs=3, least=0.001)
    assert 0 < seconds < 0.001
    assert len(calls) > 5
