"""The user's own training file, three steps, with a stand-in for its model and the first records of its own data.

Everything else of the file stays: stage, method, template, precision, DeepSpeed, attention, kernels, optimizer.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_STEPS = 3
_MODELS = ("ref_model", "reward_model")
# Keys that name what a stand-in does not have, or that would write or report where the user keeps things.
_DROPPED = ("adapter_name_or_path", "resume_from_checkpoint", "tokenized_path", "swanlab_project", "logging_dir")
_SET = {
    "max_steps": _STEPS,
    "logging_steps": 1,
    "report_to": "none",
    "push_to_hub": False,
    "use_swanlab": False,
    "overwrite_output_dir": True,
    "overwrite_cache": True,
}


def run(kit: Kit) -> str:
    asked = kit.args
    if "config" not in asked:
        kit.skip("no training file was named: `envdoc smoke --train --config FILE`")
    if not asked["config"].get("do_train"):
        kit.skip("the file does not train: it has no `do_train: true`")
    if asked.get("why"):
        kit.skip(asked["why"])
    folder = Path(kit.scratch)
    config, left = _config(kit, dict(asked["config"]), folder)
    model = kit.lib("standin").make(kit, asked["model"], asked["folder"], folder / "base")
    file = folder / "train.yaml"  # JSON is YAML
    file.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    start = time.perf_counter()
    _train(kit, file, config)
    seconds = time.perf_counter() - start
    losses = _losses(kit, folder / "out" / "trainer_log.jsonl")
    kit.figures.update(losses=[round(loss, 4) for loss in losses], train_seconds=round(seconds, 1), left_out=left)
    told = f"{len(losses)} steps in {seconds:.0f} s, loss {losses[0]:.2f} to {losses[-1]:.2f}; stand-in: {model}"
    return f"{told}; not covered: {', '.join(left)}" if left else told


def _config(kit: Kit, config: dict[str, Any], folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The file for the run, and what of the user's it leaves out."""
    left = [key for key in _DROPPED if config.pop(key, None) is not None]
    config |= {"model_name_or_path": str(folder / "base"), "output_dir": str(folder / "out"), **_SET}
    for key in _MODELS:
        if config.get(key):
            config[key] = str(folder / "base")
            left.append(key)
    left += _data(kit, config, folder)
    if kit.args.get("quantized"):
        left.append(f"weights stored by {kit.args['quantized']}")
    if kit.args.get("cpu"):
        config["use_cpu"] = True
    return config, left


def _data(kit: Kit, config: dict[str, Any], folder: Path) -> list[str]:
    """Point the file at the sampled data; the names of the sets that only a hub has."""
    home = Path(str(config.get("dataset_dir", "data")))
    names = {key: _names(config.get(key)) for key in ("dataset", "eval_dataset")}
    count = _count(config)
    (folder / "data").mkdir()
    try:
        info = json.loads((home / "dataset_info.json").read_text(encoding="utf-8"))
        every = list(dict.fromkeys(name for named in names.values() for name in named))
        told, hub = kit.lib("sampled").sampled(info, every, home, folder / "data", count)
    except (OSError, ValueError, KeyError, TypeError) as error:
        kit.fail("training-does-not-start", f"the data sets cannot be read: {type(error).__name__}: {error}")
    if not any(name in told for name in names["dataset"]):
        kit.skip(f"its data sets come from a hub: {', '.join(hub)}")
    (folder / "data" / "dataset_info.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    config["media_dir"] = str(Path(str(config.get("media_dir") or home)).resolve())
    config["dataset_dir"] = str(folder / "data")
    for key, named in names.items():
        kept = [name for name in named if name in told]
        if key in config and kept:
            config[key] = ",".join(kept)
        elif key in config:
            del config[key]
    if not config.get("streaming"):
        config["max_samples"] = min(int(config.get("max_samples") or count), count)
    if isinstance(config.get("val_size"), (int, float)) and config["val_size"] > count / 4:
        config["val_size"] = count // 4
    return list(hub)


def _names(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else []


def _count(config: dict[str, Any]) -> int:
    """Records for three steps, and enough for packing: at least 200."""
    batch = int(config.get("per_device_train_batch_size") or 8) * int(config.get("gradient_accumulation_steps") or 1)
    return max(200, min(2000, 8 * _STEPS * batch))


def _train(kit: Kit, file: Path, config: dict[str, Any]) -> None:
    """`llamafactory-cli train`, as the user would start it; its last words on stderr."""
    program = kit.lib("programs").beside_python(kit, "llamafactory-cli")
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8", "WANDB_DISABLED": "true"}
    environ["PATH"] = os.pathsep.join(
        (str(Path(program).parent), environ.get("PATH", ""))
    )  # it calls torchrun by name
    environ |= kit.args.get("variables", {})
    if config.get("deepspeed"):
        environ.setdefault("FORCE_TORCHRUN", "1")
    if kit.args.get("cpu") and environ.get("FORCE_TORCHRUN"):
        environ.setdefault("NPROC_PER_NODE", "1")
    log = file.with_suffix(".log")
    with log.open("wb") as output:
        line = [program, "train", str(file)]
        done = subprocess.run(line, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    text = log.read_text(encoding="utf-8", errors="replace")
    print(text[-4000:], file=sys.stderr)
    if done.returncode:
        errors = [line.strip() for line in text.splitlines() if _is_error(line)] or ["no error was named"]
        kit.fail("training-does-not-start", errors[-1], *dict.fromkeys(errors[-4:-1]))


def _is_error(line: str) -> bool:
    """A line that names an exception, and not torchrun's own report that a child ended."""
    head = line.strip().partition(":")[0].rpartition(".")[2]
    return head.endswith(("Error", "Exception", "NotFound")) and head.isidentifier() and "ChildFailed" not in head


def _losses(kit: Kit, log: Path) -> list[float]:
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    losses = [row["loss"] for row in rows if "loss" in row]
    if len(losses) < _STEPS:
        kit.fail("training-does-not-start", f"it ended without an error after {len(losses)} of {_STEPS} steps")
    if not all(math.isfinite(loss) for loss in losses):
        kit.fail("training-does-not-start", f"the loss is no number: {', '.join(map(str, losses))}")
    return losses
