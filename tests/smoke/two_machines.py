"""Two machines in one: network namespaces joined by a veth pair, each with its own loopback, addresses and routes.

Linux, root and iproute2 only. What runs in one reaches the other by 10.77.0.1 and 10.77.0.2, and nothing else.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from types import TracebackType

ADDRESSES = ("10.77.0.1", "10.77.0.2")


class TwoMachines:
    """`with TwoMachines() as machines: machines.start(0, argv, environ)`."""

    def __init__(self) -> None:
        self.names = [f"envdoc{os.getpid()}n{number}" for number in range(2)]
        self.links = [f"ve{os.getpid() % 100000}n{number}" for number in range(2)]
        self.running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> TwoMachines:
        for name in self.names:
            ip("netns", "add", name)
        first, second = self.links
        ip("link", "add", first, "type", "veth", "peer", "name", second)
        for name, link, address in zip(self.names, self.links, ADDRESSES, strict=True):
            ip("link", "set", link, "netns", name)
            ip("-n", name, "addr", "add", f"{address}/24", "dev", link)
            ip("-n", name, "link", "set", link, "up")
            ip("-n", name, "link", "set", "lo", "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.communicate()
        for name in self.names:
            ip("netns", "del", name)

    def start(self, machine: int, argv: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start a program on machine 0 or 1; gloo and NCCL are told the interface, as on a cluster."""
        link = self.links[machine]
        told = {"GLOO_SOCKET_IFNAME": link, "NCCL_SOCKET_IFNAME": link, **environ}
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.names[machine], *argv],
            env={**os.environ, **told},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(process)
        return process


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
