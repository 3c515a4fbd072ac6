"""The bytecode of envdoc's modules in one file, read at once.

For each module Python asks for its folder, its source, the source's time and size, and opens and reads one file more.
A `check` loads 170 modules of ours, and on Windows, where every such call passes the file system's filters (an
antivirus program is one), that takes longer than looking at the machine.

So a run writes the bytecode that Python has put into `__pycache__` into one more file there, and the next run reads
that. What Python holds to is held to: a module whose source has another time or size is loaded in the usual way, and
nothing is written where Python writes no bytecode. The file has the name that the bytecode of `modules.py`
would have, so whatever uninstalls envdoc takes it along.

    _HEAD, siphash of the index (8 bytes), length of the index (4 bytes, little-endian), the index, the bodies

The index is a marshalled `{"envdoc.cli.app": ("cli/app.py", time, size, hash of the body, start, end), ...}`.
"""

from __future__ import annotations

import marshal
import os
import sys
from _frozen_importlib_external import (  # `importlib` around it is two files more
    MAGIC_NUMBER,
    SourceFileLoader,
    cache_from_source,
    spec_from_file_location,
)
from _imp import source_hash
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

Row = tuple[str, int, int, bytes, int, int]

_PACKAGE = "envdoc"
_HEAD = b"envdoc\0\1" + MAGIC_NUMBER
_KEY = int.from_bytes(MAGIC_NUMBER, "little")
_BEFORE = ("envdoc.__main__", "envdoc.bytecode")  # imported before anything can be found here
_PLAIN = bytes(4)  # a .pyc whose source is known by time and size, not by its hash (PEP 552)


class _Loader(SourceFileLoader):
    """Python's own loader of a source file, but for where its bytecode comes from."""

    body: memoryview

    def get_code(self, fullname: str) -> CodeType | None:
        try:
            code: CodeType = marshal.loads(self.body)  # noqa: S302 - Python's own format of what Python wrote
        except (ValueError, EOFError, TypeError):
            return super().get_code(fullname)
        return code


class Kept:
    """A finder for `sys.meta_path`: the modules whose bytecode an earlier run kept."""

    def __init__(self, root: str, index: dict[str, Row], bodies: memoryview) -> None:
        """`root` is the package's folder."""
        self._root = root
        self._index = index
        self._bodies = bodies
        self._sources: dict[str, dict[str, tuple[int, int]]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Python's question; None where the module is not kept, or was changed since."""
        del path, target
        body = self.body(fullname)
        if body is None:
            return None
        file = os.path.join(self._root, *self._index[fullname][0].split("/"))  # noqa: PTH118
        loader = _Loader(fullname, file)
        loader.body = body
        return spec_from_file_location(fullname, file, loader=loader)

    def body(self, name: str) -> memoryview | None:
        """The marshalled code of a module that is kept, unchanged and undamaged."""
        row = self._index.get(name)
        if row is None:
            return None
        source, seconds, size, digest, start, end = row
        folder, _, file = source.rpartition("/")
        if self._in(folder).get(file) != (seconds, size):
            return None
        body = self._bodies[start:end]
        return body if source_hash(_KEY, body) == digest else None

    def _in(self, folder: str) -> dict[str, tuple[int, int]]:
        """Time and size of each source in a folder, as a .pyc notes them; on Windows one call tells all."""
        if folder not in self._sources:
            try:
                with os.scandir(os.path.join(self._root, *folder.split("/"))) as entries:  # noqa: PTH118
                    told = {each.name: each.stat() for each in entries if each.name.endswith(".py")}
            except OSError:  # of an older envdoc
                told = {}
            self._sources[folder] = {name: (_low(stat.st_mtime), _low(stat.st_size)) for name, stat in told.items()}
        return self._sources[folder]

    def keep(self) -> None:
        """Write what this run loaded beside what was kept, unless all of it was."""
        ours = {name: each.__spec__ for name, each in sys.modules.items() if name.startswith(f"{_PACKAGE}.")}
        new = {
            name: spec
            for name, spec in ours.items()
            if spec and name not in _BEFORE and not isinstance(spec.loader, _Loader)
        }
        if not new or sys.dont_write_bytecode:
            return
        path = _path(self._root)
        aside = f"{path}.{os.getpid()}"
        try:
            with open(aside, "xb") as file:  # noqa: PTH123 - before anything is read: most who may not write stop here
                made = list(_compiled(self._root, new))
                file.write(_packed([*self._still(), *made]))
            if made:
                os.replace(aside, path)  # noqa: PTH105
        except (OSError, ValueError):  # Python keeps them one by one all the same
            pass
        finally:
            _remove(aside)

    def _still(self) -> Iterator[tuple[str, Row, bytes]]:
        for name, row in self._index.items():
            body = self.body(name)
            if body is not None:
                yield name, row, bytes(body)


def kept() -> Kept:
    """What earlier runs kept for this Python; nothing where the file is absent, foreign or damaged."""
    root = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    try:
        with open(_path(root), "rb") as file:  # noqa: PTH123
            return _unpacked(root, memoryview(file.read()))
    except (OSError, ValueError, EOFError, TypeError, NotImplementedError, MemoryError):
        return Kept(root, {}, memoryview(b""))


def _unpacked(root: str, data: memoryview) -> Kept:
    at = len(_HEAD)
    digest, length = bytes(data[at : at + 8]), int.from_bytes(data[at + 8 : at + 12], "little")
    index, bodies = data[at + 12 : at + 12 + length], data[at + 12 + length :]
    if data[:at] != _HEAD or source_hash(_KEY, index) != digest:
        raise ValueError("not ours")
    return Kept(root, marshal.loads(index), bodies)  # noqa: S302


def _packed(modules: list[tuple[str, Row, bytes]]) -> bytes:
    index: dict[str, Row] = {}
    start = 0
    for name, (source, seconds, size, _, _, _), body in modules:
        index[name] = (source, seconds, size, source_hash(_KEY, body), start, start + len(body))
        start += len(body)
    told = marshal.dumps(index)
    head = _HEAD + source_hash(_KEY, told) + len(told).to_bytes(4, "little")
    return b"".join([head, told, *(body for _, _, body in modules)])


def _compiled(root: str, modules: dict[str, ModuleSpec]) -> Iterator[tuple[str, Row, bytes]]:
    """The bytecode that Python has written for modules that are loaded.

    Raises:
        ValueError: it is kept by the hash of the source here; so is that of all others, and nothing is to be gained.
    """
    for name, spec in modules.items():
        if not spec.origin or not spec.cached or not spec.origin.startswith(root):
            continue
        try:
            with open(spec.cached, "rb") as file:  # noqa: PTH123
                data = file.read()
        except OSError:
            continue
        if data[:4] != MAGIC_NUMBER or data[4:8] != _PLAIN:
            raise ValueError("no .pyc of this Python that goes by time and size")
        source = spec.origin[len(root) + 1 :].replace(os.sep, "/")
        seconds, size = (int.from_bytes(data[at : at + 4], "little") for at in (8, 12))
        yield name, (source, seconds, size, b"", 0, 0), data[16:]


def _path(root: str) -> str:
    """Where it is kept: in `__pycache__`, or where PYTHONPYCACHEPREFIX says, by Python's version and `-O`.

    Raises:
        NotImplementedError: a Python that keeps no bytecode.
    """
    return str(cache_from_source(os.path.join(root, "modules.py")))  # noqa: PTH118


def _low(number: float) -> int:
    """The part of a time or size that a .pyc has room for."""
    return int(number) & 0xFFFFFFFF


def _remove(path: str) -> None:
    try:  # noqa: SIM105 - `contextlib` is a file more
        os.unlink(path)  # noqa: PTH108
    except OSError:
        pass
