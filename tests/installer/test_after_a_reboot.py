"""Engines do not wait for the disk: after the machine was started anew, what was proved is looked at file by file."""

from __future__ import annotations

from pathlib import Path

import pytest
from installer_kit import FakeHost, World, fake_uv, plan_of

from envdoc.installer import proved
from envdoc.model.results import StepStatus


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = tmp_path / "env"
    made = World(root, FakeHost(fake_uv(root)))
    assert made.execute(plan_of(root)).usable
    return made


def again(world: World, monkeypatch: pytest.MonkeyPatch, boot: str) -> set[StepStatus]:
    monkeypatch.setattr(proved, "boot", lambda: boot)
    result = world.execute(plan_of(world.root))
    assert result.usable
    return {step.status for step in result.steps}


def a_file(world: World) -> Path:
    return next(world.root.glob("lib/python3.*/site-packages/numpy/__init__.py"))


def test_a_file_that_lost_its_content_is_put_there_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = a_file(world).read_text()
    a_file(world).write_text("")
    assert StepStatus.DONE in again(world, monkeypatch, "another start")
    assert a_file(world).read_text() == whole
    assert again(world, monkeypatch, "another start") == {StepStatus.UNCHANGED}


def test_without_loss_nothing_is_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert again(world, monkeypatch, "another start") == {StepStatus.UNCHANGED}


def test_a_file_that_the_user_edited_stays_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_file(world).write_text("mine = 1\n")
    assert again(world, monkeypatch, "another start") == {StepStatus.UNCHANGED}
    other = a_file(world).with_name("other.py")
    other.write_text("mine too")
    (world.root / "lib/python3.12/site-packages/trl/__init__.py").write_text("")
    assert StepStatus.DONE in again(world, monkeypatch, "another start")
    assert a_file(world).read_text() == "mine = 1\n"


def test_in_the_same_start_names_are_enough(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_file(world).write_text("")
    assert again(world, monkeypatch, proved.boot()) == {StepStatus.UNCHANGED}
