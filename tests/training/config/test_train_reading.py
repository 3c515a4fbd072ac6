"""Training files as text: every key has its place, and what cannot be read is named with its line."""

from __future__ import annotations

import pytest
from agreement_machine import gpu_machine

from envdoc.model.value import replace
from envdoc.training.config.keys import keys_of
from envdoc.training.config.read import read_command, read_json, read_yaml
from envdoc.training.config.run import Run
from envdoc.training.config.values import Form, TrainFile

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def values(file: TrainFile) -> dict[str, object]:
    return {key: entry.value for key, entry in file.entries.items()}


def test_omegaconf_and_pyyaml_differ_in_numbers_and_nothing_else() -> None:
    text = "a: 1e-4\nb: 1.0e-4\nc: no\nd: 'no'\ne: ~\nf: 0x10\ng: 2024-01-01\nh: 1_000\n"
    new, old = values(read_yaml("x", text)), values(read_yaml("x", text, omegaconf=False))
    assert new == {"a": 1e-4, "b": 1e-4, "c": False, "d": "no", "e": None, "f": 16, "g": "2024-01-01", "h": 1000}
    assert old["a"] == "1e-4"
    assert {key: old[key] for key in "bcdefh"} == {key: new[key] for key in "bcdefh"}


def test_lines_quotes_anchors_and_merges() -> None:
    file = read_yaml("x", 'stage: sft\n# a remark\nfp16: "no"\nbase: &b {seed: 1, lr: 2}\n<<: *b\nlr: 3\n')
    assert [(entry.key, entry.line, entry.quoted) for entry in file.entries.values()] == [
        ("seed", 4, False),
        ("lr", 6, False),
        ("stage", 1, False),
        ("fp16", 3, True),
        ("base", 4, False),
    ]
    assert values(file)["lr"] == 3


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("", "empty", 0),
        ("# nothing\n", "empty", 0),
        ("- stage: sft\n", "list", 1),
        ("stage:sft\n", "no-mapping", 1),
        ("a: 1\nb:\n\tc: 1\n", "tab", 3),
        ("a: [1\nb: 2\n", "syntax", 2),
        ('a: "\\q"\n', "syntax", 1),
        ("a: *nowhere\n", "syntax", 1),
        ("a: !thing {b: 1}\n", "syntax", 1),
        ("a: &a [1, *a]\n", "cycle", 1),
        (LAUGHS, "grows", 0),
        ("a: " + "[" * 90 + "]" * 90 + "\n", "too-deep", 1),
        ("".join(f"k{n}: &k{n} [*k{n - 1}]\n" if n else "k0: &k0 [x]\n" for n in range(3000)), "grows", 0),
    ],
)
def test_what_cannot_be_read(text: str, name: str, line: int) -> None:
    file = read_yaml("x", text)
    assert file.entries == {}
    assert [(problem.code, problem.name, problem.line) for problem in file.problems] == [
        ("train-file-broken", name, line)
    ]


@pytest.mark.parametrize(
    "value",
    ["!!int x", "!!int ''", "!!bool x", "!!float x", "!!timestamp x", "!!binary é", "9" * 5000, "[1, !!int x]"],
)
@pytest.mark.parametrize("omegaconf", [True, False])
def test_a_value_that_is_not_what_it_says_is_named_by_its_line(value: str, omegaconf: bool) -> None:
    (problem,) = read_yaml("x", f"stage: sft\na: {value}\n", omegaconf=omegaconf).problems
    assert (problem.code, problem.name, problem.line) == ("train-file-broken", "syntax", 2)
    assert len(problem.values["reason"]) < 200


def test_keys_that_are_no_names() -> None:
    (problem,) = read_yaml("x", "stage: sft\n!!int x: 1\n").problems
    assert (problem.code, problem.name, problem.line) == ("train-file-broken", "syntax", 2)
    assert list(values(read_yaml("x", "? [a]\n: 1\n? {b: c}\n: 2\n"))) == ["['a']", "{'b': 'c'}"]


def test_a_key_that_stands_twice_is_named_and_the_rest_is_judged() -> None:
    file = read_yaml("x", "seed: 1\nstage: sft\nseed: 2\n")
    assert [(problem.code, problem.line, problem.values) for problem in file.problems] == [
        ("train-key-twice", 3, {"key": "seed", "first": "1"})
    ]
    assert values(file) == {"seed": 2, "stage": "sft"}


def test_json_with_lines() -> None:
    file = read_json("x", '{\n "seed": 1,\n "fsdp_config": {"seed": 2},\n "stage": "sft: \\"seed\\"",\n "seed": 3}')
    assert [(entry.key, entry.value, entry.line) for entry in file.entries.values()] == [
        ("seed", 3, 5),
        ("fsdp_config", {"seed": 2}, 3),
        ("stage", 'sft: "seed"', 4),
    ]
    assert [problem.values["first"] for problem in file.problems] == ["2"]


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("", "empty", 0),
        ('{"a": 1,}', "syntax", 1),
        ('{"a": 1\n"b": 2}', "syntax", 2),
        ("[1]", "list", 1),
        ("1", "no-mapping", 1),
    ],
)
def test_broken_json(text: str, name: str, line: int) -> None:
    assert [(each.name, each.line) for each in read_json("x", text).problems] == [(name, line)]


def test_deep_json_is_bounded() -> None:
    assert read_json("x", "[" * 100_000).problems[0].name == "too-deep"


@pytest.mark.parametrize(
    ("text", "program", "variables", "options", "config", "entries"),
    [
        (
            "FORCE_TORCHRUN=1 NNODES=2 \\\n  llamafactory-cli train a.yaml learning_rate=1e-5",
            "llamafactory-cli", {"FORCE_TORCHRUN": "1", "NNODES": "2"}, {}, "a.yaml", {"learning_rate": 1e-5},
        ),
        (
            "#!/bin/bash\nset -x\nexport NPROC_PER_NODE=2\n\n"
            "torchrun --standalone --nnodes=1 --nproc-per-node=8  src/train.py \\\n"
            "--stage sft \\\n--do_train \\\n--learning_rate 1e-4 \\\n--max_grad_norm -1 \\\n--bf16",
            "torchrun", {"NPROC_PER_NODE": "2"}, {"standalone": "True", "nnodes": "1", "nproc_per_node": "8"}, "",
            {"stage": "sft", "do_train": True, "learning_rate": "1e-4", "max_grad_norm": "-1", "bf16": True},
        ),
        (
            "accelerate launch \\\n--config_file fsdp.yaml \\\nsrc/train.py llm_config.yaml",
            "accelerate", {}, {"config_file": "fsdp.yaml"}, "llm_config.yaml", {},
        ),
        (
            "deepspeed --include localhost:1 src/train.py --deepspeed ds.json --lora_target q_proj v_proj",
            "deepspeed", {}, {"include": "localhost:1"}, "",
            {"deepspeed": "ds.json", "lora_target": ["q_proj", "v_proj"]},
        ),
        (
            "set CUDA_VISIBLE_DEVICES=0 && llamafactory-cli.exe train a.yaml",
            "llamafactory-cli", {"CUDA_VISIBLE_DEVICES": "0"}, {}, "a.yaml", {},
        ),
        (
            '$env:FORCE_TORCHRUN = "1"; llamafactory-cli train a.yaml', "llamafactory-cli", {"FORCE_TORCHRUN": "1"},
            {}, "a.yaml", {},
        ),
        (
            r'llamafactory-cli train C:\new\a.yaml output_dir="C:\out put"', "llamafactory-cli", {}, {},
            r"C:\new\a.yaml", {"output_dir": r"C:\out put"},
        ),
        ("python -m llamafactory.launcher train a.yaml", "python", {}, {}, "a.yaml", {}),
        ("lmf train 'my file.yaml' ; echo done", "llamafactory-cli", {}, {}, "my file.yaml", {}),
        (
            "@echo off\nsetlocal\nchcp 65001 >nul\n"
            r'"C:\envs\train\python.exe" "my run\ranks.py" --ranks 2 --llamafactory a.yaml',
            "ranks.py", {}, {"nproc_per_node": "2"}, "a.yaml", {},
        ),
        (
            "python ranks.py --ranks 4 -- src/train.py --stage sft", "ranks.py", {}, {"nproc_per_node": "4"}, "",
            {"stage": "sft"},
        ),
    ],
)  # fmt: skip
def test_command_lines(
    text: str,
    program: str,
    variables: dict[str, str],
    options: dict[str, str],
    config: str,
    entries: dict[str, object],
) -> None:
    file = read_command("x", text)
    assert file.form is Form.COMMAND
    assert file.launch is not None
    told = file.launch
    assert (told.program, told.variables, told.options, told.config) == (program, variables, options, config)
    assert values(file) == entries


@pytest.mark.parametrize(
    "line",
    [
        'if not defined CUDA_VISIBLE_DEVICES set "CUDA_VISIBLE_DEVICES=1"',
        "if (-not $env:CUDA_VISIBLE_DEVICES) { $env:CUDA_VISIBLE_DEVICES = '1' }",
        'export CUDA_VISIBLE_DEVICES="${CUDA_VISIBLE_DEVICES:-1}"',
        "CUDA_VISIBLE_DEVICES=${CUDA_VISIBLE_DEVICES:-1}",
    ],
)
@pytest.mark.parametrize(("there", "expected"), [({}, "1"), ({"CUDA_VISIBLE_DEVICES": "0"}, "0")])
def test_a_variable_that_is_set_where_there_is_none(line: str, there: dict[str, str], expected: str) -> None:
    file = read_command("x", f"{line}\nllamafactory-cli train a.yaml")
    machine = replace(gpu_machine("12.0"), env=there)
    run = Run(file, keys_of(None, machine), machine)
    assert run.variables["CUDA_VISIBLE_DEVICES"] == expected


@pytest.mark.parametrize("text", ["", "echo llamafactory-cli", "python other.py", "pip install torch", "'unclosed"])
def test_no_training_run_in_it(text: str) -> None:
    assert [problem.code for problem in read_command("x", text).problems] == ["train-command-unknown"]
