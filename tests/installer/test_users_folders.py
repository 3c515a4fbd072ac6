"""A folder of the user's that is called as a component's is: never replaced, never taken away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from build_kit import BUILD, codes, environment, in_folder, install, needs_cmake, source_tree, statuses

from envdoc import installer
from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.installer import products
from envdoc.installer.folder import Folder
from envdoc.model.builds import FetchTree, Origin, TakeAway

pytestmark = needs_cmake
AWAY = TakeAway("away", "Take tiny away", "tiny", (), ("tiny", ".envdoc/build/tiny"))


@pytest.fixture
def env(tmp_path: Path) -> Path:
    root = environment(tmp_path / "env")
    (root / "tiny").mkdir()
    (root / "tiny/thesis.txt").write_text("mine")
    return root


def mine(env: Path) -> str:
    return (env / "tiny/thesis.txt").read_text()


def test_a_build_does_not_take_its_place(env: Path, tmp_path: Path) -> None:
    steps = in_folder(source_tree(tmp_path / "tiny sources"))
    with pytest.raises(UsageError, match="tiny is there already") as refused:
        install(env, *steps)
    assert refused.value.code == "environment-not-ours"
    assert mine(env) == "mine"
    assert not (env / ".envdoc/build").exists()
    (env / "tiny").rename(env / "my tiny")
    assert install(env, *steps).usable


def test_programs_that_are_fetched_do_not_take_its_place(env: Path, tmp_path: Path) -> None:
    programs = source_tree(tmp_path / "programs")
    fetch = FetchTree(
        *("get", "Get", "tiny", Origin.FOLDER, str(programs), "tiny", ("hello.c",)), record="tiny", copied=True
    )
    with pytest.raises(UsageError, match="tiny is there already"):
        install(env, fetch)
    assert mine(env) == "mine"


def test_taking_the_component_away_lets_it_be(env: Path) -> None:
    assert statuses(install(env, AWAY))["away"] == "unchanged"
    assert mine(env) == "mine"


def test_one_that_came_into_the_place_of_a_product_since(tmp_path: Path) -> None:
    env = environment(tmp_path / "env")
    steps = in_folder(source_tree(tmp_path / "tiny sources"))
    assert install(env, *steps).usable
    for path in (env / "tiny/bin").iterdir():
        path.unlink()
    (env / "tiny/bin").rmdir()
    (env / "tiny/thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="tiny is there already"):
        install(env, *steps)
    assert mine(env) == "mine"


def test_a_run_that_is_killed_while_it_puts_a_product_in_place_can_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    env = environment(tmp_path / "env")
    steps = in_folder(source_tree(tmp_path / "tiny sources"))
    with monkeypatch.context() as patch:
        patch.setattr(products, "record", killed)
        with pytest.raises(KilledError):
            install(env, *steps)
    assert (env / "tiny").is_dir()
    assert codes(install(env, *steps)) == []
    assert products.has(Folder(env, os.name == "nt"), BUILD.component)
    installer.rollback(LocalHost(), str(env))
    assert not (env / "tiny").exists()
