"""Several machines in one: network namespaces on one bridge, each with its own sshd, interfaces and folders.

    with Machines(5, tmp_path) as machines: machines.sshd(0, driver="580.65.06"); ...

The asker has a namespace of its own. Linux, root, iproute2 and OpenSSH's server. Whatever is started in a machine
sees its own mounts: a folder of one machine can be another than that of the others under the same path.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

SSHD = "/usr/sbin/sshd"
_SILENT = "import socket, time\ns = socket.create_server(('0.0.0.0', 22))\ntime.sleep(600)"


def why_not() -> str:
    """Why no such machines can be made here; "" where they can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need Linux and root"
    lacks = [name for name in ("ip", SSHD, "ssh", "ssh-keygen") if shutil.which(name) is None]
    if lacks:
        return f"not installed: {', '.join(lacks)} (apt-get install iproute2 openssh-server openssh-client)"
    name = f"envdoc{os.getpid()}probe"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return "no network namespace can be made here"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return ""


class Machines:
    """`count` machines with the addresses 10.78.0.11, ..., called node-1, ... in the ssh configuration."""

    def __init__(self, count: int, folder: Path) -> None:
        self.folder = folder
        self.names = [f"envdoc{os.getpid()}m{number}" for number in range(count)]
        self.head = f"envdoc{os.getpid()}head"
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Machines:
        Path("/run/sshd").mkdir(exist_ok=True)
        for key in ("host", "user"):
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / key))
        _run("ip", "netns", "add", self.head)
        _run("ip", "-n", self.head, "link", "add", "br0", "type", "bridge")
        _run("ip", "-n", self.head, "addr", "add", "10.78.0.1/24", "dev", "br0")
        for device in ("br0", "lo"):
            _run("ip", "-n", self.head, "link", "set", device, "up")
        for number, name in enumerate(self.names):
            self._machine(number, name)
        lines = [f"Host node-{number + 1}\n  HostName 10.78.0.{number + 11}\n" for number in range(99)]
        common = (
            f"Host *\n  IdentityFile {self.folder / 'user'}\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n"
            f"  UserKnownHostsFile {self.folder / 'known'}\n  LogLevel ERROR\n"
        )
        (self.folder / "ssh_config").write_text("".join(lines) + common)
        return self

    def _machine(self, number: int, name: str) -> None:
        """A namespace whose `eth0` hangs on the bridge."""
        link = f"ev{os.getpid() % 10000}p{number}"
        _run("ip", "netns", "add", name)
        _run("ip", "link", "add", link, "type", "veth", "peer", "name", f"{link}x")
        _run("ip", "link", "set", f"{link}x", "netns", name)
        _run("ip", "link", "set", link, "netns", self.head)
        _run("ip", "-n", self.head, "link", "set", link, "master", "br0", "up")
        _run("ip", "-n", name, "link", "set", f"{link}x", "name", "eth0")
        _run("ip", "-n", name, "addr", "add", f"10.78.0.{number + 11}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            _run("ip", "-n", name, "link", "set", device, "up")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.running:
            process.kill()
            process.wait()
        for name in (*self.names, self.head):
            subprocess.run(["ip", "netns", "del", name], check=False)

    def sshd(
        self,
        number: int,
        *,
        environ: Mapping[str, str] | None = None,
        mounts: Mapping[Path, Path] | None = None,
        force: str = "",
    ) -> None:
        """Start a machine's sshd. `mounts`: a place, and the folder that this machine has there."""
        config = self.folder / f"sshd_{number}"
        told = " ".join(f'{name}="{value}"' for name, value in (environ or {}).items())
        config.write_text(
            f"HostKey {self.folder / 'host'}\nAuthorizedKeysFile {self.folder / 'user.pub'}\nStrictModes no\n"
            f"PidFile none\nUsePAM no\nPermitRootLogin prohibit-password\n"
            + (f"SetEnv {told}\n" if told else "")
            + (f"ForceCommand {force}\n" if force else "")
        )
        binds = "".join(f"mount --bind {own} {place} && " for place, own in (mounts or {}).items())
        line = ["ip", "netns", "exec", self.names[number], "sh", "-c", f"{binds}exec {SSHD} -D -e -f {config}"]
        with (self.folder / f"sshd_{number}.log").open("wb") as log:
            self.running.append(subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        self._until_listening(number)

    def silent(self, number: int) -> None:
        """Something that takes connections on ssh's port and never says a word."""
        line = ["ip", "netns", "exec", self.names[number], sys.executable, "-c", _SILENT]
        self.running.append(subprocess.Popen(line, stdin=subprocess.DEVNULL))
        self._until_listening(number)

    def _until_listening(self, number: int) -> None:
        until = time.monotonic() + 10
        code = f"import socket; socket.create_connection(('10.78.0.{number + 11}', 22), 1).close()"
        while time.monotonic() < until:
            with contextlib.suppress(subprocess.CalledProcessError, socket.error):
                return _run("ip", "netns", "exec", self.head, sys.executable, "-c", code)
            time.sleep(0.1)
        raise AssertionError((self.folder / f"sshd_{number}.log").read_text())

    def run(self, *argv: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program as the asker."""
        return subprocess.run(
            ["ip", "netns", "exec", self.head, *argv],
            env={**os.environ, **(environ or {})},
            capture_output=True,
            text=True,
            timeout=300,
        )


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
