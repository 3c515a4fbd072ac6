"""What is printed for PowerShell, parsed by a grammar of PowerShell: a plain command or assignment, nothing else.

`&&` is an error in Windows' own PowerShell 5, and `numpy<2` without quotes is a redirection.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from printed_lines import of
from tree_sitter import Language, Node, Parser

from envdoc.model.finding import Shell
from envdoc.model.launch import Engine, LaunchWish, Sharing
from envdoc.training.launch.script import script

_POWERSHELL = Language(pytest.importorskip("tree_sitter_powershell").language())
_NEVER = {"redirection", "redirected_file_name", "&&", "||", "ERROR"}


def parsed(text: str) -> Node:
    return Parser(_POWERSHELL).parse(text.encode()).root_node


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def mistakes(text: str) -> list[str]:
    """What in the text is no plain command; [] where all is well."""
    root = parsed(text)
    found = [node.type for node in nodes(root) if node.type in _NEVER or node.is_missing]
    # the grammar takes `numpy<2` for one word; PowerShell says that `<` is reserved, and takes `>` for a redirection
    found += [f"bare {sign}" for sign in "<>" if sign in _bare(root)]
    return found + (["has_error"] if root.has_error else [])


def _bare(root: Node) -> str:
    """The words that stand without quotes."""
    return " ".join((node.text or b"").decode() for node in nodes(root) if node.type == "generic_token")


def test_the_parser_finds_what_must_not_be() -> None:
    for text in ("$env:X = '", "uv pip install numpy<2", "a && b", "& 'a' |"):
        assert mistakes(text), text


def test_every_line_of_every_recorded_machine(capsys: pytest.CaptureFixture[str]) -> None:
    lines = of("any", "powershell")
    wrong = {line: found for line in lines if (found := mistakes(line))}
    assert wrong == {}
    assert len(lines) > 10
    print(f"{len(lines)} lines parsed as PowerShell")


@pytest.mark.parametrize(
    "path", [r"C:\a b\训练\train.yaml", r"C:\o'brien\x.yaml", "C:\\$env\\`x.yaml", r"C:\it’s\x.yaml"]
)
def test_the_launchers_script(path: str) -> None:
    wish = LaunchWish(path, Engine.LLAMAFACTORY, Sharing.DDP, 2, shell=Shell.POWERSHELL)
    assert mistakes(script(wish, (path, "ranks.py", "--ranks", "2", "--llamafactory", path))) == []
