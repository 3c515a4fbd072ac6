"""What a control group (a container, a scheduler's job) allows this process."""

from __future__ import annotations

import math
import posixpath

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing

_ROOT = "/sys/fs/cgroup"
_UNLIMITED = 1 << 60  # version 1 writes 9223372036854771712 for "no limit"


def memory_limit_mib(host: Host) -> Fact[int]:
    """The lowest memory limit on the way up from our group; ABSENT means that there is none."""
    told: list[tuple[int, str]] = []
    unread: list[Fact[str]] = []
    for path in _candidates(host, "memory", "memory.max", "memory.limit_in_bytes"):
        fact = host.read(path)
        text = (fact.value or "").strip()
        if text.isdecimal() and int(text) < _UNLIMITED:
            told.append((int(text) >> 20, path))
        elif fact.why not in (None, Why.ABSENT):
            unread.append(fact)
    if told:
        return known(*min(told))
    if unread:  # a limit may stand in it
        return missing(unread[0].why or Why.FAILED, unread[0].source, unread[0].detail, unread[0].code)
    return missing(Why.ABSENT, "cgroup", "no limit")


def cores(host: Host) -> Fact[int]:
    """Processors this process may use: its affinity, and not more than the group's quota."""
    count = host.cpu_count()
    for path in _candidates(host, "cpu", "cpu.max", "cpu.cfs_quota_us"):
        text = host.read(path).or_else("").split()
        period = text[1] if len(text) == 2 else host.read(path.replace("quota", "period")).or_else("").strip()
        if text and text[0].isdecimal() and period.isdecimal():  # "200000 100000": two processors
            count = min(count, max(1, math.ceil(int(text[0]) / int(period))))
    return known(count)


def _candidates(host: Host, controller: str, v2: str, v1: str) -> tuple[str, ...]:
    """The files that may bound us. `/proc/self/cgroup` says `0::/user.slice/x` or `4:memory:/docker/…`."""
    files = [posixpath.join(_ROOT, v2), posixpath.join(_ROOT, controller, v1)]
    for line in host.read("/proc/self/cgroup").or_else("").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        base, leaf = (_ROOT, v2) if not controllers else (posixpath.join(_ROOT, controller), v1)
        if controllers and controller not in controllers.split(","):
            continue
        while group.strip("/"):
            files.append(posixpath.join(base, group.strip("/"), leaf))
            group = posixpath.dirname(group.rstrip("/"))
    return tuple(files)
