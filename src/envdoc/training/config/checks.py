"""The checks of a training file: groups of rules over one `Run`, each a line of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from envdoc.findings import text
from envdoc.model.finding import Finding
from envdoc.model.value import dataclass
from envdoc.training.config.rules import batch as batches
from envdoc.training.config.rules import (
    choices,
    data,
    files,
    gpu,
    ignored,
    keys,
    later,
    launch,
    layers,
    memory,
    models,
    output,
    packages,
    ranges,
    refused,
    silent,
    types,
)
from envdoc.training.config.rules.base import AT_ONCE, LATER, by_rows
from envdoc.training.config.run import Run

RuleSet = Callable[[Run], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class TrainCheck:
    """One line of the report. `asks` gives the reason why it cannot look, "" where it can."""

    id: str
    codes: tuple[str, ...]
    rules: tuple[RuleSet, ...]
    seen: Callable[[Run], str] = lambda _: ""
    asks: Callable[[Run], str] = lambda _: ""

    @property
    def title(self) -> str:
        return text("train", f"title-{self.id.removeprefix('train-')}")


def _file_seen(run: Run) -> str:
    count, keys = len(run.file.entries), run.keys
    if keys.table:
        return text("train", "seen-table", count=count, release=keys.table)
    return text("train", "seen-file", count=count, release=keys.llamafactory, transformers=keys.transformers)


def _gpus_unknown(run: Run) -> str:
    return (
        "" if run.gpus_known or run.on("use_cpu") else text("train", "gpus-unknown", reason=run.machine.gpus.reason())
    )


def _packages_unknown(run: Run) -> str:
    if not run.packages_known:
        return text("train", "packages-unknown", reason=run.machine.target.packages.reason())
    return "" if run.version("llamafactory") or run.version("transformers") else text("train", "not-installed")


def _elsewhere(run: Run) -> str:
    return "" if run.facts.looked else text("train", "elsewhere")


def _no_access(run: Run, key: str) -> str:
    path = next((each.path for each in run.facts.refused if each.key == key), "")
    return text("train", "no-access", path=path) if path else ""


def _data_unknown(run: Run) -> str:
    data_sets = run.facts.data
    if not run.facts.looked:
        return _elsewhere(run)
    if data_sets is None:
        return _no_access(run, "dataset_dir") or text("train", "no-data-named")
    return "" if data_sets.folder else text("train", "data-elsewhere")


CHECKS = (
    TrainCheck(
        "train-file",
        (
            "train-file-broken",
            "train-key-twice",
            "train-json-unreadable",
            "train-command-unknown",
            "train-file-other-program",
            "train-path-escapes",
            "train-no-access",
        ),
        (files.file, files.other_program, files.escapes, files.no_access),
        _file_seen,
    ),
    TrainCheck("train-keys", ("train-key-unknown", "train-key-moved"), (keys.unknown,)),
    TrainCheck(
        "train-values",
        (
            "train-value-type",
            "train-switch-quoted",
            "train-value-choice",
            "train-value-range",
            "train-template-unknown",
        ),
        (types.types, choices.choices, ranges.ranges, models.template),
    ),
    TrainCheck(
        "train-together",
        ("train-refused", "train-fails-later", "train-ppo-cannot-run"),
        (
            partial(by_rows, "train-refused", AT_ONCE, refused.REFUSED),
            partial(by_rows, "train-fails-later", LATER, later.LATER_ROWS),
            layers.modules,
            later.ppo,
        ),
    ),
    TrainCheck(
        "train-silent",
        (
            "train-not-quantized",
            "train-loss-is-sigmoid",
            "train-trains-nothing",
            "train-attention-falls-back",
            "train-has-no-effect",
        ),
        (
            silent.not_quantized,
            silent.loss,
            silent.nothing,
            silent.attention,
            ignored.unread,
            ignored.modules,
            ignored.overruled,
        ),
    ),
    TrainCheck(
        "train-model",
        (
            "train-model-missing",
            "train-model-incomplete",
            "train-tokenizer-missing",
            "train-model-code",
            "train-model-pickle",
        ),
        (models.models,),
        models.seen,
        lambda run: _elsewhere(run) or _no_access(run, "model_name_or_path"),
    ),
    TrainCheck("train-data", ("train-dataset-unknown",), (data.datasets,), asks=_data_unknown),
    TrainCheck("train-packages", ("train-package-missing",), (packages.packages,), asks=_packages_unknown),
    TrainCheck("train-gpus", ("train-gpu-cannot",), (gpu.floors, gpu.without), gpu.seen, _gpus_unknown),
    TrainCheck(
        "train-launch",
        (
            "train-variable",
            "train-launch",
            "train-deepspeed-config",
            "train-accelerate-config",
            "train-refused",
            "train-fails-later",
        ),
        (launch.switches, launch.launcher, launch.deepspeed, launch.accelerate),
    ),
    TrainCheck(
        "train-output",
        ("train-output-resumes", "train-output-full", "train-disk-short"),
        (output.folder, output.disk),
        asks=lambda run: _elsewhere(run) or _no_access(run, "output_dir"),
    ),
    TrainCheck("train-memory", ("train-memory-short",), (memory.memory,), memory.seen, memory.unknown),
    TrainCheck("train-batch", (), (), batches.seen, batches.unknown),
)
