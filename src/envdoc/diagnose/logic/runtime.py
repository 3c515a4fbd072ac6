"""Logic of what packages refuse at run time, and of warnings that users ask about: "is this harmless?"."""

from __future__ import annotations

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.match import flat
from envdoc.diagnose.values import Match
from envdoc.model.cuda import version_tuple
from envdoc.model.value import replace


def xformers_no_operator(match: Match, case: Case) -> list[Match]:
    """`too new` tells of a GPU that the build lacks; `wasn't build with CUDA support` of another torch."""
    around = flat(match.sighting.lines) + case.facts.text[-6000:]
    if "(too new)" in around or "but your GPU has capability" in around:
        return [replace(match, words="log-gpu")]
    return [match]


def needs_bf16(match: Match, case: Case) -> list[Match]:
    """`requires .target sm_80 or higher`: the number is what the feature wants, not what ptxas knows."""
    if any(version_tuple(each) >= (8, 0) for each in case.known.capabilities):
        return []
    return [match]


def nccl_blackwell(match: Match, case: Case) -> list[Match]:
    """NCCL before 2.26.2 has no code for 12.0; said only where the log names such a GPU."""
    told = version_tuple(match.captured.get("nccl", "") or "99")
    return [match] if told < (2, 26, 2) and any(each.startswith("12.") for each in case.known.capabilities) else []


FUNCTIONS: dict[str, Judge] = {
    "xformers-no-operator": xformers_no_operator,
    "needs-bf16": needs_bf16,
    "nccl-blackwell": nccl_blackwell,
}
