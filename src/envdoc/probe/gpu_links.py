"""How GPUs of one machine reach each other: NVLink and peer access, by NVML's questions outside the fast table."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Gpu
from envdoc.model.value import replace

_MOST_LINKS = 18  # NVML_NVLINK_MAX_LINKS
_READ = 0  # NVML_P2P_CAPS_INDEX_READ


def with_links(host: Host, gpus: tuple[Gpu, ...]) -> tuple[Gpu, ...]:
    """The same GPUs with `nvlinks` and `peers`; one alone has nobody to reach."""
    if len(gpus) < 2:
        return gpus
    return tuple(replace(gpu, nvlinks=_active(host, gpu.index), peers=_peers(host, gpu, gpus)) for gpu in gpus)


def _active(host: Host, index: int) -> Fact[int]:
    """How many links are up. Link numbers that a card does not have are INVALID_ARGUMENT or NOT_SUPPORTED."""
    states = [host.nvml.device(index, "NvLinkState", link) for link in range(_MOST_LINKS)]
    told = [fact.value for fact in states if fact.known]
    if told:
        return known(sum(bool(state) for state in told), "nvml")
    first = states[0]
    return missing(first.why or Why.FAILED, "nvml", first.detail, first.code)


def _peers(host: Host, gpu: Gpu, gpus: tuple[Gpu, ...]) -> Fact[tuple[int, ...]]:
    others = [other.index for other in gpus if other.index != gpu.index]
    states = {other: host.nvml.pair(gpu.index, other, "P2PStatus", _READ) for other in others}
    for fact in states.values():
        if fact.value is None:
            return missing(fact.why or Why.FAILED, "nvml", fact.detail, fact.code)
    return known(tuple(other for other, fact in states.items() if fact.value == 0), "nvml")
