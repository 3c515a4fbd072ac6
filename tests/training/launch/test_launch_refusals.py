"""What is refused, and with which words; the hostfile; the copy of the training file."""

from __future__ import annotations

import pytest
from launch_cases import plan, wish

from envdoc.errors import DataError, UsageError
from envdoc.model.finding import Shell
from envdoc.model.launch import Cluster, Engine, HostSlots, LaunchWish, Sharing
from envdoc.training.launch import read_hosts
from envdoc.training.launch.trainfile import with_deepspeed


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (wish(Engine.TORCHRUN, Sharing.FSDP), "FSDP's settings are accelerate's"),
        (wish(Engine.ACCELERATE, Sharing.FSDP, gpus=1), "FSDP shares the work of several GPUs; here is one"),
        (wish(Engine.DEEPSPEED, nodes=2), "DeepSpeed's launcher wants the names of all machines"),
        (wish(gpus=8, nodes=2, hosts=(HostSlots("a", 8), HostSlots("b", 4))), "4 and 8 processes on the hosts"),
        (wish(train="a b.yaml"), "a path with a blank"),
        (wish(train="a\tb.yaml"), "a path with a blank"),
        (wish(prefix="my run/", sharing=Sharing.ZERO2, gpus=1), "a path with a blank"),
        (wish(shell=Shell.CMD, nodes=2), "several machines and clusters are started by bash"),
        (wish(shell=Shell.CMD, sharing=Sharing.ZERO3, gpus=1), "ds-z3 does not train on native Windows"),
        (wish(Engine.TORCHRUN, shell=Shell.POWERSHELL), "torchrun starts several GPUs by torchrun's rendezvous"),
        (wish(shell=Shell.CMD, gpus=1, train='a"b.yaml'), "no line for cmd can hold the value"),
        (wish(shell=Shell.CMD, prefix="100%/"), "no line for cmd can hold the value"),
        (wish(gpus=1, train="a\nb.yaml"), "no line for bash can hold the value"),
        (wish(Engine.ACCELERATE, min_nodes=1, nodes=2), "accelerate starts no elastic run"),
        (wish(min_nodes=3, nodes=2), "an elastic run has several machines"),
        (wish(max_restarts=3), "`--max-restarts` belongs to an elastic run"),
        (
            wish(min_nodes=1, nodes=2, hosts=(HostSlots("fd00::1"), HostSlots("b"))),
            "the rendezvous is `address:port`",
        ),
        (wish(cluster=Cluster.SKYPILOT), "SkyPilot rents GPUs by name"),
        (wish(cluster=Cluster.SKYPILOT, gpu='H100"\nsetup: x'), "no name of a GPU"),
        (wish(cluster=Cluster.SLURM, nodes=1, hosts=(HostSlots("a"),)), "slurm chooses the machines itself"),
        (wish(sharing=Sharing.ZERO3, train="launch-train.yaml"), "launch-train.yaml: is the copy's own name"),
    ],
)
def test_what_cannot_run_is_refused(asked: LaunchWish, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        plan(asked)
    assert refused.value.message.startswith(told)
    assert refused.value.hint


def test_a_hostfile_is_names_addresses_and_slots() -> None:
    text = "\ufeff# mine\nnode-1 slots=8\r\n\n10.0.0.2\tslots=8  # second\nfd00::3\ngpu_4.lan\n"
    assert read_hosts("hosts", text) == (
        HostSlots("node-1", 8), HostSlots("10.0.0.2", 8), HostSlots("fd00::3"), HostSlots("gpu_4.lan"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a;reboot", "line 2: no host name or address: 'a;reboot'"),
        ("$(x)", "line 2: no host name"),
        ("`x`", "line 2: no host name"),
        ("o'brien", "line 2: no host name"),
        ("a&b", "line 2: no host name"),
        ("-oProxyCommand=x", "line 2: no host name"),
        ("user@host", "line 2: no host name"),
        ("训练", "line 2: no host name"),
        ("fe80::1%$(x)", "line 2: no host name"),
        ("a" * 300, "line 2: no host name"),
        ("node slots=8;reboot", "line 2: not understood: 'slots=8;reboot'"),
        ("node slots=0", "line 2: not understood"),
        ("node slots=8 more", "line 2: not understood"),
        ("node 8", "line 2: not understood"),
        ("first", "line 2: `first` stands twice"),
    ],
)
def test_anything_else_in_a_hostfile_is_refused_with_its_line(line: str, told: str) -> None:
    with pytest.raises(DataError) as refused:
        read_hosts("hosts", f"first\n{line}\nlast\n")
    assert told in refused.value.message


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_a_hostfile_without_a_host_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="no host in it"):
        read_hosts("hosts", text)


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("a: 1\n", 'a: 1\n\ndeepspeed: "ds.json"\n'),
        ("deepspeed: old.json # mine\na: 1e-4", 'deepspeed: "ds.json"\na: 1e-4\n'),
        ("a: ' x'\r\ndeepspeed:\r\n", "a: ' x'\ndeepspeed: \"ds.json\"\n"),
    ],
)
def test_a_copy_differs_by_one_line(text: str, copy: str) -> None:
    assert with_deepspeed("train.yaml", text, "ds.json") == copy


def test_a_strategy_without_deepspeed_unsets_it() -> None:
    made = plan(wish(), "a: 1\ndeepspeed: old.json\n")
    assert made.files[0].text == "a: 1\ndeepspeed: null\n"


def test_the_files_own_deepspeed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = wish(Engine.ACCELERATE, Sharing.FILE, own_deepspeed="old.json")
    made = plan(asked, "a: 1\ndeepspeed: old.json\n")
    assert [file.name for file in made.files] == ["accelerate.json", "launch.sh"]
    assert '"deepspeed_config_file": "old.json"' in made.files[0].text


@pytest.mark.parametrize(
    "text", ["{a: 1}\n", "a: 1\n...\n", "deepspeed:\n  stage: 3\n", "a: |\n  x\ndeepspeed: >\n  b\n  c\n"]
)
def test_what_cannot_be_copied_with_one_line_changed_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="cannot be set in a copy"):
        with_deepspeed("train.yaml", text, "ds.json")


@pytest.mark.parametrize(("path", "text"), [("a.json", "{}"), ("a.yaml", "- 1"), ("a.yaml", "a: [1"), ("a.yaml", "")])
def test_a_training_file_that_cannot_be_read_is_refused(path: str, text: str) -> None:
    with pytest.raises(DataError):
        plan(wish(train=path), text)
