"""A part that was added, taken away and is added again is there again: what was proved in between is not it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from installer_kit import FakeHost, World, done, fake_uv, plan_of, write_dist

from envdoc.host.base import Completed
from envdoc.installer.folder import Folder, write_json
from envdoc.installer.steps import wheel
from envdoc.model.builds import TakeAway
from envdoc.model.plan import InstallPackages, InstallWheel, Plan, Prove

PROVE = Prove(("import:torch",))


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = tmp_path / "env"

    def uninstall(argv: Sequence[str], env: Mapping[str, str]) -> Completed:
        del env
        for path in root.glob(f"lib/python3.*/site-packages/{argv[-1].replace('-', '_')}*"):
            shutil.rmtree(path)
        return done(argv)

    made = World(root, FakeHost([*fake_uv(root), (r"uv pip uninstall", uninstall)]))
    assert made.execute(plan_of(root)).usable
    return made


def change(world: World, *steps: InstallPackages | TakeAway) -> bool:
    return world.execute(Plan(str(world.root), "test", (*steps, PROVE))).usable


def is_there(world: World) -> bool:
    return any(world.root.glob("lib/python3.*/site-packages/big_c-1.0.dist-info/RECORD"))


def test_a_package_comes_again(world: World) -> None:
    add = InstallPackages("add-big-c", "Add", ("big-c==1.0",))
    away = TakeAway("take-away-big-c", "Away", "big-c", ("big-c",))
    for _ in range(2):
        assert change(world, add)
        assert is_there(world)
        assert change(world, away)
        assert not is_there(world)
    assert change(world, add)
    assert is_there(world)
    assert set(world.statuses(Plan(str(world.root), "test", (add, PROVE))).values()) == {"unchanged"}


def test_a_wheel_that_is_recorded_and_gone_is_not_there(world: World) -> None:
    step = InstallWheel("wheel", "Wheel", "big-c", "1.0", "https://host/big_c-1.0-py3-none-any.whl")
    folder = Folder(world.root)
    write_json(folder.own / "wheels.json", {step.file: "0" * 64})
    whole = Plan(str(world.root), "test", (step, PROVE))
    assert not wheel.still(step, folder, whole)
    write_dist(next(world.root.glob("lib/python3.*/site-packages")), "big-c", "1.0")
    assert wheel.still(step, folder, whole)
