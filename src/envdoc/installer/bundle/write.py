"""The last files of a bundle: starters, sums, and the manifest, without which no bundle counts."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from envdoc.installer import safefile
from envdoc.installer.bundle import starter
from envdoc.model.bundle import MANIFEST, SUMS, BundleFile, HashFrom, Manifest
from envdoc.model.codec import encode
from envdoc.model.machine import System
from envdoc.model.value import replace


def manifest_text(manifest: Manifest) -> str:
    """As it stands in the file. The schema's number is always there, as other defaults are not."""
    told = encode(manifest)
    whole = {"schema": manifest.schema, **(told if isinstance(told, dict) else {})}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def finish(folder: Path, manifest: Manifest, pip: str) -> tuple[Manifest, str]:
    """Write what is left; the whole manifest and its SHA-256.

    Raises:
        OSError: no space, no permission.
    """
    mark = sha256(manifest_text(replace(manifest, made="")).encode()).hexdigest()[:8]
    windows = manifest.target.system is System.WINDOWS
    name = "install.cmd" if windows else "install.sh"
    made = of_text(folder, name, starter.text(manifest, pip, mark, windows=windows), 0o755)
    whole = replace(manifest, files=(*manifest.files, made))
    text = manifest_text(whole)
    digest = sha256(text.encode()).hexdigest()
    sums = [f"{each.sha256}  {each.path}\n" for each in whole.files] + [f"{digest}  {MANIFEST}\n"]
    safefile.write_whole(folder / SUMS, "".join(sums), safefile.SHARED)
    safefile.write_whole(folder / MANIFEST, text, safefile.SHARED)
    return whole, digest


def of_text(folder: Path, path: str, text: str, mode: int = safefile.SHARED) -> BundleFile:
    """A file of ours in the bundle."""
    safefile.write_whole(folder / path, text, mode)
    data = text.encode()
    return BundleFile(path, sha256(data).hexdigest(), len(data), HashFrom.OURS)
