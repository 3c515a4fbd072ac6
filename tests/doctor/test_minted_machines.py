"""The machine files: minted again they are the same, and each says what it is."""

from __future__ import annotations

import json

import pytest
from doctor_cases import MACHINES, read_machine
from machine_recipes import RECIPES
from mint_machine import mint

from envdoc.model.codec import decode, encode
from envdoc.model.machine import Machine, Origin

FILES = sorted(path.stem for path in MACHINES.glob("*.json"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_file_is_what_its_recipe_mints(recipe: object) -> None:
    """After a change: `python tools/mint_machine.py --all`."""
    assert encode(mint(recipe)) == encode(read_machine(recipe.name))  # type: ignore[arg-type, attr-defined]


@pytest.mark.parametrize("name", FILES)
def test_file_names_its_origin(name: str) -> None:
    machine = read_machine(name)
    assert machine.note
    minted = name in {recipe.name for recipe in RECIPES}
    assert machine.origin is (Origin.MINTED if minted else Origin.RECORDED)
    assert machine.taken or minted


@pytest.mark.parametrize("name", FILES)
def test_file_is_in_the_codec_s_own_form(name: str) -> None:
    data = json.loads((MACHINES / f"{name}.json").read_text(encoding="utf-8"))
    assert encode(decode(Machine, data)) == data
