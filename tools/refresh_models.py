"""Write the tables `model_types` (transformers) and `model_templates` (LLaMA-Factory) from the releases' own wheels.

    python tools/refresh_models.py RECORD.json [--read] [--write]

`--read` downloads the wheels one after the other (`pip download --no-deps`), reads what they know by `ast`, and
deletes each; RECORD.json keeps what was read, so that a later run loads only what is new. Of a minor line of
transformers the first and the last release are read, those between only where they differ. `--write` makes the two
tables, and the record of thirty model types that the tests compare with. Nothing of a wheel is imported.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "envdoc" / "knowledge" / "data"
RECORDED = ROOT / "tests" / "resolver" / "models_recorded.json"
FIRST = (4, 20)  # the oldest line that is read: what it knows is "4.20.0 or older"
Record = dict[str, dict[str, Any]]

# The model types that the tests compare, old and new, text and others.
THIRTY = (
    "llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen2_vl", "qwen2_5_vl", "qwen3", "qwen3_moe", "qwen3_vl",
    "qwen3_next", "gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "phi", "phi3", "phi4_multimodal", "glm",
    "glm4", "glm4_moe", "deepseek_v2", "deepseek_v3", "llama4", "gpt_oss", "cohere2", "granite", "smollm3",
    "internvl",
)  # fmt: skip
# and models by their hub names: one of each family that people tune.
NAMED = (
    "Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen3-8B", "Qwen/Qwen2.5-VL-7B-Instruct", "Qwen/Qwen3-VL-8B-Instruct",
    "Qwen/Qwen2.5-7B", "meta-llama/Meta-Llama-3-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct",
    "meta-llama/Llama-2-7b-chat-hf", "mistralai/Mistral-7B-Instruct-v0.2", "google/gemma-2-9b-it",
    "google/gemma-3-4b-it", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "baichuan-inc/Baichuan2-7B-Chat",
    "01-ai/Yi-1.5-9B-Chat", "microsoft/phi-4", "openai/gpt-oss-20b", "bigscience/bloom-7b1",
)  # fmt: skip


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def releases(package: str) -> list[str]:
    """The final releases on the package index, oldest first."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", package], capture_output=True, text=True, check=True
    ).stdout
    line = next(line for line in told.splitlines() if line.startswith("Available versions:"))
    names = [name.strip() for name in line.partition(":")[2].split(",")]
    return sorted((name for name in names if re.fullmatch(r"\d+\.\d+\.\d+", name)), key=version)


def ends(names: list[str]) -> list[str]:
    """The first and the last release of each minor line."""
    lines: dict[tuple[int, ...], list[str]] = {}
    for name in names:
        lines.setdefault(version(name)[:2], []).append(name)
    return [name for line in lines.values() for name in dict.fromkeys((line[0], line[-1]))]


def read_all(record: Record) -> None:
    """Whatever the record lacks."""
    theirs = [name for name in releases("transformers") if version(name) >= FIRST]
    _read(record, "transformers", ends(theirs), types_of)
    known = record["transformers"]
    for early, late in [(a, b) for a, b in itertools.pairwise(theirs) if version(a)[:2] == version(b)[:2]]:
        line = [name for name in theirs if version(name)[:2] == version(late)[:2]]
        if set(known[line[-1]]) != set(known[line[0]]):
            _read(record, "transformers", [early, late], types_of)
    _read(record, "llamafactory", releases("llamafactory"), groups_of)


def _read(record: Record, package: str, names: list[str], look: Any) -> None:
    have = record.setdefault(package, {})
    for name in names:
        if name not in have:
            with tempfile.TemporaryDirectory() as folder:
                have[name] = look(_wheel(package, name, Path(folder)))
            print(package, name, len(have[name]), flush=True)


def _wheel(package: str, release: str, folder: Path) -> zipfile.ZipFile:
    wanted = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--ignore-requires-python"]
    line = [sys.executable, "-m", "pip", "download", "-q", *wanted, "-d", str(folder), f"{package}=={release}"]
    subprocess.run(line, check=True, stderr=subprocess.DEVNULL)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def types_of(wheel: zipfile.ZipFile) -> list[str]:
    """The keys of CONFIG_MAPPING_NAMES, wherever the release has it."""
    found: set[str] = set()
    for name in ("auto_mappings", "configuration_auto"):
        path = f"transformers/models/auto/{name}.py"
        if path in wheel.namelist():
            found |= mapping_keys(wheel.read(path).decode(), "CONFIG_MAPPING_NAMES")
    return sorted(found)


def mapping_keys(source: str, name: str) -> set[str]:
    """The texts that become keys of a mapping: assigned, updated or copied with more."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets) and node.value:
                found |= _keys(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.update":
            found |= _keys(node)
    return found


def _keys(node: ast.AST) -> set[str]:
    """Keys of dict literals, first texts of pairs, names of keywords."""
    found: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Dict):
            found |= {key.value for key in each.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        elif isinstance(each, ast.Tuple) and len(each.elts) == 2 and isinstance(each.elts[0], ast.Constant):
            found.add(str(each.elts[0].value))
    return found


def groups_of(wheel: zipfile.ZipFile) -> dict[str, Any]:
    """A LLaMA-Factory's templates, and its models: hub name -> template ("" where the group has none)."""
    path = {name.rpartition("/")[2]: name for name in wheel.namelist() if "/extras/" in name or "/data/" in name}
    templates, models = set(), {}
    for call in _calls(wheel.read(path["template.py"]).decode(), ("register_template", "_register_template")):
        named = call.get("name")
        if isinstance(named, ast.Constant):
            templates.add(str(named.value))
    for call in _calls(wheel.read(path["constants.py"]).decode(), ("register_model_group",)):
        template = call.get("template")
        told = str(template.value) if isinstance(template, ast.Constant) and template.value else ""
        models |= dict.fromkeys(_hub_names(call["models"]), told)
    return {"templates": sorted(templates), "models": models}


def _calls(source: str, names: tuple[str, ...]) -> list[dict[str, ast.expr]]:
    """The keyword arguments of every call of these functions."""
    return [
        {word.arg: word.value for word in node.keywords if word.arg} | ({"name": node.args[0]} if node.args else {})
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def _hub_names(node: ast.expr) -> list[str]:
    """Hugging Face's names: the values under `DownloadSource.DEFAULT`."""
    return [
        str(value.value)
        for each in ast.walk(node)
        if isinstance(each, ast.Dict)
        for key, value in zip(each.keys, each.values, strict=True)
        if key is not None and ast.unparse(key) == "DownloadSource.DEFAULT" and isinstance(value, ast.Constant)
    ]


def write_types(known: dict[str, list[str]]) -> int:
    """model_types.yaml: by the first release that has them, and the last where a later one has them no more."""
    order = sorted(known, key=version)
    first: dict[str, str] = {}
    for release in order:
        for kind in known[release]:
            first.setdefault(kind, release)
    gone = {kind: [r for r in order if kind in known[r]][-1] for kind in first if kind not in known[order[-1]]}
    lines = [
        "# Which transformers release first has a `model_type`: written by tools/refresh_models.py, do not edit.",
        f"# {order[0]} stands for that release or an older one; `gone`: the last release that had the type.",
        f'source: "measured: CONFIG_MAPPING_NAMES in the wheels of transformers {order[0]} to {order[-1]}"',
        f"checked: {datetime.now(UTC).date()}",
        f'newest: "{order[-1]}"',
        "rows:",
    ]
    for release in order:
        kinds = sorted(kind for kind, since in first.items() if since == release)
        left = {kind: gone[kind] for kind in kinds if kind in gone}
        row = {"transformers": release, "types": kinds} | ({"gone": left} if left else {})
        lines += [f"  - {json.dumps(row)}"] if kinds else []
    (DATA / "model_types.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return len(first)


def write_templates(known: dict[str, Any]) -> int:
    """model_templates.yaml: by template, the releases that have it, and hub names with the first release of each."""
    order = sorted(known, key=version)
    lines = [
        "# Which LLaMA-Factory releases have a template, and which models they list for it: written by",
        "# tools/refresh_models.py, do not edit. `models`: the first release that lists each hub name.",
        f'source: "measured: data/template.py and extras/constants.py in the wheels of llamafactory {order[0]} to '
        f'{order[-1]}"',
        f"checked: {datetime.now(UTC).date()}",
        "rows:",
    ]
    listed: dict[str, dict[str, str]] = {}
    since: dict[str, str] = {}
    for release in order:
        for hub in known[release]["models"]:
            since.setdefault(hub, release)
    last: dict[str, str] = {}
    for release in order:
        last |= known[release]["models"]  # the newest release's word on a model's template
    for hub, template in last.items():
        listed.setdefault(template, {})[hub] = since[hub]
    every = sorted({name for release in order for name in known[release]["templates"]} | set(listed))
    for name in every:
        has = [release for release in order if name in known[release]["templates"]]
        models = listed.get(name, {})
        by = {r: sorted(hub for hub, at in models.items() if at == r) for r in order}
        row = {"template": name, "llamafactory": has, "models": {r: hubs for r, hubs in by.items() if hubs}}
        lines.append(f"  - {json.dumps(row, ensure_ascii=False)}")
    (DATA / "model_templates.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return len(every)


def write_recorded(record: Record) -> None:
    """For the tests: which of the thirty each release knows, and which template each release has for some models."""
    theirs = {
        release: [kind for kind in THIRTY if kind in types]
        for release, types in sorted(record["transformers"].items(), key=lambda item: version(item[0]))
    }
    own = {
        release: {
            "templates": told["templates"],
            "models": {n: told["models"][n] for n in NAMED if n in told["models"]},
        }
        for release, told in sorted(record["llamafactory"].items(), key=lambda item: version(item[0]))
    }
    RECORDED.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"types": THIRTY, "names": NAMED, "transformers": theirs, "llamafactory": own}, indent=1)
    RECORDED.write_text(text + "\n", encoding="utf-8", newline="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", type=Path)
    parser.add_argument("--read", action="store_true", help="download and read what the record lacks")
    parser.add_argument("--write", action="store_true", help="write the tables")
    asked = parser.parse_args()
    record: Record = json.loads(asked.record.read_text()) if asked.record.exists() else {}
    if asked.read:
        try:
            read_all(record)
        finally:
            asked.record.write_text(json.dumps(record))
    if asked.write:
        print(
            write_types(record["transformers"]), "model types", write_templates(record["llamafactory"]), "templates"
        )
        write_recorded(record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
