"""What the caller wants to know, beyond "this machine"."""

from __future__ import annotations

from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """What to look at, and what not to.

    `own_prefix` is envdoc's own `sys.prefix`: an environment of pipx or uvx is never taken for the user's.
    Without `cache_dir` nothing is remembered between runs; a snapshot asks `fresh` and without one.
    """

    env: str = ""  # --env DIR
    python: str = ""  # --python PATH
    own_prefix: str = ""
    online: bool = False
    fresh: bool = False  # do not use what an earlier run remembered
    cache_dir: str = ""  # where cuInit's answer is remembered; "" never
    thorough: bool = False  # start tools for a version that decides nothing: for a snapshot, not for a check
    parts: tuple[str, ...] = ()  # names of probes to run (see `gather.PROBES`); empty means all
