"""Whatever a data set holds: a clear finding, bounded time and memory, the rest still checked, nothing executed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from envdoc.host.local import LocalHost
from envdoc.training.data.check import Checked, check

GOOD = {"instruction": "Say it", "input": "now", "output": "It is said"}
LINE = json.dumps(GOOD).encode() + b"\n"


def checked(folder: Path, data: bytes, file: str = "data.jsonl", **entry: Any) -> Checked:
    (folder / file).write_bytes(data)
    (folder / "dataset_info.json").write_text(json.dumps({"x": {"file_name": file, **entry}}))
    return check(LocalHost(), str(folder))


def told(done: Checked) -> list[tuple[str, str]]:
    """Codes with their places, the folder left out."""
    return [(each.code, str(each.where).partition(", ")[2]) for each in done.every if each.code != "data-duplicates"]


def test_one_wrong_record_among_many_is_found_by_number_and_line(tmp_path: Path) -> None:
    wrong = json.dumps({**GOOD, "output": None}).encode() + b"\n"
    done = checked(tmp_path, LINE * 70_000 + b"\n" + wrong + LINE * 30_000)
    assert told(done) == [("data-no-answer", "line 70002, record 70001, `output`")]
    assert (done.datasets[0].records, done.datasets[0].bad, done.datasets[0].sampled) == (100_001, 1, (70_001,))


def test_mistakes_are_counted_and_the_first_ones_named(tmp_path: Path) -> None:
    wrong = json.dumps({**GOOD, "output": None}).encode() + b"\n"
    done = checked(tmp_path, (LINE + wrong) * 500)
    (found,) = [each for each in done.every if each.code == "data-no-answer"]
    assert found.evidence == (
        "LLaMA-Factory drops the record, with no more than a line in its log",
        "500 times; the first records: 2, 4, 6, 8, 10",
    )
    assert dict(found.values)["effect"] == "dropped"
    assert done.datasets[0].sampled == (2, 4, 6, 8, 10)


@pytest.mark.parametrize("file", ["data.jsonl", "data.json"])
def test_a_record_of_50_mb(tmp_path: Path, file: str) -> None:
    long = json.dumps({**GOOD, "output": "x" * (50 << 20)})
    data = (
        f"[{json.dumps(GOOD)},\n{long},\n{json.dumps(GOOD)}]" if file.endswith("json") else f"{long}\n{LINE.decode()}"
    )
    done = checked(tmp_path, data.encode(), file)
    assert told(done) == []
    answers = next(each for each in done.datasets[0].statistics.fields if each.name == "answer")
    assert answers.most == 50 << 20


def test_a_record_beyond_the_limit_is_named_and_the_rest_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("envdoc.training.data.reading.lines.LIMIT", 1000)
    long = json.dumps({**GOOD, "output": "x" * 5000}).encode() + b"\n"
    wrong = json.dumps({**GOOD, "output": None}).encode() + b"\n"
    done = checked(tmp_path, LINE + long + wrong)
    assert told(done) == [("data-record-huge", "line 2, record 2"), ("data-no-answer", "line 3, record 3, `output`")]


def test_mixed_encodings_name_each_line_and_go_on(tmp_path: Path) -> None:
    gbk = json.dumps({**GOOD, "output": "一二三四"}, ensure_ascii=False).encode("gbk") + b"\n"
    wrong = json.dumps({**GOOD, "output": None}).encode() + b"\n"
    done = checked(tmp_path, LINE + gbk + LINE + gbk + wrong)
    assert told(done) == [("data-encoding", "line 2, record 2"), ("data-no-answer", "line 5, record 5, `output`")]
    assert "probably GBK" in done.every[0].summary


def test_a_broken_list_names_line_and_column(tmp_path: Path) -> None:
    text = json.dumps([GOOD, GOOD, GOOD], indent=1).replace('"It is said"\n },\n', '"It is said",\n },\n', 1)
    done = checked(tmp_path, text.encode(), "data.json")
    assert told(done)[0] == ("data-json-broken", "line 6, record 1")
    assert done.datasets[0].status == "partly"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "[" + '{"a":[' * 50_000 + "]", '{"n": ' + "9" * 10_000 + "}"]
)
def test_nesting_and_numbers_without_end(tmp_path: Path, text: str) -> None:
    for file in ("data.json", "data.jsonl"):
        assert "data-json-broken" in [each.code for each in checked(tmp_path, text.encode(), file).every]
    (tmp_path / "dataset_info.json").write_text(text)
    assert [each.code for each in check(LocalHost(), str(tmp_path)).every] == ["data-info-broken"]


def test_an_endless_line_of_a_broken_csv(tmp_path: Path) -> None:
    done = checked(tmp_path, b'instruction,input,output\n"' + b"x,y\n" * 200_000, "data.csv")
    assert done.datasets[0].records <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data.jsonl")
    (tmp_path / "dataset_info.json").write_text('{"x": {"file_name": "data.jsonl"}}')
    begun = time.monotonic()
    assert [each.code for each in check(LocalHost(), str(tmp_path)).every] == ["data-file-broken"]
    assert time.monotonic() - begun < 5


def test_nothing_is_executed(tmp_path: Path) -> None:
    script = f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
    (tmp_path / "load.py").write_text(script)
    info = {"x": {"script_url": "load.py"}, "y": {"file_name": "load.py"}, "z": {"file_name": "data.pkl"}}
    (tmp_path / "data.pkl").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    (tmp_path / "dataset_info.json").write_text(json.dumps(info))
    codes = [each.code for each in check(LocalHost(), str(tmp_path)).every]
    assert codes == ["data-remote", "data-file-type", "data-file-type"]
    assert not (tmp_path / "ran").exists()


def test_one_bad_data_set_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[{")
    (tmp_path / "b.json").write_text(json.dumps([{**GOOD, "output": None}, GOOD]))
    info = {"a": {"file_name": "a.json"}, "c": "no entry", "b": {"file_name": "b.json"}}
    (tmp_path / "dataset_info.json").write_text(json.dumps(info))
    done = check(LocalHost(), str(tmp_path))
    assert [(each.name, [found.code for found in each.findings]) for each in done.datasets] == [
        ("a", ["data-json-broken"]),
        ("c", ["data-entry-shape"]),
        ("b", ["data-no-answer"]),
    ]


@pytest.mark.parametrize("packages", [("orjson",), ("orjson", "pyarrow")])
def test_without_the_optional_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packages: tuple[str, ...]
) -> None:
    from envdoc.training.data.reading import loads

    for name in packages:
        monkeypatch.setitem(sys.modules, name, None)
    loads.fast.cache_clear()
    try:
        done = checked(tmp_path, LINE + LINE.replace(b'"It is said"', b"null") + b'{"instruction": "\\ud800"}\n')
    finally:
        loads.fast.cache_clear()
    assert told(done) == [("data-no-answer", "line 2, record 2, `output`"), ("data-json-broken", "line 3, record 3")]


def test_parquet_without_pyarrow_is_not_checked_and_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    done = checked(tmp_path, b"PAR1", "data.parquet")
    (found,) = done.every
    assert (found.code, found.remediation.commands[0].command) == (
        "data-not-checked",
        "pip install 'envdoc-gpu[data]'",
    )
    assert done.datasets[0].status == "not-checked"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak of memory in /proc")
@pytest.mark.parametrize("file", ["data.json", "data.jsonl"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, file: str) -> None:
    many, name = 30_000, file
    record = json.dumps({**GOOD, "output": "words and more words " * 80})
    with (tmp_path / name).open("w") as out:  # 50 MB
        out.write("[" if name == "data.json" else "")
        for number in range(many):
            end = "" if number + 1 == many else "," if name == "data.json" else "\n"
            out.write(record + end)
        out.write("]" if name == "data.json" else "\n")
    (tmp_path / "dataset_info.json").write_text(json.dumps({"x": {"file_name": name}}))
    code = (
        "import sys; from envdoc.host.local import LocalHost; from envdoc.training.data.check import check;"
        "assert check(LocalHost(), sys.argv[1]).datasets[0].records == 30000;"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 90 << 10  # KiB


ODD = (
    None,
    True,
    3,
    1.5,
    "",
    "text",
    [],
    ["x"],
    [[]],
    [None],
    {},
    {"k": None},
    {"from": "human"},
    {"from": [], "value": {}},
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("formatting", ["alpaca", "sharegpt", "openai"])
def test_no_value_anywhere_makes_it_crash(tmp_path: Path, formatting: str, odd: Any) -> None:
    """Each column, message, role and content is replaced by each odd value in turn."""
    columns = ["instruction", "input", "output", "history", "system", "tools", "images", "chosen", "rejected", "tag"]
    base = {
        **dict.fromkeys(columns, "text"),
        "conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}],
    }
    records: list[dict[str, Any]] = [{**base, name: odd} for name in base]
    chat = base["conversations"]
    assert isinstance(chat, list)
    records += [{**base, "conversations": turns} for turns in ([odd, chat[1]], [chat[0], {**chat[1], "from": odd}])]
    records += [{**base, "conversations": [chat[0], {**chat[1], "value": odd, "tool_calls": odd}]}]
    names = {
        **{name: name for name in ("history", "system", "tools", "images", "chosen", "rejected")},
        "kto_tag": "tag",
    }
    chosen = {"prompt": "instruction", "query": "input", "response": "output", "messages": "conversations"}
    for ranking in (True, False):
        mapped = {key: name for key, name in {**chosen, **names}.items() if not (ranking and key == "kto_tag")}
        for record in records:
            data = json.dumps([record]).encode()
            done = checked(tmp_path, data, "data.json", formatting=formatting, ranking=ranking, columns=mapped)
            assert done.datasets[0].status in ("checked", "partly")
