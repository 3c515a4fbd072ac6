"""A reader of Chinese finds no English sentence in the reports of the machines that users have most.

To renew the golden files after a change that is meant: `ENVDOC_UPDATE_GOLDEN=1 python -m pytest tests/acceptance`,
then read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_whole_outputs import MACHINES, printed

GOLDEN = Path(__file__).parent / "golden" / "zh"
NAMES = (
    "win11-2x5060ti-576-cpu-torch",
    "win11-2x5060ti-576-cu128",
    "win11-4090-610",
    "linux-t4-535",
    "linux-no-gpu",
)
SEED = NAMES[0]

# What stays Latin: what stands between backticks, paths, addresses, options, and what a program or a card is called.
_QUOTED = re.compile(r"`[^`]*`|https?://\S+|[A-Z]:\\\S+|(?<!\S)/[\w/.-]+|--?[a-z][\w-]*(=\S+)?|\([^()]*\)")
_CARD = re.compile(r"NVIDIA GeForce RTX \d+( Ti)?( SUPER)?|NVIDIA|Windows 11 Pro|Hugging Face|Microsoft Store")
_SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z']*\b[ ,]+){3,}\b[a-z]+\b")


def english(report: str) -> Iterator[str]:
    """Runs of four and more English words in the lines that are sentences: not commands, not a machine's own note."""
    for line in report.splitlines():
        if not line.lstrip().startswith(("$ ", "来自", "下一步")):
            yield from (found[0] for found in _SENTENCE.finditer(_CARD.sub("X", _QUOTED.sub("X", line))))


def test_a_sentence_is_seen() -> None:
    assert list(english("✗ torch-missing：envdoc installed torch here, and it is gone")) != []
    assert list(english("    $ uv pip install torch and some more words")) == []
    assert list(english("内存只有 8 GiB：torch 2.8.0 cu128 用不了 `set X=1 and so on`")) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("verbose", [(), ("-v",)])
def test_check_has_no_english_sentence(name: str, verbose: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    _, told = printed(
        ["check", *verbose, "--lang", "zh", "--machine", str(MACHINES / f"{name}.json")], "utf-8", monkeypatch
    )
    assert list(english(told)) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("verbose", [(), ("-v",)])
def test_resolve_has_no_english_sentence(
    name: str, verbose: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ["resolve", *verbose, "--lang", "zh", "--machine", str(MACHINES / f"{name}.json")]
    _, told = printed(argv, "utf-8", monkeypatch)
    assert list(english(told)) == []


@pytest.mark.parametrize("command", ["check", "resolve"])
def test_the_whole_output_is_as_recorded(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = printed([command, "--lang", "zh", "--machine", str(MACHINES / f"{SEED}.json")], "utf-8", monkeypatch)
    whole = re.sub(r"，用时 \d+\.\d\d 秒$", "", told, flags=re.MULTILINE) + f"exit {code}\n"
    path = GOLDEN / f"{command}.txt"
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(whole, encoding="utf-8")
    assert whole == path.read_text(encoding="utf-8")
