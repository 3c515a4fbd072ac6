"""Packages that a switch needs; bounds from LLaMA-Factory's extras/misc.py and model/model_utils/quantization.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.value import dataclass
from envdoc.training.config.methods import rows
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.rules.quantized import method_of
from envdoc.training.config.run import Run

CODE = "train-package-missing"


@dataclass(frozen=True, slots=True)
class Needed:
    """A package that must be there when `when` holds."""

    key: str
    package: str
    when: Callable[[Run], bool]
    bounds: str = ""
    effect: str = AT_ONCE


def _switch(key: str, package: str, bounds: str = "") -> Needed:
    return Needed(key, package, lambda run: run.on(key), bounds)


def _reports(name: str) -> Callable[[Run], bool]:
    def wanted(run: Run) -> bool:
        value = run.get("report_to")
        return name in value if isinstance(value, list) else value == name

    return wanted


def _quantized(method: str) -> Callable[[Run], bool]:
    return lambda run: method_of(run) == method


def _method(name: str, key: str, when: Callable[[Run], bool], effect: str = LATER) -> Needed:
    """The package and the bounds of a row of the table `training_methods`."""
    row = rows()[name]
    return Needed(key, row.package, when, row.bounds, effect)


def _bits_of_optimizer(run: Run) -> bool:
    name = str(run.get("optim"))
    return "8bit" in name and "torch" not in name


@cache
def needed() -> tuple[Needed, ...]:
    return (
        _method("unsloth", "use_unsloth", lambda run: run.on("use_unsloth"), AT_ONCE),
        _method("liger", "enable_liger_kernel", lambda run: run.on("enable_liger_kernel"), AT_ONCE),
        _method("galore", "use_galore", lambda run: run.on("use_galore"), AT_ONCE),
        _method("apollo", "use_apollo", lambda run: run.on("use_apollo"), AT_ONCE),
        _method("badam", "use_badam", lambda run: run.on("use_badam"), AT_ONCE),
        _method("adam-mini", "use_adam_mini", lambda run: run.on("use_adam_mini"), AT_ONCE),
        _method("deepspeed", "deepspeed", lambda run: run.on("deepspeed"), AT_ONCE),
        _method("bnb-4bit", "quantization_bit", _quantized("bnb")),
        _method("hqq", "quantization_method", _quantized("hqq")),
        _method("eetq", "quantization_method", _quantized("eetq")),
        _method("gptq-model", "model_name_or_path", _quantized("gptq")),
        _method("awq-model", "model_name_or_path", _quantized("awq")),
        _method("aqlm-model", "model_name_or_path", _quantized("aqlm")),
        _switch("use_swanlab", "swanlab"),
        _switch("plot_loss", "matplotlib"),
        _switch("use_kt", "kt-kernel"),
        Needed("mixture_of_depths", "mixture-of-depth", lambda r: r.get("mixture_of_depths") is not None, ">=1.1.6"),
        _switch("predict_with_generate", "jieba"),
        _switch("predict_with_generate", "nltk"),
        _switch("predict_with_generate", "rouge-chinese"),
        Needed("report_to", "tensorboard", _reports("tensorboard"), effect=LATER),
        Needed("report_to", "wandb", _reports("wandb"), effect=LATER),
        Needed("report_to", "mlflow", _reports("mlflow"), effect=LATER),
        Needed("optim", "bitsandbytes", _bits_of_optimizer, effect=LATER),
    )


def packages(run: Run) -> Iterator[Finding]:
    """Every package that the file asks for and the environment lacks."""
    if not run.version("llamafactory") and not run.version("transformers"):
        return  # nothing is installed yet: each of these would be missing
    for row in needed():
        if row.when(run) and run.lacks(row.package, row.bounds):
            wanted = row.package + row.bounds
            line = Command(f'pip install "{wanted}"' if row.bounds else f"pip install {wanted}")
            have = run.version(row.package)
            yield told(run, CODE, row.key, row.effect, commands=(line,), package=wanted, have=have)
    if run.on("fp8") and run.lacks("torchao") and run.lacks("transformer-engine"):
        yield told(
            run, CODE, "fp8", OTHER,
            summary="fp8", package="torchao", have="", severity=Severity.WARNING,
        )  # fmt: skip
