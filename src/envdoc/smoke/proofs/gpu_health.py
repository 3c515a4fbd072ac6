"""ECC errors, remapped rows and retired pages: a GPU whose memory fails computes wrong numbers, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_UNCORRECTED = "ecc.errors.uncorrected.volatile.total"
_PENDING = "remapped_rows.pending"
_FAILED = "remapped_rows.failure"
_RETIRED = "retired_pages.pending"


def run(kit: Kit) -> str:
    told = kit.lib("smi").query(kit, "ecc.mode.current", _UNCORRECTED, _PENDING, _FAILED, _RETIRED)
    if not told:
        kit.skip("nvidia-smi tells nothing of ECC or remapped rows for this card")
    evidence = [f"{field}: {value}" for field, value in told.items()]
    kit.figures.update(told)
    if told.get(_UNCORRECTED, "0") != "0":
        kit.fail(
            "gpu-ecc-errors", f"{told[_UNCORRECTED]} uncorrected memory errors since the driver loaded", *evidence
        )
    if told.get(_FAILED, "No") not in ("No", "0"):
        kit.fail("gpu-ecc-errors", "a faulty memory row could not be replaced", *evidence)
    if told.get(_PENDING, "No") not in ("No", "0") or told.get(_RETIRED, "No") not in ("No", "0"):
        kit.fail("gpu-reset-needed", "replaced memory rows wait for a reset of the GPU", *evidence)
    return ", ".join(evidence)
