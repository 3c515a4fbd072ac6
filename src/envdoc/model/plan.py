"""What will be done: typed, ordered, printable steps; no shell strings.

Each step has a stable `id` (the journal's key), says in `title` what it does, and knows by `fingerprint`
whether what the journal says was done is still what is wanted.
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from envdoc.model.codec import encode
from envdoc.model.digest import digest
from envdoc.model.resolution import Source
from envdoc.model.value import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class ProvidePython:
    """Find a Python of this minor (known interpreters first), else let uv fetch one."""

    version: str
    known: tuple[str, ...] = ()  # paths of fitting interpreters, the preferred first
    id: str = "python"
    title: str = "Find Python"


@dataclass(frozen=True, slots=True)
class MakeEnvironment:
    """Create the virtual environment with the Python found before."""

    path: str
    id: str = "environment"
    title: str = "Make the environment"


@dataclass(frozen=True, slots=True)
class AdoptEnvironment:
    """Record the state of an environment that envdoc did not make, so that rollback restores it."""

    path: str
    id: str = "adopt"
    title: str = "Record the environment as it is"


@dataclass(frozen=True, slots=True)
class InstallPackages:
    """Install exact requirements under the lock, from these sources, in one engine call."""

    id: str
    title: str
    requirements: tuple[str, ...]  # "torch==2.7.0+cu128"
    constraints: tuple[str, ...] = ()  # lock lines; hold torch's CUDA build in place in every step
    sources: tuple[Source, ...] = ()  # in order; the first that has a package gives it
    no_deps: bool = False
    only_binary: bool = True  # sdists that must be built are named in `allow_build`
    allow_build: tuple[str, ...] = ()
    build_env: dict[str, str] = field(default_factory=dict)  # variables for builds: DS_BUILD_OPS=0
    download_mib: int = 0
    disk_mib: int = 0


@dataclass(frozen=True, slots=True)
class InstallWheel:
    """One wheel that no index serves: fetched within bounds, its hash checked, or recorded and shown where nobody
    publishes one, installed without its dependencies, tried in a process of its own, taken away again if it fails."""

    name: str  # the distribution, "flash-attn"
    version: str  # without local tag; the file's metadata may have one or not
    url: str
    sha256: str = ""  # "" where nobody publishes it
    publisher: str = ""  # of a third-party binary, "mjun0812"; "" for the project's own
    most_mib: int = 2048
    id: str = "wheel"
    title: str = "Install a wheel"

    @property
    def file(self) -> str:
        return unquote(self.url.rpartition("/")[2])

    @property
    def detail(self) -> str:
        return self.url

    def bare(self) -> InstallWheel:
        return replace(self, title="", most_mib=0)


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Variables that belong to the environment (`envdoc env` prints them; activation sets them)."""

    variables: dict[str, str]
    id: str = "variables"
    title: str = "Write the environment's variables"


@dataclass(frozen=True, slots=True)
class Prove:
    """Run proofs inside the environment; only then is it marked usable."""

    proofs: tuple[str, ...]  # names in the proof registry, with an argument after a colon: "import:torch"
    id: str = "prove"
    title: str = "Prove it"


Step = ProvidePython | MakeEnvironment | AdoptEnvironment | InstallPackages | InstallWheel | SetVariables | Prove


@dataclass(frozen=True, slots=True)
class Plan:
    environment: str  # absolute path
    profile: str
    steps: tuple[Step, ...]
    download_mib: int = 0
    disk_mib: int = 0
    notes: tuple[str, ...] = ()


def fingerprint(step: Step) -> str:
    """A short hash of everything that makes the step what it is."""
    text = json.dumps([type(step).__name__, encode(step)], sort_keys=True, ensure_ascii=False)
    return digest(text)
