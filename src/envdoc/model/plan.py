"""What will be done: typed, ordered, printable steps; no shell strings.

Each step has a stable `id` (the journal's key), says in `title` and `detail` what it does, and knows by the
fingerprint of its `bare` self whether what the journal says was done is still what is wanted: not where packages come
from, not which interpreters are known, not sizes or titles. What a kind does, whether it still holds and how it is
undone stands in one module of `installer/steps`.
"""

from __future__ import annotations

import json
from typing import get_args

from envdoc.model.builds import BuildWheel, CmakeBuild, FetchTree, OwnEnvironment, ProvideToolkit, TakeAway
from envdoc.model.codec import encode
from envdoc.model.digest import digest
from envdoc.model.source import Source
from envdoc.model.text import Text
from envdoc.model.value import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class ProvidePython:
    """Find a Python of this minor (known interpreters first), else let uv fetch one."""

    version: str
    known: tuple[str, ...] = ()  # paths of fitting interpreters, the preferred first
    archive: str = ""  # path of one to unpack where none is known (a bundle's), its hash checked already
    id: str = "python"
    title: str = "Find Python"
    detail = ""

    def bare(self) -> ProvidePython:
        return replace(self, known=(), archive="", title="")


@dataclass(frozen=True, slots=True)
class MakeEnvironment:
    """Create the virtual environment with the Python found before."""

    path: str
    id: str = "environment"
    title: str = "Make the environment"
    detail = ""

    def bare(self) -> MakeEnvironment:
        return replace(self, title="")


@dataclass(frozen=True, slots=True)
class AdoptEnvironment:
    """Record the state of an environment that envdoc did not make, so that rollback restores it."""

    path: str
    id: str = "adopt"
    title: str = "Record the environment as it is"
    detail = ""

    def bare(self) -> AdoptEnvironment:
        return replace(self, title="")


@dataclass(frozen=True, slots=True)
class InstallPackages:
    """Install exact requirements under the lock, from these sources, in one engine call."""

    id: str
    title: str
    requirements: tuple[str, ...]  # "torch==2.7.0+cu128"
    constraints: tuple[str, ...] = ()  # lock lines; hold torch's CUDA build in place in every step
    sources: tuple[Source, ...] = ()  # in order; the first that has a package gives it
    # the lock's hashes by its pins ("numpy==2.2.6" -> "sha256:…"); what has any must have one of them
    hashes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hashed_only: bool = False  # what has none is not fetched at all
    no_deps: bool = False
    only_binary: bool = True  # sdists that must be built are named in `allow_build`
    allow_build: tuple[str, ...] = ()
    build_env: dict[str, str] = field(default_factory=dict)  # variables for builds: DS_BUILD_OPS=0
    download_mib: int = 0
    disk_mib: int = 0

    @property
    def detail(self) -> str:
        """`torch==2.7.0+cu128, … and 3 more from pytorch`; the sentences stand in `words/render.yaml`."""
        named = ", ".join(self.requirements[:4])
        if more := str(max(len(self.requirements) - 4, 0) or ""):
            named = Text(f"{named} and {more} more", "render", "and-more", {"packages": named, "count": more})
        places = ", ".join(source.name for source in self.sources)
        if not places:
            return named
        return Text(f"{named} from {places}", "render", "from-places", {"packages": named, "places": places})

    def bare(self) -> InstallPackages:
        return replace(self, sources=(), title="", download_mib=0, disk_mib=0)


@dataclass(frozen=True, slots=True)
class InstallWheel:
    """One wheel that no index serves: fetched within bounds, its hash checked, or recorded and shown where nobody
    publishes one, installed without its dependencies, tried in a process of its own, taken away again if it fails."""

    id: str
    title: str
    name: str  # the distribution, "flash-attn"
    version: str  # without local tag; the file's metadata may have one or not
    url: str
    sha256: str = ""  # "" where nobody publishes it
    publisher: str = ""  # of a third-party binary, "mjun0812"; "" for the project's own
    why: str = ""
    most_mib: int = 2048

    @property
    def file(self) -> str:
        from urllib.parse import unquote

        return unquote(self.url.rpartition("/")[2])

    @property
    def detail(self) -> str:
        return self.url

    def bare(self) -> InstallWheel:
        return replace(self, title="", why="", most_mib=0)


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Variables that belong to the environment (`envdoc env` prints them; activation sets them)."""

    variables: dict[str, str]
    id: str = "variables"
    title: str = "Write the environment's variables"
    detail = ""

    def bare(self) -> SetVariables:
        return replace(self, title="")


@dataclass(frozen=True, slots=True)
class Prove:
    """Run proofs inside the environment; only then is it marked usable."""

    proofs: tuple[str, ...]  # names in the proof registry, with an argument after a colon: "import:torch"
    id: str = "prove"
    title: str = "Prove it"
    detail = ""

    def bare(self) -> Prove:
        return replace(self, title="")


Step = (
    ProvidePython
    | MakeEnvironment
    | AdoptEnvironment
    | TakeAway
    | InstallPackages
    | InstallWheel
    | FetchTree
    | ProvideToolkit
    | BuildWheel
    | CmakeBuild
    | OwnEnvironment
    | SetVariables
    | Prove
)
KINDS: dict[str, type[Step]] = {kind.__name__: kind for kind in get_args(Step)}


@dataclass(frozen=True, slots=True)
class Plan:
    environment: str  # absolute path
    profile: str
    steps: tuple[Step, ...]
    download_mib: int = 0
    disk_mib: int = 0
    notes: tuple[str, ...] = ()
    carried: bool = False  # all of it lies on this disk: nothing is downloaded


def fingerprint(step: Step) -> str:
    """A short hash of everything that makes the step what it is."""
    text = json.dumps([type(step).__name__, encode(step)], sort_keys=True, ensure_ascii=False)
    return digest(text)
