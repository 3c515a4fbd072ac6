"""Wheels on an index or in a folder, read without downloading them: a zip's directory and single members by range."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from functools import cached_property
from pathlib import Path

import requests

JSON = "application/vnd.pypi.simple.v1+json"
BLOCK = 256 * 1024  # one request reads at least so much; a wheel's directory is some 10 KiB to 1 MiB


class Unreachable(Exception):
    """The index or a file could not be read; says why."""


class RangeFile(io.RawIOBase):
    """A file on a server that answers range requests, as a seekable file. Keeps the last block read."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self.session, self.url, self.place = session, url, 0
        self.block, self.block_at = b"", 0
        answer = self._get("bytes=0-0")
        size = re.search(r"/(\d+)$", answer.headers.get("Content-Range", ""))
        if answer.status_code != 206 or size is None:
            raise Unreachable(f"{url}: the server answers no range requests ({answer.status_code})")
        self.size = int(size[1])

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = 0) -> int:
        self.place = (0, self.place, self.size)[whence] + offset
        return self.place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        want = min(len(buffer), self.size - self.place)
        if want <= 0:
            return 0
        if not self.block_at <= self.place < self.block_at + len(self.block):
            end = min(self.place + max(want, BLOCK), self.size) - 1
            self.block, self.block_at = self._get(f"bytes={self.place}-{end}").content, self.place
        start = self.place - self.block_at
        part = self.block[start : start + want]
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)

    def _get(self, span: str) -> requests.Response:
        try:
            answer = self.session.get(self.url, headers={"Range": span}, timeout=60)
        except requests.RequestException as error:
            raise Unreachable(f"{self.url}: {type(error).__name__}") from error
        if answer.status_code not in (200, 206):
            raise Unreachable(f"{self.url}: HTTP {answer.status_code}")
        return answer


@dataclass
class Wheel:
    """One wheel by file name: `torch-2.8.0-cp312-cp312-manylinux_2_28_x86_64.whl`."""

    filename: str
    url: str = ""
    path: Path | None = None
    session: requests.Session | None = None

    @property
    def version(self) -> str:
        return self.filename.split("-")[1]

    @property
    def python(self) -> str:
        """`3.12` of `cp312`, `3` of `py3`; free-threaded builds (`cp313t`) are told by `abi`."""
        tag = self.filename[:-4].split("-")[-3]
        digits = re.match(r"[a-z]+(\d)(\d*)", tag.split(".")[-1])
        return ".".join(part for part in digits.groups() if part) if digits else tag

    @property
    def abi(self) -> str:
        return self.filename[:-4].split("-")[-2]

    @property
    def platform(self) -> str:
        """`linux-x86_64`, `windows-x86_64`, `darwin-aarch64`, ... or `any`."""
        tag = self.filename[:-4].split("-")[-1]
        system = "linux" if "linux" in tag else "windows" if "win" in tag and "macos" not in tag else "darwin"
        if tag == "any":
            return "any"
        return f"{system}-{'aarch64' if re.search('aarch64|arm64', tag) else 'x86_64'}"

    @cached_property
    def archive(self) -> zipfile.ZipFile:
        if self.path is not None:
            return zipfile.ZipFile(self.path)
        return zipfile.ZipFile(RangeFile(self.session or requests.Session(), self.url))

    @cached_property
    def metadata(self) -> Message:
        name = next(name for name in self.archive.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(self.text(name))

    def text(self, member: str) -> str:
        return self.archive.read(member).decode("utf-8")

    def requires(self) -> dict[str, str]:
        """What it requires, by package: {"triton": "==3.4.0"}; an extra's bound where nothing else names it."""
        from packaging.requirements import Requirement
        from packaging.utils import canonicalize_name

        found: dict[str, str] = {}
        lines = self.metadata.get_all("Requires-Dist", ())
        for line in sorted(lines, key=lambda line: "extra ==" in line):
            requirement = Requirement(line)
            found.setdefault(canonicalize_name(requirement.name), str(requirement.specifier))
        return found


class Shelf:
    """All wheels of a project, by an index's JSON or HTML page, or from a folder."""

    def __init__(self, index: str, folder: Path | None = None) -> None:
        self.index, self.folder = index.rstrip("/"), folder
        self.session = requests.Session()
        self.known: dict[str, list[Wheel]] = {}

    def wheels(self, project: str) -> list[Wheel]:
        """Its wheels, in the index's order.

        Raises:
            Unreachable: the index does not answer, or does not know it.
        """
        if project not in self.known:
            self.known[project] = self._local(project) if self.folder else self._remote(f"{self.index}/{project}/")
        return self.known[project]

    def _local(self, project: str) -> list[Wheel]:
        assert self.folder is not None
        stem = project.replace("-", "_")
        return [Wheel(path.name, path=path) for path in sorted(self.folder.glob(f"{stem}-*.whl"))]

    def _remote(self, url: str) -> list[Wheel]:
        try:
            answer = self.session.get(url, headers={"Accept": f"{JSON}, text/html;q=0.5"}, timeout=60)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise Unreachable(f"{url}: {type(error).__name__}") from error
        if "json" in answer.headers.get("Content-Type", ""):
            files = [(file["filename"], file["url"]) for file in answer.json()["files"]]
        else:
            found = re.findall(r'href="([^"#]+)[^>]*>([^<]+\.whl)<', answer.text)
            files = [(name.strip(), href) for href, name in found]
        join = requests.compat.urljoin
        return [Wheel(name, url=join(url, at), session=self.session) for name, at in files if name.endswith(".whl")]
