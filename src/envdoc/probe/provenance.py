"""Who put each distribution into an environment, by its own files: INSTALLER, REQUESTED, direct_url.json, times."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.value import dataclass
from envdoc.probe import paths
from envdoc.rules.dist_info import of_folder
from envdoc.rules.masks.texts import without_credentials
from envdoc.rules.requirements import normal


@dataclass(frozen=True, slots=True)
class Provenance:
    """One distribution. `when`: seconds since 1970 at which its installer wrote the last file of its metadata."""

    name: str  # normalised
    version: str
    installer: str = ""  # "pip", "uv", "conda"; "" where nothing tells
    requested: bool = False  # asked for by name; else it came along
    origin: str = ""  # PEP 610: the URL or folder that it was installed from; "" for an index
    when: float = 0.0


def read(host: Host, site_packages: str) -> tuple[Provenance, ...]:
    """Every distribution of a folder of packages, in order of their names."""
    names = host.listdir(site_packages).or_else(())
    return tuple(told for name in names if (told := _one(host, site_packages, name)) is not None)


def _one(host: Host, folder: str, entry: str) -> Provenance | None:
    told = of_folder(entry)
    if told is None:
        return None
    path = paths.join(host, folder, entry)
    installer = host.read(paths.join(host, path, "INSTALLER"), limit=256).or_else("").strip()
    record = host.stat(paths.join(host, path, "RECORD" if host.stat(paths.join(host, path, "RECORD")).known else ""))
    return Provenance(
        normal(told[0]),
        told[1],
        installer,
        host.stat(paths.join(host, path, "REQUESTED")).known,
        _origin(host.read(paths.join(host, path, "direct_url.json"), limit=1 << 16).or_else("")),
        record.value.mtime if record.value is not None else 0.0,
    )


def _origin(text: str) -> str:
    """`{"url": "https://…", "vcs_info": {"vcs": "git", "commit_id": "…"}}`"""
    try:
        told = jsontext.loads(text or "{}", any_number=True)
    except ValueError:
        return ""
    return without_credentials(str(told.get("url", ""))) if isinstance(told, dict) else ""
