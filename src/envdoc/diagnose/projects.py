"""Which project a failure belongs to, and what its issue form asks for."""

from __future__ import annotations

from envdoc.diagnose.values import Diagnosis
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """A project's issue form: its address and the headings of its fields, in order.

    `{system}`, `{log}`, `{finding}` and `{todo}` in a field's text are filled in; `{todo}` is for the user.
    """

    name: str
    url: str
    fields: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]  # what stands in the log's last lines when the failure is this project's


_SYSTEM, _LOG, _TODO = "{system}", "{finding}\n\n```text\n{log}\n```", "{todo}"

# Read in the projects' issue templates, 2026-11. The more special a project, the earlier it is tried.
PROJECTS: tuple[Project, ...] = (
    Project(
        "llama.cpp",
        "https://github.com/ggml-org/llama.cpp/issues/new/choose",
        (
            ("Git commit", "{todo}: output of `git rev-parse HEAD` or `llama-cli --version`"),
            ("Operating systems", _SYSTEM),
            ("GGML backends", "CUDA"),
            ("Problem description & steps to reproduce", _TODO),
            ("Compile command", "{todo}: the cmake command"),
            ("Relevant log output", _LOG),
        ),
        ("llama.cpp", "ggml-cuda", "ggml_cuda", "GGML_CUDA", "llama-cli", "llama-server"),
    ),
    Project(
        "bitsandbytes",
        "https://github.com/bitsandbytes-foundation/bitsandbytes/issues/new/choose",
        (("System Info", _SYSTEM), ("Reproduction", "{todo}\n\n" + _LOG), ("Expected behavior", _TODO)),
        ("bitsandbytes",),
    ),
    Project(
        "flash-attn",
        "https://github.com/Dao-AILab/flash-attention/issues/new",
        (("What happens", _LOG), ("How to reproduce", _TODO), ("Environment", _SYSTEM)),
        ("flash_attn", "flash-attn"),
    ),
    Project(
        "deepspeed",
        "https://github.com/deepspeedai/DeepSpeed/issues/new/choose",
        (
            ("Describe the bug", _LOG),
            ("To Reproduce", _TODO),
            ("Expected behavior", _TODO),
            ("ds_report output", "{todo}: output of `ds_report`"),
            ("System info", _SYSTEM),
            ("Launcher context", _TODO),
        ),
        ("deepspeed", "DeepSpeed"),
    ),
    Project(
        "unsloth",
        "https://github.com/unslothai/unsloth/issues/new/choose",
        (
            ("Did you update?", "{todo}: `pip install --upgrade unsloth unsloth_zoo`"),
            ("Where does it run, and on which GPUs?", _SYSTEM),
            ("Which trainer?", _TODO),
            ("What happens", _LOG),
            ("Minimal code", _TODO),
        ),
        ("unsloth", "Unsloth"),
    ),
    Project(
        "LLaMA-Factory",
        "https://github.com/hiyouga/LLaMA-Factory/issues/new/choose",
        (
            ("System Info", "{system}\n\n{todo}: output of `llamafactory-cli env`"),
            ("Reproduction", "{todo}: the command and the YAML file\n\n" + _LOG),
            ("Others", _TODO),
        ),
        ("llamafactory", "LLaMA-Factory", "LlamaFactory"),
    ),
    Project(
        "transformers",
        "https://github.com/huggingface/transformers/issues/new/choose",
        (
            ("System Info", _SYSTEM),
            ("Information", "{todo}: the official examples, or your own scripts"),
            ("Reproduction", "{todo}\n\n" + _LOG),
            ("Expected behavior", _TODO),
        ),
        ("transformers/", "transformers\\"),
    ),
    Project(
        "pytorch",
        "https://github.com/pytorch/pytorch/issues/new/choose",
        (
            ("Describe the bug", "{todo}\n\n" + _LOG),
            ("Versions", "{system}\n\n{todo}: output of `python -m torch.utils.collect_env`"),
        ),
        ("torch/", "torch\\", "torch."),
    ),
    Project(
        "envdoc",
        "the issue form of envdoc",
        (("What happened", _LOG), ("What should have happened", _TODO), ("Machine", _SYSTEM)),
        (),
    ),
)


def named(name: str) -> Project | None:
    """A project by its name, case ignored."""
    return next((each for each in PROJECTS if each.name.lower() == name.lower()), None)


def project_of(diagnosis: Diagnosis, last_lines: str) -> Project:
    """The project that a log's last lines (or its root finding) point at; envdoc itself where none does."""
    root = diagnosis.root
    words = last_lines + (root.code + " ".join(root.evidence) if root else "")
    return next((each for each in PROJECTS if any(mark in words for mark in each.marks)), PROJECTS[-1])
