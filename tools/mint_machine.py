"""Mint a Machine: put a plausible computer together from documents, for tests of machines nobody here has.

    python tools/mint_machine.py --all                       # every recipe of tools/machine_recipes.py
    python tools/mint_machine.py --os windows --gpu "RTX 5060 Ti" --gpu "RTX 5060 Ti" --driver 576.88 \\
        --torch 2.8.0+cpu --python 3.12.10 -o machine.json

What is minted says so (`origin: minted`) and names the documents in its note: it is no evidence of anything.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import mint_parts as parts
from mint_recipe import Recipe, altered

from envdoc.model.codec import encode
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Machine, Origin, System, WindowsFacts

FOLDER = Path(__file__).parent.parent / "tests" / "machines"


def mint(recipe: Recipe) -> Machine:
    """The machine of a recipe."""
    windows = recipe.system is System.WINDOWS
    gpus = tuple(parts.gpu_of(number, name, windows=windows) for number, name in enumerate(recipe.gpus))
    machine = Machine(
        os=parts.os_of(recipe),
        origin=Origin.MINTED,
        note=recipe.note,
        hardware=parts.hardware_of(windows=windows),
        driver=parts.driver_of(recipe, gpus),
        gpus=known(gpus, "nvml")
        if gpus
        else missing(Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND"),
        gpu_sources=parts.sources_of(gpus),
        toolkits=parts.no_toolkits_of(),
        build=parts.build_of(windows=windows),
        pythons=known((parts.python_of(recipe),), "PATH"),
        target=parts.target_of(recipe),
        env=recipe.env,
        windows=parts.windows_facts_of() if windows else WindowsFacts(),
        hub=parts.hub_of(windows=windows),
    )
    changed = altered(machine, recipe.changes)
    assert isinstance(changed, Machine)
    return changed


def write(machine: Machine, path: Path) -> None:
    path.write_text(json.dumps(encode(machine), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--all", action="store_true", help="mint every recipe again")
    ask.add_argument("--os", choices=["linux", "windows"], default="linux")
    ask.add_argument("--arch", choices=["x86_64", "aarch64"], default="x86_64")
    ask.add_argument("--gpu", action="append", default=[])
    ask.add_argument("--driver", default="")
    ask.add_argument("--python", default="3.12.10")
    ask.add_argument("--torch", default="", help="with its CUDA variant: 2.7.1+cu128")
    ask.add_argument("-o", "--out", type=Path)
    told = ask.parse_args()
    if told.all:
        from machine_recipes import RECIPES

        for each in RECIPES:
            write(mint(each), FOLDER / f"{each.name}.json")
        print(f"{len(RECIPES)} machines in {FOLDER}")
        return 0
    if told.out is None:
        ask.error("name the file with -o, or mint all with --all")
    system = System(told.os)
    name = "Windows 11 Pro" if system is System.WINDOWS else "Ubuntu 24.04.3 LTS"
    recipe = Recipe(told.out.stem, "minted on the command line", system, told.arch, name, gpus=tuple(told.gpu),
                    driver=told.driver, python=told.python, torch=told.torch)  # fmt: skip
    write(mint(recipe), told.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
