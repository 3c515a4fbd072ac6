"""The keys of a release: out of its files by ast, and the shipped table of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoc.host.local import LocalHost
from envdoc.model.facts import known
from envdoc.model.machine import Machine, OperatingSystem, Package, System, Target, TargetKind
from envdoc.training.config.keys import keys_of, source, table

ARGS = '''
from dataclasses import dataclass, field
from typing import Literal, Optional

@dataclass
class LoraArguments:
    r"""Doc."""

    lora_rank: int = field(default=8, metadata={"help": "Rank."})
    lora_alpha: int | None = field(default=None)
    bf16: "bool" = False

@dataclass
class ModelArguments(
    LoraArguments,
    Other,
):
    flash_attn: AttentionFunction = field(default=AttentionFunction.AUTO)
    method: Optional[Literal["convert", "load"]] = None
    fsdp: list[FSDPOption] | str | None = None
    picked: str = field(default="a", metadata={"choices": ["a", "b"]})
    compute_dtype: int = field(init=False)

    def __post_init__(self):
        self.x: int = 1

class NoArguments:
    y: int = 2
'''
ENUMS = 'class AttentionFunction(StrEnum):\n    AUTO = "auto"\n    FA2 = "fa2"\n\n\nclass Other:\n    X = "x"\n'


def test_fields_types_choices_and_defaults() -> None:
    found = source.fields(ARGS, source.enums(ENUMS), "llamafactory")
    assert {key.name: (sorted(key.types), key.choices, key.default) for key in found.values()} == {
        "lora_rank": (["int"], (), 8),
        "lora_alpha": (["int", "none"], (), None),
        "bf16": (["bool"], (), False),
        "flash_attn": (["str"], ("auto", "fa2"), "auto"),
        "method": (["none", "str"], ("convert", "load"), None),
        "fsdp": (["list", "none", "str"], (), None),
        "picked": (["str"], ("a", "b"), "a"),
    }


def test_a_broken_file_has_no_keys() -> None:
    assert source.fields("@dataclass\nclass A:\n    x: int = (\n", {}, "llamafactory") == {}


def test_templates() -> None:
    text = "".join(
        f'register_template(\n    name="{name}",\n    {more},\n)\n\n'
        for name, more in (("a", "efficient_eos=True"), ("b", "mm_plugin=x()"))
    )
    found = source.templates(text)
    assert [(each.name, each.efficient_eos, each.multimodal) for each in found.values()] == [
        ("a", True, False),
        ("b", False, True),
    ]


@pytest.mark.parametrize(
    ("llamafactory", "transformers", "keys", "templates"),
    [("0.9.5", "5.5.4", 343, 121), ("0.9.5", "", 343, 121), ("", "", 343, 121), ("0.9.3", "4.52.4", 328, 99)],
)
def test_the_shipped_table(llamafactory: str, transformers: str, keys: int, templates: int) -> None:
    """343 is what the running parser of 0.9.5 has with transformers 5.5.4."""
    told = table.keys(llamafactory, transformers)
    assert (len(told.keys), len(told.templates), told.source) == (keys, templates, "table")


def test_the_stack_decides() -> None:
    """LLaMA-Factory 0.9.5 with transformers 4.57 takes keys that left transformers 5."""
    assert "group_by_length" in table.keys("0.9.5", "4.57.1").keys
    assert "group_by_length" not in table.keys("0.9.5", "5.5.4").keys


@pytest.mark.parametrize("editable", [False, True])
def test_installed_files_win(tmp_path: Path, editable: bool) -> None:
    site = tmp_path / "site"
    own = tmp_path / "checkout" / "src" / "llamafactory" if editable else site / "llamafactory"
    for folder in (
        own / "hparams",
        own / "extras",
        own / "data",
        site / "transformers",
        site / "llamafactory-0.9.9.dist-info",
    ):
        folder.mkdir(parents=True)
    for name in ("model", "data", "training", "finetuning", "generating"):
        (own / "hparams" / f"{name}_args.py").write_text(ARGS, encoding="utf-8")
    (own / "extras" / "constants.py").write_text(ENUMS, encoding="utf-8")
    for name in ("training_args", "training_args_seq2seq", "trainer_utils"):
        (site / "transformers" / f"{name}.py").write_text(ARGS.replace("lora_rank", "theirs"), encoding="utf-8")
    if editable:
        url = (tmp_path / "checkout").as_uri()
        (site / "llamafactory-0.9.9.dist-info" / "direct_url.json").write_text(
            f'{{"url": "{url}"}}', encoding="utf-8"
        )
    told = keys_of(LocalHost(), machine(site))
    assert told.source == str(own)
    assert told.llamafactory == "0.9.9"
    assert {"lora_rank", "theirs"} <= set(told.keys)


def test_files_that_cannot_be_read_fall_back_to_the_table(tmp_path: Path) -> None:
    assert keys_of(LocalHost(), machine(tmp_path)).source == "table"
    assert keys_of(None, machine(tmp_path)).source == "table"


def machine(site: Path) -> Machine:
    folders = {"llamafactory": "0.9.9", "transformers": "5.5.4"}
    packages = tuple(
        Package(name, version, str(site / f"{name}-{version}.dist-info")) for name, version in folders.items()
    )
    return Machine(
        os=OperatingSystem(System.LINUX, "x86_64"), target=Target(kind=TargetKind.VENV, packages=known(packages))
    )
