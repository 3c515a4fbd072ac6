"""When `install` changes parts of an environment, and when it makes a whole one; and where sources are said to be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.workflow.change import is_change
from envdoc.workflow.wishes import InstallWish, wish


def environment(root: Path, state: str = "usable", kind: str = "made") -> str:
    (root / ".envdoc").mkdir(parents=True)
    (root / "pyvenv.cfg").write_text("version = 3.12.3\n", encoding="utf-8")
    if state:
        told = json.dumps({"state": state, "kind": kind})
        (root / ".envdoc" / "state.json").write_text(told, encoding="utf-8")
    return str(root)


def asked(profile: str = "auto", torch: str = "", **more: list[str]) -> tuple[object, ...]:
    return (profile, torch, None, more.get("added"), more.get("removed"), more.get("places"))


@pytest.mark.parametrize(
    ("wished", "state", "adopt", "changes"),
    [
        (asked(added=["llama.cpp"]), "usable", False, True),
        (asked(removed=["llama.cpp"]), "usable", False, True),
        (asked(places=["llama.cpp=/src"]), "adopted", False, True),
        (asked(added=["llama.cpp"]), "", True, True),
        (asked(added=["llama.cpp"]), "", False, False),  # not envdoc's, and nobody said `--adopt`
        (asked(added=["llama.cpp"]), "building", False, False),  # its installation goes on
        (asked("cpu", added=["llama.cpp"]), "usable", False, False),
        (asked(torch="2.8", added=["llama.cpp"]), "usable", False, False),
        (asked(), "usable", False, False),
    ],
)
def test_what_is_a_change(tmp_path: Path, wished: tuple[object, ...], state: str, adopt: bool, changes: bool) -> None:
    root = environment(tmp_path / "env", state)
    assert is_change(LocalHost(), InstallWish(wish(*wished), root, adopt=adopt)) is changes  # type: ignore[arg-type]


def test_a_new_folder_is_made_whole(tmp_path: Path) -> None:
    assert not is_change(LocalHost(), InstallWish(wish(*asked(added=["llama.cpp"])), str(tmp_path / "new")))  # type: ignore[arg-type]


def test_a_place_is_a_wish_for_its_component() -> None:
    told = wish(
        "auto", None, None, ["liger-kernel"], None, ["Llama.cpp=../src", "bitsandbytes=https://host/b#0.50.2"]
    )
    assert told.with_components == ("liger-kernel", "llama.cpp", "bitsandbytes")
    assert told.places == (("llama.cpp", os.path.abspath("../src")), ("bitsandbytes", "https://host/b#0.50.2"))  # noqa: PTH100
    assert wish("auto", None, None, None, None, ["llama.cpp=prebuilt:b1"]).places == (("llama.cpp", "prebuilt:b1"),)


@pytest.mark.parametrize("written", ["llama.cpp", "=x", "llama.cpp=", "nothing=x"])
def test_a_place_without_component_is_refused(written: str) -> None:
    with pytest.raises(UsageError):
        wish("auto", None, None, None, None, [written])
