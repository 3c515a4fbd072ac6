"""What proofs say in another Python is found again in the catalogue, and so can be said in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import envdoc
from english import english
from envdoc.findings import Language, say
from envdoc.findings.recognise import recognised
from envdoc.model.text import Text

SMOKE = Path(envdoc.__file__).parent / "smoke"
_WORD = re.compile("[a-z]{2}")


def _told() -> Iterator[tuple[str, str]]:
    """Each sentence that a proof ends with, notes or fails by, with 7 for every value; and where it stands."""
    files = [*SMOKE.glob("proofs/*.py"), *SMOKE.glob("lib/*.py"), SMOKE / "kit.py", SMOKE / "child.py"]
    for path in sorted(files):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for each in _sentences(node):
                yield path.stem, each


def _sentences(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        first = {"skip": 0, "fail": 1, "note": 1}.get(node.func.attr)
        told = node.args[first : first + 1] if first is not None else []
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
        told = node.args if getattr(node.func, "id", "") == "Skipped" else []
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.JoinedStr):
        told = [node.value]
    else:
        told = []
    yield from (sample for each in told if _WORD.search(sample := _sample(each)))


def _sample(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return ""


TOLD = sorted(set(_told()))


def test_the_sentences_are_found() -> None:
    assert len(TOLD) > 40


@pytest.mark.parametrize(("where", "told"), TOLD, ids=lambda part: part[:40])
def test_a_sentence_of_a_proof_is_recognised(where: str, told: str) -> None:
    sentence = recognised("proofs", told)
    assert isinstance(sentence, Text), (where, told)
    assert list(english(say(sentence, Language.ZH))) == []


@pytest.mark.parametrize(
    ("told", "chinese"),
    [
        ("torch 2.8.0+cu128, error 1e-07", "torch 2.8.0+cu128，误差 1e-07"),
        (
            "error 3e-04, 687 TFLOP/s of about 989 (69 %) at 8192x8192",
            "误差 3e-04，687 TFLOP/s，参考值约 989（69 %），规模 8192x8192",
        ),
        ("loss 3.21 to 0.45 in 30 steps, 12.5 s, peak 1234 MiB; saved and loaded again", None),
        ("4 ranks by nccl on all GPUs agree", "全部 GPU 上的 4 个进程（nccl）结果一致"),
        ("RuntimeError: something else", "RuntimeError: something else"),
        ("x" * 5000, "x" * 5000),
    ],
)
def test_values_are_recognised_as_well(told: str, chinese: str | None) -> None:
    said = say(recognised("proofs", told), Language.ZH)
    assert said == (chinese or said)
    assert chinese == told or list(english(said)) == []
