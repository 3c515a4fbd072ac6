"""One entry: its files read once, every record judged, and what only the whole shows."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping

from envdoc.host.base import Host
from envdoc.host.streams import open_binary
from envdoc.training.data import mapping
from envdoc.training.data.effects import DROPPING, FAILING
from envdoc.training.data.formats import judge_of
from envdoc.training.data.formats.common import Kit
from envdoc.training.data.formats.media import Media
from envdoc.training.data.locate import Located
from envdoc.training.data.reading import Rows, pick
from envdoc.training.data.release import PIECE
from envdoc.training.data.shape import Books
from envdoc.training.data.stats import Figures
from envdoc.training.data.tabular import Cells, Dates
from envdoc.training.data.tally import Tally
from envdoc.training.data.values import Broken, Entry, Mistake, Progress, kind_of

_TOLD_EVERY = 8 << 20  # bytes
_CSV_PIECE = 10_000  # rows: what pandas reads at a time


class Survey:
    """The state of one reading."""

    def __init__(
        self,
        host: Host,
        entry: Entry,
        folder: str,
        *,
        count_tokens: Callable[[str], int] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.entry = entry
        self.tally = Tally()
        self.books = Books()
        self.figures = Figures(count_tokens)
        self.records = 0
        self.stopped: tuple[str, int] = ("", 0)  # file and line where reading ended before the file did
        self.kto = {True: 0, False: 0}
        self.cells = Cells(entry)
        self.dates = Dates(entry)
        self._keys = tuple(mapping.looked_up(entry).values())
        self._media_of(host, entry, folder, host.environ)
        self._on_progress = on_progress
        self._total = self._told = self._in_file = 0
        self._lines = False  # a record a line: the table is made piece by piece

    def _media_of(self, host: Host, entry: Entry, folder: str, environ: Mapping[str, str]) -> None:
        def exists(path: str) -> bool:
            found = host.stat(path).value
            return found is not None and not found.is_dir

        media = Media(entry, folder, exists, environ, self.figures.media)
        self._judge = judge_of(entry, Kit(media, self.figures))

    def read(self, located: Located) -> None:
        """Read all files.

        Raises:
            ImportError: their reader needs pyarrow, which is not installed.
        """
        self._total = sum(located.sizes)
        before = gc.get_threshold()
        gc.set_threshold(100_000, *before[1:])  # millions of small objects come and go, without cycles among them
        try:
            self._read_files(located)
        finally:
            gc.set_threshold(*before)

    def _read_files(self, located: Located) -> None:
        for path in located.files:
            self._in_file = 0
            self._read_file(path, located.reader)
            self.books.frozen = True
        self.figures.bytes = self._total

    def _read_file(self, path: str, reader: str) -> None:
        try:
            file = open_binary(path)
        except OSError as error:
            why = (("why", error.strerror or str(error)),)
            self._broken(Broken("data-file-broken", why, stop=True), path, 0, 0)
            return
        with file:
            head = file.read(1 << 16)
            file.seek(0)
            is_list = reader == "json" and pick.is_list(head)
            self._lines = reader == "json" and not is_list
            self._marked(head, path, reader, is_list)
            try:
                self._rows(pick.rows(reader, file, self._piece, self._keys), path, reader)
            except OSError as error:
                self._broken(Broken("data-file-broken", (("why", error.strerror or ""),), stop=True), path, 0, 0)

    def _marked(self, head: bytes, path: str, reader: str, is_list: bool) -> None:
        """A byte order mark ends the loading of a JSON list, and becomes part of a txt file's first text."""
        if head.startswith(pick.BOM) and (reader == "text" or is_list):
            code = "data-bom-text" if reader == "text" else "data-bom-list"
            self.tally.add(Mistake(code), path, 1)

    def _rows(self, rows: Rows, path: str, reader: str) -> None:
        judge, note, add, count = self._judge, self.books.root.note_object, self.tally.add, self.figures.record
        kto, table, dating = self.entry.kto, reader == "csv", self._lines
        for number, line, value, mark in rows:
            if type(value) is not dict:
                broken = value if type(value) is Broken else Broken("data-record-shape", (("kind", kind_of(value)),))
                self._broken(broken, path, line, number)
                continue
            self.records += 1
            if table:
                value = self.cells.converted(value)
                self.books.frozen |= number > _CSV_PIECE
            elif dating:
                dating = self.dates.note(value)
            note(value, (number, line))
            mistakes = judge(value)
            if mistakes:
                for each in mistakes:
                    add(each, path, line, number)
                self._weigh(mistakes)
            count(mark)
            if kto:
                self._count_tag(value)

    def _count_tag(self, record: Mapping[str, object]) -> None:
        tag = record.get(self.entry.columns["kto_tag"] or "")
        if type(tag) is bool:
            self.kto[tag] += 1

    def _weigh(self, mistakes: list[Mistake]) -> None:
        codes = {each.code for each in mistakes}
        self.tally.fatal += bool(codes & FAILING)
        self.tally.lost += bool(codes & DROPPING)

    def _broken(self, broken: Broken, path: str, line: int, number: int) -> None:
        self.tally.add(Mistake(broken.code, "", broken.values), path, line, number)
        self.tally.fatal += broken.code in FAILING
        if broken.stop:
            self.stopped = (path, line)

    def _piece(self, size: int) -> None:
        """Bytes were read. Lines become a table piece by piece; the record that ends a piece is part of it."""
        if self._in_file > PIECE and self._lines:
            self.books.frozen = True
        self._in_file += size
        self._told += size
        if self._told >= _TOLD_EVERY:
            self.figures.bytes += self._told
            self.figures.trim()
            self._told = 0
            if self._on_progress is not None:
                self._on_progress(Progress(self.entry.name, self.records, self.figures.bytes, self._total))
