"""What a wish may not do: begin with a mirror that is none, carry a token into a file, change what is not ours."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from envdoc.errors import DataError, ExitCode, UsageError
from envdoc.host.local import LocalHost
from envdoc.installer.secrets import Credential, bare, credential_for, credentials_of, whole
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import TargetKind
from envdoc.model.resolution import Source, SourceKind, Wish
from envdoc.workflow import again, mend, sources
from envdoc.workflow.environment import entry
from envdoc.workflow.wishes import InstallWish, MachineWish

TOKEN = "hunter2-t0ken"
BAD = (
    "http://", "https://:80", "https://host:port/simple", "https://host:99999/", "ftp://host/simple", "https://[::1",
    "https://host/a b", "https://ho\nst/", "javascript://x", "https://host/?token=hunter2-t0ken", "://x", "https://host/{}",
    "ssh://git@host/x", "git+https://host/x", "https://host/simple#x", "https://h\u0000st",
)  # fmt: skip


@pytest.mark.parametrize("mirror", BAD)
def test_a_mirror_that_is_none_is_refused_before_anything_is_asked(
    mirror: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("envdoc.probe.sources.ask", lambda *_, **__: pytest.fail("something was asked"))
    with pytest.raises(UsageError) as caught:
        sources.source_states(LocalHost(), (mirror,), online=True)
    assert caught.value.exit_code is ExitCode.USAGE
    assert TOKEN not in caught.value.message


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    for odd in (str(tmp_path / "none"), "no\0thing", "x" * 5_000):
        with pytest.raises(UsageError):
            sources.source_states(LocalHost(), (odd,), online=False)


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "PIP_INDEX_URL", "ENVDOC_PYTORCH_INDEX", ""])
def test_no_source_carries_credentials_into_a_plan(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"https://me:{TOKEN}@mirror.example/simple"
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "ENVDOC_PYTORCH_INDEX"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, url)
    mirrors = () if variable else (url,)
    states = sources.source_states(LocalHost(), mirrors, online=False)
    assert TOKEN not in repr(states)
    assert any("mirror.example" in state.source.url for state in states)
    told = sources.credentials(LocalHost(), mirrors)
    assert [(each.user, each.password) for each in told] == [("me", TOKEN)]
    assert TOKEN not in repr(told)


def test_credentials_find_their_urls_again() -> None:
    told = credentials_of(("https://a:b@host/whl/{cuda}", "https://c:p%40ss@host/simple", "https://plain/simple"))
    assert told == (Credential("https://host/whl/{cuda}", "a", "b"), Credential("https://host/simple", "c", "p@ss"))
    assert whole("https://host/whl/cu128/", told) == "https://a:b@host/whl/cu128/"
    assert whole("https://host/simple/torch/", told) == "https://c:p%40ss@host/simple/torch/"
    for other in ("https://host/simple2", "https://other/simple", "http://host/simple", "/my/folder"):
        assert credential_for(other, told) is None
    assert bare("https://t0k@host/x").user == "t0k"


def test_a_wish_is_remembered_without_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENVDOC_PROFILES", raising=False)
    keys = [
        again.wished(LocalHost(), InstallWish(Wish("cpu", mirrors=(f"https://me:{token}@host/simple",))))
        for token in (TOKEN, "another")
    ]
    assert TOKEN not in json.dumps(keys)
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("marker", "adopt", "expected"), [({}, False, None), ({}, True, True), ({"state": "usable"}, False, False)]
)
def test_mending_changes_a_foreign_environment_only_where_it_may_be_adopted(
    monkeypatch: pytest.MonkeyPatch, marker: dict[str, str], adopt: bool, expected: bool | None
) -> None:
    facts = known(marker) if marker else missing(Why.ABSENT)
    target = SimpleNamespace(kind=TargetKind.VENV, prefix="/envs/a", marker=facts)
    monkeypatch.setattr(mend, "obtain", lambda *_: SimpleNamespace(target=target))
    if expected is None:
        with pytest.raises(UsageError) as caught:
            mend.mending(LocalHost(), MachineWish(env="/envs/a"), "cpu", adopt=adopt)
        assert caught.value.code == "environment-not-ours"
        assert "--fix --adopt" in caught.value.hint
    else:
        assert mend.mending(LocalHost(), MachineWish(env="/envs/a"), "cpu", adopt=adopt).adopt is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        '{"A": 1}',
        '{"A": null}',
        '{"A;rm -rf x": "1"}',
        '{"A=B": "1"}',
        '{"1A": ""}',
        "[" * 99_999,
    ],
)
def test_damaged_variables_are_told_and_reach_no_shell(tmp_path: Path, text: str) -> None:
    (tmp_path / ".envdoc").mkdir()
    (tmp_path / "pyvenv.cfg").write_text("home = /x\n")
    (tmp_path / ".envdoc/variables.json").write_text(text)
    with pytest.raises(DataError, match="is damaged"):
        entry(LocalHost(), str(tmp_path))


def test_no_variables_and_good_ones_are_told(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /x\n")
    assert entry(LocalHost(), str(tmp_path)).variables == {}
    (tmp_path / ".envdoc").mkdir()
    (tmp_path / ".envdoc/variables.json").write_text('{"PYTHONUTF8": "1"}')
    assert entry(LocalHost(), str(tmp_path)).variables == {"PYTHONUTF8": "1"}


def test_a_source_is_shown_without_credentials() -> None:
    url = f"https://me:{TOKEN}@host/simple"
    assert sources.shown(Source(url, SourceKind.URL, url)) == Source(
        "https://host/simple", SourceKind.URL, "https://host/simple"
    )


@pytest.mark.parametrize(
    ("wished", "shown"),
    [
        (f"curl -H 'Authorization: Bearer {TOKEN}' https://host/simple", "--mirror ://...:"),
        (f"TOKEN={TOKEN} https://host/simple", "--mirror ://...:"),
        (f"{TOKEN}://host/a b", "--mirror ://...:"),
        ("gopher://host/simple", "--mirror gopher://...:"),
    ],
)
def test_a_mirror_that_is_refused_is_not_repeated(wished: str, shown: str) -> None:
    with pytest.raises(UsageError) as caught:
        sources._check_url(wished)
    assert shown in caught.value.message
    assert TOKEN not in caught.value.message
