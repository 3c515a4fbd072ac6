"""Model, adapter and template: there, whole, and belonging together."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding, Severity
from envdoc.training.config.facts import Model, Place
from envdoc.training.config.keys import table
from envdoc.training.config.models import config_of
from envdoc.training.config.rules.base import LATER, OTHER, told
from envdoc.training.config.run import Run

TOKENIZER = (
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "vocab.txt",
    "spiece.model",
    "tekken.json",
    "tiktoken.model",
)

_ON = ("1", "ON", "YES", "TRUE")  # what huggingface_hub takes for on


def models(run: Run) -> Iterator[Finding]:
    """Every folder that the file names."""
    for key, model in run.facts.models.items():
        if model.place is Place.MISSING:
            yield told(run, "train-model-missing", key, LATER, name=model.name)
        elif model.place is Place.REMOTE:
            yield from _remote(run, key, model)
        else:
            yield from _whole(run, key, model)
            yield from _code(run, key, model)
    yield from _tokenizer(run)


def _remote(run: Run, key: str, model: Model) -> Iterator[Finding]:
    """A hub's name: only a machine that may not ask the hub cannot take it."""
    if any(run.variables.get(name, "").upper() in _ON for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")):
        yield told(run, "train-model-missing", key, LATER, summary="offline", fix="offline-fix", name=model.name)


def _whole(run: Run, key: str, model: Model) -> Iterator[Finding]:
    config = config_of(key)
    lacks = [config] if config not in model.names else []
    if not lacks and not model.has_weights:
        lacks = ["*.safetensors"]
    files = (*lacks, *model.absent)
    if files:
        yield told(run, "train-model-incomplete", key, LATER, folder=model.folder, files=", ".join(files[:5]))
    if model.cut:
        yield told(
            run, "train-model-incomplete", key, LATER,
            summary="cut", folder=model.folder, files=", ".join(model.cut[:5]),
        )  # fmt: skip


def _code(run: Run, key: str, model: Model) -> Iterator[Finding]:
    """Code of the model's own, and weights whose loading runs code: named, never run here."""
    remote = run.on("trust_remote_code")
    if model.config.get("auto_map"):
        classes = ", ".join(sorted(str(each) for each in model.config["auto_map"].values()))
        if remote:
            yield told(
                run, "train-model-code", key, OTHER,
                summary="runs", fix="runs-fix", folder=model.folder, classes=classes, severity=Severity.INFO,
            )  # fmt: skip
        elif not model.type_known:
            severity = Severity.WARNING if model.type_known is None else None
            yield told(run, "train-model-code", key, LATER, folder=model.folder, classes=classes, severity=severity)
    if model.pickles:
        yield told(run, "train-model-pickle", key, OTHER, files=", ".join(model.pickles[:3]), folder=model.folder)


def _tokenizer(run: Run) -> Iterator[Finding]:
    """transformers 5 makes up a tokenizer of three tokens, and everything is <unk>."""
    model = run.model()
    if model is None or model.place not in (Place.FOLDER, Place.HUB) or not model.names:
        return
    if not any(name in model.names for name in TOKENIZER) and not any(
        name.startswith("tokenization") for name in model.names
    ):
        effect = OTHER if run.keys.transformers.startswith("5") else LATER
        yield told(run, "train-tokenizer-missing", "model_name_or_path", effect, folder=model.folder)


def template(run: Run) -> Iterator[Finding]:
    """A template that the release does not have: in another case, of another release, misspelt."""
    name = run.get("template")
    if not isinstance(name, str) or name in run.keys.templates or not run.keys.templates:
        return
    near = difflib.get_close_matches(name.lower(), run.keys.templates, n=1, cutoff=0.5)
    once = table.templates_once().get(name, ())
    gone = text("train-template-unknown", "of-releases", releases=", ".join(once)) if once else ""
    yield told(run, "train-template-unknown", "template", LATER, near=near[0] if near else "", gone=gone)


def seen(run: Run) -> str:
    """What the model's config says, or that it would be downloaded."""
    model = run.model()
    if model is None:
        return ""
    if model.place is Place.REMOTE:
        return text("train", "model-remote", name=model.name)
    kind = model.config.get("model_type", "")
    return text("train", "model-here", kind=kind, mib=model.weights_mib) if kind else ""
