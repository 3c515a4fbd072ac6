"""Which files a step needs on the target. uv resolves it for the target's markers and tags and writes PEP 751:

    [[packages]]
    name = "markupsafe"
    version = "3.0.2"
    wheels = [{ url = "https://…-cp312-cp312-win_amd64.whl", size = 15601, hashes = { sha256 = "8e06…" } }]

One wheel a package: the best one there.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from envdoc.errors import EnvdocError
from envdoc.installer import child, faults, safefile
from envdoc.installer.bundle.job import Job, RefusedError
from envdoc.installer.engines import uv
from envdoc.installer.engines.base import Request
from envdoc.installer.tools import find_uv
from envdoc.model.bundle import HashFrom
from envdoc.model.plan import InstallPackages
from envdoc.model.value import dataclass
from envdoc.rules.requirements import normal
from envdoc.rules.wheel_platform import of_uv

_TIMEOUT = 1800.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to fetch. `sha256` and `size` are "" and 0 where nobody tells them."""

    file: str
    url: str
    name: str = ""
    version: str = ""
    sha256: str = ""
    size: int = 0
    hash_from: HashFrom = HashFrom.INDEX
    locked: tuple[str, ...] = ()  # the lock's hashes of this version: it must have one of them

    @property
    def is_source(self) -> bool:
        return bool(self.name) and not self.file.endswith(".whl")


def of_step(job: Job, step: InstallPackages) -> tuple[Wanted, ...]:
    """The files of everything that the step installs, dependencies included.

    Raises:
        RefusedError: the engine found no set for the target, with its finding.
        EnvdocError: `engine-missing`.
    """
    tool = find_uv(job.host)
    folder = job.work / step.id
    out = folder / "pylock.toml"
    request = Request(job.python, step, folder, job.options, {})
    platform = of_uv(job.target.system, job.target.arch)
    call = uv.files_of(tool, request, platform, job.target.python, out)
    safefile.make_folder(folder)
    for path, text in call.files.items():
        safefile.write_whole(path, text)
    env = child.variables(str(job.work), {**job.variables(), **call.env, **call.secret}, job.host.environ)
    done = job.host.run(call.argv, timeout=_TIMEOUT, env=env, cwd=str(folder))
    if not done.ok:
        raise RefusedError((faults.why(step.id, done, log="", timeout=_TIMEOUT),))
    return tuple(_wanted(each, step, folder) for each in _packages(out))


def _packages(out: Path) -> list[dict[str, Any]]:
    try:
        told = tomllib.loads(out.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EnvdocError(f"uv's answer cannot be read: {error}", hint="update uv: `pip install -U uv`") from error
    return [each for each in told.get("packages", []) if isinstance(each, dict)]


def _wanted(package: dict[str, Any], step: InstallPackages, folder: Path) -> Wanted:
    name, version = normal(str(package["name"])), str(package.get("version", ""))
    wheels = package.get("wheels") or []
    file = wheels[0] if wheels else package.get("sdist")
    if not isinstance(file, dict):
        raise EnvdocError(
            f"{name} comes from a repository or a folder: a bundle holds files with hashes only",
            hint="name a released version of it",
        )
    url = str(file.get("url") or (folder / str(file.get("path", ""))).resolve().as_uri())
    sha256 = str(file.get("hashes", {}).get("sha256", ""))
    locked = tuple(each.removeprefix("sha256:") for each in step.hashes.get(f"{name}=={version}", ()))
    return Wanted(
        str(file.get("name") or unquote(urlsplit(url).path.rpartition("/")[2])),
        url,
        name,
        version,
        sha256,
        int(file.get("size", 0)),
        HashFrom.LOCK if locked else HashFrom.INDEX,
        locked,
    )
