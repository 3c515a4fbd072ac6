"""What `install`, `rollback` and a removal say to a reader of Chinese: how the steps ended, and what is usable."""

from __future__ import annotations

from installer_kit import World, make_environment, plan_of

from english import english
from envdoc import installer
from envdoc.findings import Language
from envdoc.model.machine import System
from envdoc.model.plan import AdoptEnvironment, Plan
from envdoc.model.results import InstallResult
from envdoc.render.lines import Line, flat, laid_out
from envdoc.render.text_plan import install_lines, plan_lines, step_line, undo_lines


def _chinese(*lines: Line) -> str:
    said = flat(laid_out(lines, Language.ZH), ascii_only=False)
    return said.replace("Install the rest", "X")  # a title of the kit's own


def _told(result: InstallResult) -> str:
    return _chinese(*map(step_line, result.steps), *install_lines(result, System.LINUX))


def test_a_plan_has_no_english(world: World) -> None:
    told = _chinese(*plan_lines(plan_of(world.root)))
    assert "查找 Python" in told
    assert list(english(told)) == []


def test_no_step_ends_in_english(world: World) -> None:
    first = _told(world.execute())
    assert "已安装" in first
    assert list(english(first)) == []
    again = _told(world.execute())
    assert "已验证" in again
    assert list(english(again)) == []


def test_an_adopted_environment_comes_back_without_english(world: World) -> None:
    make_environment(world.root)
    whole = plan_of(world.root)
    plan = Plan(whole.environment, whole.profile, (AdoptEnvironment(whole.environment), *whole.steps[2:]))
    first = _told(world.execute(plan))
    assert "个软件包" in first
    assert list(english(first)) == []
    back = _chinese(*undo_lines(installer.rollback(world.host, str(world.root)), System.LINUX))
    assert "恢复环境" in back
    assert list(english(back)) == []


def test_a_removal_has_no_english(world: World) -> None:
    world.execute()
    (world.root / "mine.txt").write_text("mine", encoding="utf-8")
    told = _chinese(*undo_lines(installer.remove(world.host, str(world.root)), System.LINUX))
    assert "保留了" in told
    assert list(english(told)) == []
