"""The sources of a package: a folder of site-packages, a wheel, or a source distribution; nothing of it is run."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from messages.native import cmake_messages, cpp_messages
from messages.python import messages
from messages.values import SPEAKS, Message

# No message of these reaches a user who trains: the project's own tests, examples, documents, other makers' devices
_LEFT_OUT = re.compile(
    r"(?:^|/)(?:tests?|testing|_internal/(?:distributed|opinfo)|examples?|docs?|benchmarks?|third_party|3rdparty|"
    r"node_modules|fx/experimental|cutlass|hip|rocm|xpu|mps|mtia|vulkan|ggml-(?:vulkan|sycl|metal|opencl|cann|hip|musa))/"
)
_LARGEST = 2 << 20
_READERS = {".py": messages, ".cpp": cpp_messages, ".cu": cpp_messages, ".cuh": cpp_messages, ".h": cpp_messages,
            ".hpp": cpp_messages, ".txt": cmake_messages, ".cmake": cmake_messages}  # fmt: skip


def messages_of(package: str, release: str, place: Path) -> list[Message]:
    """Each message that speaks of the environment, once, in the order of the files' names."""
    found: dict[str, Message] = {}
    for name, text in _files(place):
        reader = _READERS.get(Path(name).suffix)
        if reader is None or _LEFT_OUT.search(name) or (name.endswith(".txt") and "CMakeLists" not in name):
            continue
        for kind, shape, sample in reader(text):
            if SPEAKS.search(sample):
                message = Message(package, release, shape, sample, kind)
                found.setdefault(message.id, message)
    return list(found.values())


def _files(place: Path) -> Iterator[tuple[str, str]]:
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.suffix in _READERS and path.is_file() and path.stat().st_size < _LARGEST:
                yield path.relative_to(place.parent).as_posix(), path.read_text(encoding="utf-8", errors="replace")
    elif place.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(place) as wheel:
            for name in sorted(wheel.namelist()):
                if Path(name).suffix in _READERS and wheel.getinfo(name).file_size < _LARGEST:
                    yield name, wheel.read(name).decode("utf-8", "replace")
    else:
        with tarfile.open(place) as archive:
            for member in sorted(archive.getmembers(), key=lambda each: each.name):
                if member.isfile() and Path(member.name).suffix in _READERS and member.size < _LARGEST:
                    file = archive.extractfile(member)
                    yield member.name, file.read().decode("utf-8", "replace") if file else ""
