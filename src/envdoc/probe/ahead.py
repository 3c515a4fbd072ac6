"""The two programs that take longest, on their way before the other probes are read from the disk.

cuInit takes 0.2 s on a healthy machine and nvidia-smi half of that; all else together takes less, and is done
meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from envdoc.host.base import Host
from envdoc.host.threads import Begun
from envdoc.probe import cuda, gpus_smi
from envdoc.probe.ask import Ask
from envdoc.probe.remember import Memory

_LIMIT = 30.0  # seconds; what is started has a shorter one of its own

Answers = Mapping[str, Callable[[], Any]]  # probe -> what waits for its answer, and raises what it raised


def start(host: Host, ask: Ask) -> Answers:
    """Those of the two that are wanted, each in a thread."""
    jobs: dict[str, Callable[[], object]] = {
        "cuda_init": partial(cuda.probe, host, Memory(ask.cache_dir, ask.fresh)),
        "smi": partial(gpus_smi.probe, host),
    }
    return {name: _Job(job).answer for name, job in jobs.items() if not ask.parts or name in ask.parts}


class _Job:
    """A job in a thread of its own, and its answer."""

    def __init__(self, job: Callable[[], object]) -> None:
        self._job = job
        self._value: object = None
        self._error: Exception | None = TimeoutError(f"no answer in {_LIMIT:g} s")
        self._thread = Begun(self._work)

    def _work(self) -> None:
        try:
            self._value, self._error = self._job(), None
        except Exception as error:  # whoever asks for the answer is told
            self._error = error

    def answer(self) -> object:
        self._thread.ended(_LIMIT)
        if self._error is not None:
            raise self._error
        return self._value
