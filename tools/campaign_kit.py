"""What the campaigns on the installer share: small wheels, plans over them, the whole picture of a folder.

Run as a program it does one operation in a process of its own, so that a campaign can kill it:

    python tools/campaign_kit.py OPERATION ROOT WHEELS [CACHE]
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

from envdoc import installer
from envdoc.errors import EnvdocError, Interrupted
from envdoc.host.local import LocalHost
from envdoc.installer import Options, journal
from envdoc.installer.folder import Folder
from envdoc.model.plan import AdoptEnvironment, InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython
from envdoc.model.resolution import Source, SourceKind, SourceLayout
from envdoc.model.results import ProofResult, ProofStatus

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
OLD = ("torch==2.3.0+cu121", "big-a==1.0", "numpy==1.26.4")
NEW = ("torch==2.7.1+cu128", "big-a==2.0", "numpy==2.2.6", "big-b==1.0")
MORE = ("big-c==1.0",)


def wheels(folder: Path, files: int = 40) -> Path:
    """A folder of wheels of `files` modules each, with a script and a data file."""
    folder.mkdir(parents=True, exist_ok=True)
    for pin in (*OLD, *NEW, *MORE):
        name, version = pin.replace("-", "_").split("==")
        inside = {f"{name}/__init__.py": f"__version__ = {version!r}\n"}
        inside |= {
            f"{name}/v{version.replace('.', '_').replace('+', '_')}/part_{n}.py": f"x = {n}\n" for n in range(files)
        }
        if name == "torch":
            cuda = f"{version[-3:-1]}.{version[-1]}"
            inside["torch/version.py"] = f"cuda: str = '{cuda}'\n"
        inside[f"{name}-{version}.data/data/share/{name}/notes.txt"] = f"notes of {version}\n"
        write_wheel(folder, name, version, inside)
    return folder


def write_wheel(folder: Path, name: str, version: str, inside: dict[str, str]) -> None:
    info = f"{name}-{version}.dist-info"
    inside |= {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: campaign\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\nrun-{name} = {name}:__version__\n",
    }
    rows = [f"{path},{_digest(text.encode())},{len(text.encode())}\n" for path, text in inside.items()]
    inside[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in inside.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
    (folder / f"{name}-{version}-py3-none-any.whl").write_bytes(out.getvalue())


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def plan_of(operation: str, root: Path, folder: Path) -> Plan:
    """`install`: an environment of its own; `adopt`: somebody's brought to the new set."""
    torch = InstallPackages("torch", "torch", NEW[:1], NEW, source(folder))
    stack = InstallPackages("stack", "stack", NEW[1:], NEW, source(folder))
    begin = (
        (AdoptEnvironment(str(root)),)
        if operation == "adopt"
        else (ProvidePython(MINOR, (sys.executable,)), MakeEnvironment(str(root)))
    )
    return Plan(str(root), "campaign", (*begin, torch, stack, Prove(("versions",))))


def source(folder: Path) -> tuple[Source, ...]:
    return (Source(f"local:{folder}", SourceKind.LOCAL, str(folder), SourceLayout.LINKS),)


def prove(python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
    """Every package of the new set is there, whole and of its version."""
    site = next(Path(python).parent.parent.glob("lib/python3*/site-packages"))
    wrong = []
    for pin in NEW:
        name, version = pin.replace("-", "_").split("==")
        record = site / f"{name}-{version}.dist-info/RECORD"
        rows = [row.split(",")[0] for row in record.read_text().splitlines()] if record.is_file() else [record.name]
        wrong += [path for path in rows if not (site / path).exists()]
        wrong += [str(other) for other in site.glob(f"{name}-*.dist-info") if other != record.parent]
    status = ProofStatus.FAILED if wrong else ProofStatus.PASSED
    return (ProofResult(proofs[0], "versions", status, reason=", ".join(wrong[:5])),)


def somebodys(root: Path, folder: Path, cache: Path) -> None:
    """An environment that envdoc did not make, with the old set and things of the user's."""
    from uv import find_uv_bin

    uv = [find_uv_bin(), "--cache-dir", str(cache), "--offline", "-q"]
    subprocess.run([*uv, "venv", "--no-config", "--python", sys.executable, str(root)], check=True)
    install = [*uv, "pip", "install", "--no-config", "--no-index", "--find-links", str(folder)]
    subprocess.run([*install, "--python", str(root / "bin/python"), *OLD], check=True)
    site = next(root.glob("lib/python3*/site-packages"))
    (site / "loose.py").write_text("mine = 1\n")
    (site / os.fsdecode(b"caf\xe9\xc2\x85.txt")).write_text("odd")
    (site / "a_link").symlink_to("loose.py")
    (root / "data").mkdir()
    (root / "data/notes.txt").write_text("notes")


def perform(operation: str, root: Path, folder: Path, cache: Path) -> int:
    """One operation, as the command line would do it."""
    import campaign_parts as parts

    host = LocalHost()
    operation = parts.PLAIN.get(operation, operation)
    if operation in parts.ROADS:
        return parts.perform(operation, root, folder, cache)
    if operation == "rollback":
        installer.rollback(host, str(root))
        return 0
    if operation == "remove":
        installer.remove(host, str(root))
        return 0
    options = Options(cache=str(cache), offline=True)
    plan = plan_of(operation, root, folder)
    result = installer.execute(plan, host, options, on_event=lambda _: None, prove=prove)
    for finding in result.findings:
        print(finding.code, finding.summary, *finding.evidence[:3], file=sys.stderr)
    return 0 if result.usable else 1


def picture(root: Path, *, times: bool = True, own: Path | None = None) -> dict[str, tuple[object, ...]]:
    """Every path but envdoc's own, uv's lock and compiled files: kind, mode, time, content; without `times` also with
    the environment's `own` path made equal, and of a RECORD only the paths: scripts hold that path."""
    out: dict[str, tuple[object, ...]] = {}
    for parent, folders, files in os.walk(root):
        for path in (Path(parent) / name for name in (*folders, *files)):
            name = path.relative_to(root).as_posix()
            if name == "conda-meta/history":  # conda's own diary, with times
                continue
            if name.startswith(".envdoc") or "__pycache__" in name or name == ".lock":
                continue
            out[name] = _seen(path, own or root, times)
    return out


def _seen(path: Path, root: Path, times: bool) -> tuple[object, ...]:
    told = path.lstat()
    content: object = None
    if stat.S_ISLNK(told.st_mode):
        content = str(path.readlink())
    elif stat.S_ISREG(told.st_mode):
        data = path.read_bytes()
        content = data if times else data.replace(str(root).encode(), b"ENV")
        content = sorted(row.split(b",")[0] for row in data.splitlines()) if path.name == "RECORD" else content
    when = told.st_mtime_ns if times else 0
    return (stat.S_IFMT(told.st_mode), stat.S_IMODE(told.st_mode), when, content)


def differences(one: dict[str, tuple[object, ...]], other: dict[str, tuple[object, ...]]) -> list[str]:
    return [path for path in sorted(one.keys() | other.keys()) if one.get(path) != other.get(path)]


def newest(root: Path) -> str:
    """Where the journal ends: `started torch`."""
    entries = journal.read(Folder(root).journal)
    return f"{entries[-1].event} {entries[-1].step}".strip() if entries else "no journal"


def copy(source: Path, target: Path) -> None:
    """With modes, times, and the hard links within."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main(operation: str, root: str, folder: str, cache: str) -> int:
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(name, _stop)
    try:
        return perform(operation, Path(root), Path(folder), Path(cache))
    except (Interrupted, KeyboardInterrupt):
        return 130
    except EnvdocError as error:
        print(f"{error.code}: {error.message}", file=sys.stderr)
        return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
