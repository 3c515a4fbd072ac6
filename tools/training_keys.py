"""Write `knowledge/data/llamafactory_args.yaml`: keys and templates of each LLaMA-Factory release, from its wheel.

    python tools/training_keys.py FOLDER

FOLDER holds the wheels as the package index serves them (`pip download --no-deps llamafactory==0.9.5`), and one of
transformers for each release of LLaMA-Factory, as named in STACKS. Nothing of them is imported.
"""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from envdoc.training.config.keys.files import _OWN, _THEIRS, parsed, templates

STACKS = {"0.9.3": "4.52.4", "0.9.4": "4.57.1", "0.9.5": "5.5.4"}  # the newest transformers that each allows
OUT = Path(__file__).resolve().parents[1] / "src/envdoc/knowledge/data/llamafactory_args.yaml"
HEAD = """\
# Keys of LLaMA-Factory's training file, by release: written by tools/training_keys.py, do not edit.
# `llamafactory`, `transformers`: the releases whose dataclasses have the key with these types and this default.
"""


def main(folder: Path) -> int:
    keys: dict[tuple[str, str], dict[str, list[str]]] = {}
    told: dict[tuple[str, str], list[str]] = {}
    for own, theirs in STACKS.items():
        found, names = _release(folder, own, theirs)
        for key in found.values():
            row = {"key": key.name, "types": " ".join(sorted(key.types)), "default": key.default}
            row |= {"choices": list(key.choices)} if key.choices else {}
            mark = (key.name, json.dumps(row))
            keys.setdefault(mark, {}).setdefault(key.owner, []).append(own if key.owner == "llamafactory" else theirs)
        for template in names.values():
            flags = [name for name in ("efficient_eos", "reasoning", "multimodal") if getattr(template, name)]
            told.setdefault((template.name, json.dumps(flags)), []).append(own)
    OUT.write_text("\n".join(_lines(keys, told)) + "\n", encoding="utf-8")
    print(f"{OUT}: {len(keys)} rows of keys, {len(told)} of templates")
    return 0


def _release(folder: Path, own: str, theirs: str) -> tuple[dict[str, Any], dict[str, Any]]:
    with (
        zipfile.ZipFile(next(folder.glob(f"llamafactory-{own}-*.whl"))) as ours,
        zipfile.ZipFile(next(folder.glob(f"transformers-{theirs}-*.whl"))) as base,
    ):
        args = [ours.read(f"llamafactory/hparams/{name}.py").decode() for name in _OWN]
        their_args = [base.read(f"transformers/{name}.py").decode() for name in _THEIRS]
        enums = (
            ours.read("llamafactory/extras/constants.py").decode(),
            base.read("transformers/trainer_utils.py").decode(),
            *their_args,
        )
        return parsed(args, their_args, enums), templates(ours.read("llamafactory/data/template.py").decode())


def _lines(keys: dict[tuple[str, str], dict[str, list[str]]], told: dict[tuple[str, str], list[str]]) -> list[str]:
    wheels = ", ".join(f"llamafactory {own} and transformers {theirs}" for own, theirs in STACKS.items())
    lines = [HEAD + f'source: "measured: the wheels of {wheels}"', f"checked: {datetime.now(UTC).date()}", "stacks:"]
    lines += [f'  - {{llamafactory: "{own}", transformers: "{theirs}"}}' for own, theirs in STACKS.items()]
    lines.append("keys:")
    for (_, row), owners in sorted(keys.items()):
        releases = {owner: " ".join(versions) for owner, versions in owners.items()}
        lines.append(f"  - {json.dumps(json.loads(row) | releases, ensure_ascii=False)}")
    lines.append("templates:")
    for (name, flags), releases_of in sorted(told.items()):
        lines.append(f'  - {{"name": "{name}", "flags": {flags}, "llamafactory": "{" ".join(releases_of)}"}}')
    return lines


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
