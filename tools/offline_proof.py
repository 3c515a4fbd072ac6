#!/usr/bin/env python3
"""Prove an installation without network on a GPU machine that has torch already but no way to the package index.

    python tools/offline_proof.py --python /opt/torch/bin/python3 --wheels DIR --gpu H100 --work /tmp/proof

What the named Python has installed (torch, its companions, huggingface_hub and all that they need) is packed back
into wheels, by its own RECORD files. They and DIR (envdoc's own needs and pip, as wheels) become a loopback index:
`envdoc bundle` makes a bundle of it; the index goes away; `install.sh` installs it into a new environment, and the
proofs run on the GPU. Each step's time and exit code are printed. Wheels packed back have hashes of their own, so the
lock is made of them here: everything but where the files come from is the real thing.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

# Runs in the other Python: every distribution that is needed, with the paths of its files.
TELL = """
import importlib.metadata as m, json, re, sys
from packaging.requirements import Requirement
todo, seen, done = [(each, "") for each in sys.argv[1:]], {}, set()
while todo:
    name, extra = todo.pop()
    name = re.sub(r"[-_.]+", "-", name).lower()
    if (name, extra) in done:
        continue
    done.add((name, extra))
    try:
        dist = m.distribution(name)
    except m.PackageNotFoundError:
        continue
    files = [(str(f), str(dist.locate_file(f))) for f in dist.files or () if not str(f).endswith(".pyc")]
    seen[name] = {"version": dist.version, "files": files, "wheel": dist.read_text("WHEEL") or ""}
    needs = [Requirement(each) for each in dist.requires or ()]
    needs = [each for each in needs if each.marker is None or each.marker.evaluate({"extra": extra})]
    todo += [(each.name, more) for each in needs for more in ("", *each.extras)]  # cuda-toolkit[cublas]==13.0.2
print(json.dumps(seen))
"""
PROFILE = """\
id: offline-proof
title: Offline proof
summary: What this machine has.
systems: [linux]
arches: [x86_64]
gpus: {{min: "7.5", max: "12.1"}}
python: {{prefer: "{minor}", allow: ["{minor}"]}}
torch: {{prefer: ["{line}"], cuda: [{cuda}]}}
components: [torch, huggingface-hub]
locks: {{linux-x86_64-cp{digits}: offline-proof.txt}}
disk_mib: 100
download_mib: 100
sources: ["measured: this machine"]
checked: "2026-11-26"
"""
TORCHS = re.compile(r"torch|torchvision|torchaudio|triton|nvidia-(?!ml-py).*|cuda-.*")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="the Python that has torch")
    parser.add_argument("--wheels", required=True, help="envdoc's own needs and pip, as wheels")
    parser.add_argument("--envdoc-wheel", required=True, help="envdoc's own wheel")
    parser.add_argument("--gpu", required=True, help="the GPU's name, for the bundle")
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    work = Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    (work / "profile/locks").mkdir(parents=True)
    shelf = work / "shelf"
    shutil.copytree(options.wheels, shelf)
    dists = timed("what is installed", lambda: installed(options.python))
    timed("pack back into wheels", lambda: [pack(name, told, shelf) for name, told in dists.items()])
    profile = write_profile(work / "profile", options.python, dists, shelf)
    with_index = {**os.environ, **environment(work)}
    server, port = serve(shelf)
    with_index |= {
        "UV_DEFAULT_INDEX": f"http://127.0.0.1:{port}/",
        "ENVDOC_PYTORCH_INDEX": f"http://127.0.0.1:{port}/-",
    }
    minor = ask(options.python, "import sys; print('%d.%d' % sys.version_info[:2])")
    bundle = [sys.executable, "-m", "envdoc", "bundle", "--profile", str(profile), "--os", "linux", "--python", minor]
    bundle += [
        "--gpu",
        options.gpu,
        "--no-python",
        "--envdoc-wheel",
        options.envdoc_wheel,
        "-o",
        str(work / "bundle"),
    ]
    code = timed("envdoc bundle", lambda: start(bundle, with_index))
    server.shutdown()
    server.server_close()
    shutil.rmtree(shelf)
    if code:
        return code
    alone = {**os.environ, **environment(work), "ENVDOC_PYTHON": options.python}
    alone.pop("PYTHONPATH", None)  # the bundle's own envdoc is to be used
    install = [str(work / "bundle/install.sh"), "--env", str(work / "env"), "--yes"]
    code = timed("install.sh", lambda: start(install, alone))
    again = timed("install.sh again", lambda: start(install, alone))
    changed = next((work / "bundle/wheels").glob("torch-2*.whl"))
    with changed.open("r+b") as file:
        file.seek(1 << 20)
        byte = file.read(1)
        file.seek(1 << 20)
        file.write(bytes([byte[0] ^ 1]))
    refused = timed(
        "install.sh of a changed bundle", lambda: start([*install[:-2], str(work / "other"), "--yes"], alone)
    )
    print(f"installed {code}, again {again}, changed {refused}, made of it {(work / 'other').exists()}")
    return code or again or int(refused != 1)


def environment(work: Path) -> dict[str, str]:
    """Nothing of the user's configuration."""
    return {
        "HOME": str(work / "home"),
        "XDG_CONFIG_HOME": str(work / "home/config"),
        "PIP_CONFIG_FILE": os.devnull,
        "UV_CACHE_DIR": str(work / "uv"),
        "UV_LINK_MODE": "copy",
    }


def timed(what: str, do: Any) -> Any:
    began = time.monotonic()
    print(f"== {what}", flush=True)
    done = do()
    print(f"== {what}: {time.monotonic() - began:.1f} s", flush=True)
    return done


def start(argv: list[str], env: dict[str, str]) -> int:
    return subprocess.run(argv, env=env, check=False).returncode


def ask(python: str, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def installed(python: str) -> dict[str, Any]:
    names = ["torch", "torchvision", "torchaudio", "huggingface-hub"]
    told = subprocess.run([python, "-c", TELL, *names], capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def pack(name: str, told: dict[str, Any], shelf: Path) -> None:
    """One distribution as a wheel: its files as they are, RECORD anew."""
    tags = re.findall(r"^Tag: (\S+)", told["wheel"], re.MULTILINE) or ["py3-none-any"]
    python, abi, platform = tags[0].split("-")
    module = re.sub(r"[-.]+", "_", name)
    target = shelf / f"{module}-{told['version']}-{python}-{abi}-{platform}.whl"
    info, rows = f"{module}-{told['version']}.dist-info", []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for path, place in told["files"]:
            file = re.sub(r"^[^/]+\.dist-info/", f"{info}/", path)
            ours = file.rpartition("/")[2] in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
            if path.startswith("..") or not Path(place).is_file() or (ours and file.startswith(info)):
                continue
            data = Path(place).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{file},sha256={digest},{len(data)}\n")
            out.writestr(zipfile.ZipInfo(file, (2026, 1, 1, 0, 0, 0)), data)
        out.writestr(f"{info}/RECORD", "".join([*rows, f"{info}/RECORD,,\n"]))


def write_profile(folder: Path, python: str, dists: dict[str, Any], shelf: Path) -> Path:
    cuda = ask(python, "import torch.version as v; print(v.cuda or '')")
    minor = ask(python, "import sys; print('%d.%d' % sys.version_info[:2])")
    line = ".".join(dists["torch"]["version"].split(".")[:2])
    lock = []
    for name, told in sorted(dists.items()):
        if not TORCHS.fullmatch(name):
            module = re.sub(r"[-.]+", "_", name)
            (file,) = shelf.glob(f"{module}-{told['version']}-*.whl")
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            lock.append(f"{name}=={told['version']} --hash=sha256:{digest}\n")
    (folder / "locks/offline-proof.txt").write_text("".join(lock))
    tag = f"cu{cuda.replace('.', '')}" if cuda else "cpu"
    text = PROFILE.format(minor=minor, digits=minor.replace(".", ""), line=line, cuda=tag)
    (folder / "offline-proof.yaml").write_text(text)
    return folder / "offline-proof.yaml"


def serve(shelf: Path) -> tuple[http.server.ThreadingHTTPServer, int]:
    """A PEP 503 index of a folder: `/NAME/` lists, `/files/FILE` serves."""
    hashes = functools.cache(lambda file: hashlib.sha256((shelf / file).read_bytes()).hexdigest())

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            first, _, file = self.path.strip("/").partition("/")
            if first == "files":
                self.sent(shelf / file)
                return
            wanted = [
                each.name
                for each in shelf.iterdir()
                if re.sub(r"[-_.]+", "-", each.name.split("-")[0]).lower() == first and not file
            ]
            page = "".join(f'<a href="/files/{each}#sha256={hashes(each)}">{each}</a>\n' for each in wanted).encode()
            if not wanted:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        do_HEAD = do_GET  # noqa: N815

        def sent(self, path: Path) -> None:
            """The file, or the part of it that is asked for: uv reads a wheel's metadata by parts."""
            size = path.stat().st_size
            found = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            first, last = 0, size - 1
            if found:
                first = int(found[1]) if found[1] else max(size - int(found[2]), 0)
                last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
            self.send_response(206 if found else 200)
            self.send_header("Accept-Ranges", "bytes")
            if found:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            if self.command == "HEAD":
                return
            with path.open("rb") as file:
                file.seek(first)
                left = last - first + 1
                while left and (block := file.read(min(1 << 20, left))):
                    self.wfile.write(block)
                    left -= len(block)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, server.server_address[1]


if __name__ == "__main__":
    sys.exit(main())
