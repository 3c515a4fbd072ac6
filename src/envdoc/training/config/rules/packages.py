"""Packages that a switch needs; bounds from LLaMA-Factory's extras/misc.py and model/model_utils/quantization.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.value import dataclass
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


NEEDED = (
    _switch("use_unsloth", "unsloth"),
    _switch("enable_liger_kernel", "liger-kernel"),
    _switch("use_galore", "galore-torch"),
    _switch("use_apollo", "apollo-torch"),
    _switch("use_badam", "badam", ">=1.2.1"),
    _switch("use_adam_mini", "adam-mini"),
    _switch("use_swanlab", "swanlab"),
    _switch("plot_loss", "matplotlib"),
    _switch("use_kt", "kt-kernel"),
    Needed("mixture_of_depths", "mixture-of-depth", lambda run: run.get("mixture_of_depths") is not None, ">=1.1.6"),
    _switch("deepspeed", "deepspeed", ">=0.9.3"),
    _switch("predict_with_generate", "jieba"),
    _switch("predict_with_generate", "nltk"),
    _switch("predict_with_generate", "rouge-chinese"),
    Needed("quantization_bit", "bitsandbytes", _quantized("bnb"), ">=0.39.0", LATER),
    Needed("quantization_method", "hqq", _quantized("hqq"), "", LATER),
    Needed("quantization_method", "eetq", _quantized("eetq"), "", LATER),
    Needed("model_name_or_path", "gptqmodel", _quantized("gptq"), ">=2.0.0", LATER),
    Needed("model_name_or_path", "autoawq", _quantized("awq"), "", LATER),
    Needed("model_name_or_path", "aqlm", _quantized("aqlm"), ">=1.1.0", LATER),
    Needed("report_to", "tensorboard", _reports("tensorboard"), "", LATER),
    Needed("report_to", "wandb", _reports("wandb"), "", LATER),
    Needed("report_to", "mlflow", _reports("mlflow"), "", LATER),
    Needed(
        "optim",
        "bitsandbytes",
        lambda run: "8bit" in str(run.get("optim")) and "torch" not in str(run.get("optim")),
        "",
        LATER,
    ),
)


def packages(run: Run) -> Iterator[Finding]:
    """Every package that the file asks for and the environment lacks."""
    if not run.version("llamafactory") and not run.version("transformers"):
        return  # nothing is installed yet: each of these would be missing
    for row in NEEDED:
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
