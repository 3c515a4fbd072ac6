"""envdoc itself for the bundle: its wheel, what it needs on the target, and pip, which can run out of its own wheel.

A released envdoc comes from the package index like anything else. One that runs from a source tree is built from it.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from envdoc import __version__
from envdoc.errors import EnvdocError
from envdoc.installer import child, safefile
from envdoc.installer.bundle import closure
from envdoc.installer.bundle.closure import Wanted
from envdoc.installer.bundle.collect import sha256_of
from envdoc.installer.bundle.job import Job
from envdoc.installer.tools import find_uv
from envdoc.model import jsontext
from envdoc.model.bundle import HashFrom
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Source, SourceKind

_DISTRIBUTION = "envdoc-gpu"
_TIMEOUT = 600.0


def files(job: Job, sources: tuple[Source, ...], wheel: str = "") -> tuple[Wanted, ...]:
    """envdoc's wheel (`wheel`: one that the user names), its dependencies for the target, and pip.

    Raises:
        RefusedError: the package index gives no set for the target.
        EnvdocError: envdoc's own wheel cannot be had.
    """
    own = wheel or _built(job)
    needs = [each for each in metadata.requires(_DISTRIBUTION) or () if "extra ==" not in each]
    names = (*needs, "pip") if own else (*needs, "pip", f"{_DISTRIBUTION}=={__version__}")
    general = tuple(each for each in sources if each.kind is not SourceKind.PYTORCH)
    step = InstallPackages("envdoc", "envdoc itself", tuple(names), sources=general)
    every = closure.of_step(job, step)
    return (*every, _of_file(Path(own))) if own else every


def _of_file(path: Path) -> Wanted:
    if not path.is_file():
        raise EnvdocError(f"{path}: no such wheel", hint="name envdoc's own wheel with `--envdoc-wheel FILE`")
    url, sha256 = path.resolve().as_uri(), sha256_of(path)
    return Wanted(path.name, url, _DISTRIBUTION, __version__, sha256, path.stat().st_size, HashFrom.OURS)


def _built(job: Job) -> str:
    """The wheel of the source tree that envdoc runs from; "" where it was installed from an index."""
    source = _source_tree()
    if not source:
        return ""
    out = safefile.make_folder(job.work / "own")
    argv = (find_uv(job.host), "build", "--wheel", "--no-config", "--color", "never", "--out-dir", str(out), source)
    done = job.host.run(argv, timeout=_TIMEOUT, env=child.variables(str(job.work), job.variables(), job.host.environ))
    built = sorted(out.glob("*.whl"))
    if not done.ok or not built:
        last = (done.stderr.strip().splitlines() or [done.detail])[-1]
        raise EnvdocError(
            f"envdoc's own wheel cannot be built from {source}: {last}",
            hint="build it yourself and name it with `--envdoc-wheel FILE`",
        )
    return str(built[-1])


def _source_tree() -> str:
    """PEP 610: {"dir_info": {"editable": true}, "url": "file:///home/me/envdoc"}"""
    text = metadata.distribution(_DISTRIBUTION).read_text("direct_url.json")
    try:
        told = jsontext.loads(text or "{}")
        url = str(told["url"]) if "dir_info" in told else ""
    except (ValueError, KeyError, TypeError):
        return ""
    return url2pathname(urlsplit(url).path) if url.startswith("file:") else ""


def requirements(wanted: tuple[Wanted, ...], hashes: dict[str, str]) -> str:
    """What the starter gives to pip: exact versions with the hashes of their files."""
    lines = [
        f"{each.name}=={each.version} --hash=sha256:{hashes[each.file]}" for each in wanted if each.name != "pip"
    ]
    return "".join(f"{line}\n" for line in sorted(lines))


def pip_wheel(wanted: tuple[Wanted, ...]) -> str:
    """The file that the starter runs pip from."""
    return next(each.file for each in wanted if each.name == "pip")
