"""More inputs for `fuzz_inputs`: listings, bundles, training files, data sets, other machines, raw snapshots."""

from __future__ import annotations

import functools
import json
import os
import random
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import fuzz_inputs as base

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "tests/listing/samples").glob("*.txt"))
FORMS = ("text", "json", "markdown")
_TRAIN = {
    "model_name_or_path": "Qwen/Qwen3-8B",
    "stage": "sft",
    "do_train": True,
    "finetuning_type": "lora",
    "lora_rank": 8,
    "lora_target": "all",
    "dataset": "alpaca_en_demo",
    "dataset_dir": "data",
    "template": "qwen3",
    "cutoff_len": 2048,
    "output_dir": "saves/x",
    "per_device_train_batch_size": 1,
    "gradient_accumulation_steps": 8,
    "learning_rate": 1.0e-4,
    "num_train_epochs": 3.0,
    "bf16": True,
    "deepspeed": "ds.json",
    "quantization_bit": 4,
}
_DEEPSPEED = {"train_batch_size": "auto", "zero_optimization": {"stage": 3, "offload_param": {"device": "cpu"}}}
_INFO = {
    "one": {"file_name": "one.json", "columns": {"prompt": "instruction", "response": "output"}},
    "two": {"file_name": "two.jsonl", "formatting": "sharegpt", "columns": {"messages": "conversations"}},
}
_ROWS = [{"instruction": "a", "input": "", "output": "b"}] * 3
_TALKS = [{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}] * 3


def _hurt(data: Any, rng: random.Random) -> bytes:
    """A JSON document, broken in its structure or its bytes."""
    if rng.random() < 0.6:
        return base.dumped(base.restructured(json.loads(json.dumps(data)), rng))
    return base.broken(base.dumped(data), rng)


def listing(rng: random.Random, folder: Path) -> list[str]:
    path = folder / "listing.txt"
    parts = [rng.choice(SAMPLES).read_bytes() for _ in range(rng.choice((1, 1, 2)))]
    path.write_bytes(base.broken(b"\n".join(parts), rng))
    return ["check", "--listing", str(path), "--format", rng.choice(FORMS)]


def training(rng: random.Random, folder: Path) -> list[str]:
    import yaml

    path = folder / rng.choice(("train.yaml", "train.json"))
    data = base.restructured(dict(_TRAIN), rng) if rng.random() < 0.6 else _TRAIN
    try:
        text = yaml.safe_dump(data).encode("utf-8", "surrogatepass")
    except (yaml.YAMLError, RecursionError):
        text = base.dumped(data)
    path.write_bytes(base.broken(text, rng) if data is _TRAIN else text)
    (folder / "ds.json").write_bytes(_hurt(_DEEPSPEED, rng))
    _data(rng, folder / "data")
    machine = ["--machine", str(rng.choice(base.MACHINES))]
    os.chdir(folder)
    return rng.choice((["check", "--train", str(path), *machine], ["launch", str(path), "--gpus", "2"]))


def _data(rng: random.Random, folder: Path) -> None:
    folder.mkdir()
    hurt = rng.choice(("dataset_info.json", "one.json", "two.jsonl"))
    files = {"dataset_info.json": _INFO, "one.json": _ROWS, "two.jsonl": _TALKS}
    for name, data in files.items():
        whole = b"\n".join(map(base.dumped, data)) if name == "two.jsonl" else base.dumped(data)
        (folder / name).write_bytes(_hurt(data, rng) if name == hurt else whole)


def dataset(rng: random.Random, folder: Path) -> list[str]:
    _data(rng, folder / "data")
    return ["data", "check", str(folder / "data"), *rng.choice(([], ["--format", "json"]))]


@functools.cache
def _manifest() -> dict[str, Any]:
    from envdoc.installer.bundle.write import manifest_text
    from envdoc.knowledge.profiles import load
    from envdoc.model.bundle import BundleFile, Conditions, Manifest, Target
    from envdoc.model.machine import System
    from envdoc.model.resolution import Wish

    files = tuple(BundleFile(path, sha256(b"x").hexdigest(), 1, name="x", version="1") for path in _FILES)
    target = Target(System.LINUX, "x86_64", "3.12")
    wish = Wish(profile="cpu", python="3.12")
    made = Manifest("0.1.0", "2026", target, Conditions("cpu"), wish, load("cpu"), "2.8.0+cpu", files=files)
    told = json.loads(manifest_text(made))
    assert isinstance(told, dict)
    return told


_FILES = ("wheels/x-1-py3-none-any.whl", "envdoc/requirements.txt", "install.sh")


def bundle(rng: random.Random, folder: Path) -> list[str]:
    """Its sums fit the broken manifest: an attacker's would."""
    place = folder / "bundle"
    for path in _FILES:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(b"x")
    manifest = _hurt(_manifest(), rng)
    (place / "manifest.json").write_bytes(manifest)
    (place / "SHA256SUMS").write_text(f"{sha256(manifest).hexdigest()}  manifest.json\n")
    if rng.random() < 0.2:
        path = place / rng.choice(_FILES)
        path.unlink()
        rng.choice((lambda: path.symlink_to("/etc/passwd"), path.mkdir, lambda: os.mkfifo(path)))()
    words = ["install", "--offline", str(place), "--env", str(folder / "env"), "--dry-run"]
    return [*words, *rng.choice(([], ["--format", "json"]))]


def hosts(rng: random.Random, folder: Path) -> list[str]:
    """ssh is a script that says what a broken machine would."""
    answer = folder / "answer"
    machine = json.loads(rng.choice(base.MACHINES).read_bytes())
    answer.write_bytes(_hurt(machine, rng))
    ssh = folder / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text(f"#!/bin/sh\ncat {answer}\nexit {rng.choice((0, 0, 0, 1, 127, 255))}\n")
    ssh.chmod(0o755)
    os.environ["PATH"] = f"{ssh.parent}:{_PATH}"
    file = folder / "hosts"
    good = b"node-1 slots=8\nalice@node-2:2222\n[fd00::3]:22\n"
    file.write_bytes(good if rng.random() < 0.7 else base.broken(good, rng))
    words = ["check", "--hosts", str(file), "--host-seconds", "20"]
    return [
        *words,
        *rng.choice(([], ["--format", "json"], ["--have", rng.choice(base.NASTY_TEXT).replace("\0", "")])),
    ]


_PATH = os.environ.get("PATH", "")


@functools.cache
def _recorded() -> dict[str, Any]:
    from envdoc.host.local import LocalHost
    from envdoc.workflow.raw import record
    from envdoc.workflow.wishes import MachineWish

    data, _ = record(LocalHost(), MachineWish(python=sys.executable, fresh=True, thorough=True))
    return data


def raw(rng: random.Random, folder: Path) -> list[str]:
    path = folder / "raw.json"
    path.write_bytes(_hurt(_recorded(), rng))
    return rng.choice((["check", "--machine", str(path)], ["diff", str(path), str(rng.choice(base.MACHINES))]))


ROOMS = {
    "listing": listing,
    "training": training,
    "dataset": dataset,
    "bundle": bundle,
    "hosts": hosts,
    "raw": raw,
}
