"""JSON of others: one reader within bounds, and nobody who reads it by himself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from envdoc.errors import DataError
from envdoc.host.recorded import RecordedHost
from envdoc.model import jsontext
from envdoc.training.config.read.jsontext import read_json
from envdoc.training.data.shape import Books

ROOT = Path(jsontext.__file__).parents[1]
# What reads by itself, and why it may: its own data, or a child whose end is watched.
OWN = {
    "model/jsontext.py": "the reader",
    "findings/catalogue.py": "shipped",
    "knowledge/yamlfile.py": "shipped",
    "knowledge/freshness.py": "shipped",
    "cli/quick.py": "shipped",
    "diagnose/rules.py": "shipped",
    "host/recording.py": "what it wrote itself a line before",
    "smoke/child.py": "a child of envdoc",
    "smoke/run.py": "a line of envdoc's own child",
    "installer/rattler_child.py": "a child of envdoc",
    "training/config/read/jsontext.py": "one key, of a text that was read",
    "training/data/jsonplaces.py": "one key, of a text that was read",
    "training/data/reading/loads.py": "records, whose depth `Books` bounds; it catches what a reader raises",
    "training/data/reading/lines.py": "records",
    "training/data/reading/array.py": "records",
    "training/data/formats/common.py": "only the outermost level is looked at; too deep a text is no JSON to it",
    "training/config/models.py": "a header between tensors; too deep a one is a broken one",
}
DEEP = 400  # Python's own reader takes it, and a walk of two calls a level does not


def nested(opening: str, closing: str, levels: int = DEEP) -> str:
    return opening * levels + "1" + closing * levels


@pytest.mark.parametrize(
    "text", [nested("[", "]"), nested('{"a": ', "}"), nested('[{"a": ', "}]"), nested("[", "]", 99_999)]
)
def test_nothing_is_read_that_is_nested_deeper_than_anybody_walks(text: str) -> None:
    for pairs in (None, list):
        with pytest.raises(jsontext.TooDeepError):
            jsontext.loads(text, pairs=pairs)
    (problem,) = read_json("a.json", '{"a": ' + text + "}").problems
    assert (problem.code, problem.name) == ("train-file-broken", "too-deep")


def test_a_record_is_judged_as_deep_as_tables_are() -> None:
    books = Books()
    record = json.loads(nested('[{"a": ', "}]"))
    books.root.note_object({"messages": record}, (1, 1))
    assert books.columns() == ("messages",)
    assert list(books.differing("messages")) == []
    books.root.note_object({"messages": "text"}, (2, 2))
    assert [problem.path for problem in books.problems] == ["messages"]


def test_numbers() -> None:
    assert jsontext.loads("[1e30, 1" + "0" * 30 + "]", any_number=True) == [1e30, 10**30]
    for text in ("1" + "0" * 30, "1e30", "NaN"):
        with pytest.raises(ValueError, match="number"):
            jsontext.loads(text)


@pytest.mark.parametrize("why", [[], {}, 1, None])
def test_a_recording_whose_reason_is_no_word_is_refused(why: object, tmp_path: Path) -> None:
    path = tmp_path / "raw.json"
    data = {"system": "linux", "files": {"/a": {"why": why}}, "nvml": {"init": {"why": why}}}
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError):
        RecordedHost.load(path)


def test_all_json_of_others_goes_through_the_one_reader() -> None:
    read = re.compile(r"\bjson\.loads?\(|\braw_decode\b|orjson\.loads")
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if read.search(path.read_text(encoding="utf-8"))
    }
    in_children = {each for each in readers if each.startswith(("smoke/proofs/", "smoke/lib/"))}
    assert readers - in_children == set(OWN)
