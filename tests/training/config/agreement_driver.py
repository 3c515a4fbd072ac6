"""Runs the agreement's cases through the real LLaMA-Factory: `python agreement_driver.py WORK CASES OUT`.

Started by the Python of an environment that has it. LLaMA-Factory is imported once; each case runs in a process
forked from there, with a model of some hundred thousand parameters and a data set of eight records made on the spot.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

LIMIT = 240  # seconds a case may take
os.environ.update(
    HF_HUB_OFFLINE="1",
    DISABLE_VERSION_CHECK="0",
    WANDB_MODE="disabled",
    TOKENIZERS_PARALLELISM="false",
    OMP_NUM_THREADS="1",
)


def main(work: Path, cases: Path, out: Path) -> int:
    told = json.loads(cases.read_text(encoding="utf-8"))
    prepare(work)
    import llamafactory.extras.packages  # noqa: F401 - first: it mends what trl asks of transformers 5
    import trl
    import trl.trainer  # noqa: F401 - imported once, before the forks

    os.chdir(work)
    results = {}
    for case in told["cases"]:
        results[case["id"]] = one(work, told["base"], case)
        print(case["id"], results[case["id"]], flush=True)
        out.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


def one(work: Path, base: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a case, from a forked process."""
    answer = Path(tempfile.mkstemp(dir=work)[1])
    pid = os.fork()
    if pid == 0:
        os.setsid()
        signal.alarm(LIMIT)
        log = os.open(work / "log" / f"{case['id']}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        result = played(work, base, case)
        answer.write_text(json.dumps([result, sorted(sys.modules)]), encoding="utf-8")
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    text = answer.read_text(encoding="utf-8")
    answer.unlink()
    if not text:
        return {"outcome": "died", "status": status}
    result, modules = json.loads(text)
    learn(modules)
    return result


def learn(modules: list[str]) -> None:
    """Import what a case imported, so that later ones find it there: half of a case's time is imports."""
    for name in modules:
        if name not in sys.modules and not name.startswith("__"):
            with contextlib.suppress(BaseException):
                importlib.import_module(name)


def played(work: Path, base: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """Run it as `llamafactory-cli train` would, and say how it ended."""
    output = work / "out" / case["id"]
    stage = "read"
    try:
        os.environ.update(case.get("variables", {}))
        for name, text in case.get("files", {}).items():
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            (output / name).write_text(text, encoding="utf-8")
        args = arguments(work, base, case, output)
        from llamafactory.hparams import get_train_args
        from llamafactory.hparams.parser import read_args

        sys.argv = ["train", *args]
        told = read_args()
        stage = "parse"
        get_train_args(dict(told) if isinstance(told, dict) else list(told))
        stage = "train"
        from llamafactory.train.tuner import run_exp

        run_exp(told)
    except BaseException as error:
        traceback.print_exc()
        first = str(error).strip().splitlines()[0] if str(error).strip() else ""
        stage = "parse" if "Unknown task" in first else stage  # asked before anything is loaded
        return {"outcome": "fails", "stage": stage, "error": f"{type(error).__name__}: {first}"[:240]}
    return {"outcome": "runs", **trained(output)}


def trained(output: Path) -> dict[str, Any]:
    """What the run left behind."""
    log = output / "trainer_state.json"
    state = json.loads(log.read_text(encoding="utf-8")) if log.is_file() else {"log_history": []}
    losses = [round(line["loss"], 4) for line in state["log_history"] if "loss" in line]
    names = sorted(path.name for path in output.iterdir()) if output.is_dir() else []
    return {"steps": state.get("global_step", 0), "loss": losses[:1], "files": names}


def arguments(work: Path, base: dict[str, Any], case: dict[str, Any], output: Path) -> list[str]:
    """The program's arguments: a configuration file, or the case's own command line."""
    if "command" in case:
        return [each.replace("WORK", str(work)).replace("OUT", str(output)) for each in case["command"]]
    name = work / "configs" / f"{case['id']}.{case.get('form', 'yaml')}"
    if "raw" in case:
        name.write_bytes(case["raw"].encode(case.get("encoding", "utf-8")))
        return [str(name)]
    config = {**base, "output_dir": str(output), **case.get("set", {})}
    config = {key: filled(value, work, output) for key, value in config.items() if key not in case.get("drop", ())}
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in config.items())  # JSON's values are YAML's
    dumped = json.dumps(config) if case.get("form") == "json" else lines
    name.write_text(dumped + case.get("append", ""), encoding="utf-8")
    return [str(name)]


def filled(value: Any, work: Path, output: Path) -> Any:
    return value.replace("WORK", str(work)).replace("OUT", str(output)) if isinstance(value, str) else value


def prepare(work: Path) -> None:
    """Models and data sets of every kind that the cases name."""
    for folder in ("configs", "out", "log", "data"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(work / "lib"))
    if not (work / "model").is_dir():
        models(work)
    from agreement_data import write

    write(work / "data")


def models(work: Path) -> None:
    from tiny_llama import make

    model = work / "model"
    make(model)
    for name in ("bf16", "bare", "cut", "code", "own", "gptq"):
        shutil.copytree(model, work / f"model-{name}")
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"):
        (work / "model-bare" / name).unlink(missing_ok=True)
    weights = work / "model-cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    change(work / "model-code", auto_map={"AutoModelForCausalLM": "modeling_x.X", "AutoConfig": "modeling_x.C"})
    change(work / "model-own", auto_map={"AutoConfig": "modeling_x.C"}, model_type="own_thing")
    change(work / "model-gptq", quantization_config={"quant_method": "gptq", "bits": 4, "group_size": 128})
    import torch
    from transformers import AutoModelForCausalLM

    AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16).save_pretrained(work / "model-bf16")


def change(folder: Path, **more: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | more), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(*(Path(each).resolve() for each in sys.argv[1:4])))
