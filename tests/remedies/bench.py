"""A bench on which a fault is made for real, the printed lines are run as they stand, and `check` looks again.

The environment is a real one of `uv`, the installers really run. Made up are the wheels (the real names, versions,
requirements and the files that envdoc reads; nothing inside) and where they come from: an index on loopback. The two
places that a line may name are led there without changing it: the Python package index by UV_DEFAULT_INDEX and
PIP_INDEX_URL, `https://download.pytorch.org/whl/` by putting the index's own address in its place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from loopback import TORCH_VERSION, Index, Wheel, wheel

from envdoc.doctor import Case, examine
from envdoc.host.local import LocalHost
from envdoc.knowledge.profiles import load_all
from envdoc.knowledge.tables import load
from envdoc.model.cuda import arch_of, cuda_of
from envdoc.model.finding import Command, Finding, Report, Shell
from envdoc.model.machine import Machine, System
from envdoc.model.profile import Profile
from envdoc.model.value import replace
from envdoc.probe import target
from envdoc.resolver import whatif
from envdoc.rules.torch_rows import row_of

PYTORCH = "https://download.pytorch.org/whl"
TAGS = ("cpu", "cu118", "cu126", "cu128", "cu130")
# Lines that change an environment or this shell's variables; `envdoc ...`, `sudo ...` are other roads.
_RUN = ("uv pip ", "python -m pip ", "rm -r ", "unset ", "export ")


@dataclass
class Shop:
    index: Index
    cache: Path


@contextmanager
def stocked(cache: Path) -> Iterator[Shop]:
    """The index with every torch stack of the table `companions`, for each of TAGS."""
    with Index() as index:
        for row in load().companions:
            for tag in TAGS:
                if row_of(row.torch, tag, System.LINUX, "x86_64", load()):
                    index.add(tag, *stack(row.torch, tag))
        yield Shop(index, cache)


def torch_wheel(version: str, *, requires: tuple[str, ...] = (), text: str = "", hip: str = "") -> Wheel:
    """torch with what envdoc reads of it: version.py (`text` instead), and the list of architectures."""
    public, _, tag = version.partition("+")
    cuda = cuda_of(tag) if tag.startswith("cu") else None
    told = text or TORCH_VERSION.format(version=version, cuda=cuda)
    files: dict[str, str | bytes] = {
        "torch/version.py": told.replace("hip: Optional[str] = None", f"hip: Optional[str] = {hip or None!r}")
    }
    row = row_of(public, tag, System.LINUX, "x86_64", load())
    if row and cuda:
        arches = " ".join(arch_of(each) for each in row.sm)
        files["torch/lib/libtorch_python.so"] = b"\x7fELF" + arches.encode() + b"\0" + b"x" * 64
    return wheel("torch", version, files, requires=requires)


def companion(name: str, version: str, torch: str = "", tag: str = "") -> Wheel:
    """torchvision, torchaudio, xformers: pinned to their torch; version.py tells the variant."""
    local = f"+{tag}" if tag else ""
    text = f"__version__ = {version + local!r}\n"
    files = {f"{name}/version.py": text}
    return wheel(name, version + local, files, requires=(f"torch=={torch}",) if torch else ())


def stack(torch: str, tag: str, *, requires: tuple[str, ...] = ()) -> list[Wheel]:
    """torch and the companions that belong to it, of one variant."""
    row = load().companion(torch)
    assert row is not None, torch
    pairs = (("torchvision", row.torchvision), ("torchaudio", row.torchaudio))
    others = [companion(name, version, torch, tag) for name, version in pairs if version]
    return [torch_wheel(f"{torch}+{tag}", requires=requires), *others]


def bitsandbytes(version: str, *cuda: str) -> Wheel:
    """bitsandbytes with a library for each CUDA version."""
    names = (f"libbitsandbytes_cuda{each.replace('.', '')}.so" for each in cuda)
    return wheel("bitsandbytes", version, {f"bitsandbytes/{name}": b"\x7fELF" for name in names})


@cache
def profiles() -> tuple[Profile, ...]:
    return tuple(load_all().values())


@dataclass
class Bench:
    """One environment and the machine that it is on: an RTX 5060 Ti with driver 580 unless said otherwise."""

    shop: Shop
    folder: Path
    gpus: tuple[str, ...] = ("RTX 5060 Ti",)
    driver: str = "580.95.05"
    variables: dict[str, str] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)  # of the machine, by their paths: "hardware.interfaces"
    made: bool = False
    ran: list[str] = field(default_factory=list)

    @property
    def env(self) -> Path:
        return self.folder / "env"

    @property
    def site(self) -> Path:
        return next((self.env / "lib").glob("python3*/site-packages"))

    def make(self, *arguments: str) -> None:
        self._uv("venv", "-q", "--python", sys.executable, *arguments, str(self.env))
        self.made = True

    def install(self, *wheels: Wheel) -> None:
        """Put these into the environment as they are, whatever they require."""
        if not self.made:
            self.make()
        place = self.folder / "wheels"
        place.mkdir(exist_ok=True)
        for each in wheels:
            (place / each.name).write_bytes(each.content)
        files = [str(place / each.name) for each in wheels]
        self._uv("pip", "install", "-q", "--no-deps", "--python", str(self.env / "bin" / "python"), *files)

    def offer(self, *wheels: Wheel) -> None:
        """What the Python package index has."""
        self.shop.index.add("pypi", *wheels)

    def machine(self) -> Machine:
        """The made-up machine with this very environment, read by envdoc's own probe."""
        machine = whatif.apply(None, load(), gpus=self.gpus, driver=self.driver, system="linux", arch="x86_64")
        python = str(self.env / "bin" / "python")
        judged = target.probe(LocalHost(), target.Choice(str(self.env), python, "--env"))
        machine = replace(machine, target=judged, env=dict(self.variables))
        for path, value in self.facts.items():
            part, _, name = path.partition(".")
            machine = replace(machine, **{part: replace(getattr(machine, part), **{name: value}) if name else value})
        return machine

    def check(self) -> Report:
        return examine(Case(self.machine(), load(), None, profiles))

    def run(self, commands: Iterable[Command]) -> list[str]:
        """The lines of a remedy that change the environment or the variables, as printed, in bash; all of them."""
        lines = [
            each.command
            for each in commands
            if each.shell in (Shell.ANY, Shell.BASH) and each.command.startswith(_RUN)
        ]
        for line in lines:
            self._bash(line)
        return lines

    def _bash(self, line: str) -> None:
        script = f"{line.replace(PYTORCH, self.shop.index.root())} && echo '<<<' && env -0"
        environ = self._environ({"PATH": f"{self.env}/bin:{_uv_folder()}:/usr/bin:/bin", **self.variables})
        done = subprocess.run(
            ["bash", "-c", script], env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        self.ran.append(line)
        told = dict(each.split("=", 1) for each in done.stdout.partition("<<<\n")[2].split("\0") if "=" in each)
        known = set(environ) - set(self.variables)
        self.variables = {name: value for name, value in told.items() if name not in known | _SHELL}

    def _uv(self, *arguments: str) -> None:
        argv = [f"{_uv_folder()}/uv", *arguments]
        subprocess.run(argv, env=self._environ({}), check=True, capture_output=True, text=True, timeout=120)

    def _environ(self, more: Mapping[str, str]) -> dict[str, str]:
        pypi = self.shop.index.url("pypi")
        return {
            "HOME": str(self.folder),
            "PATH": "/usr/bin:/bin",
            "UV_CACHE_DIR": str(self.shop.cache),
            "UV_DEFAULT_INDEX": pypi,
            "UV_NO_CONFIG": "1",
            "PIP_INDEX_URL": pypi,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "NO_PROXY": "127.0.0.1",
            **more,
        }


_SHELL = {"PWD", "SHLVL", "_", "OLDPWD"}


@cache
def _uv_folder() -> str:
    from uv import find_uv_bin

    return str(Path(find_uv_bin()).parent)


def of(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


def with_pip(bench: Bench) -> None:
    """pip itself, copied from the one that runs this: what a line of `python -m pip` needs."""
    import pip

    source = Path(pip.__file__).parent
    shutil.copytree(source, bench.site / "pip", dirs_exist_ok=True)
