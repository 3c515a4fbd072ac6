"""`envdoc check --hosts` without a network: hostfiles, what ssh is told, what its answers mean, who stands out."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from fleet_fakes import HANGS, SshHost, answered, failed, snapshot

from envdoc.cli import app
from envdoc.errors import DataError, UsageError
from envdoc.model.finding import Severity
from envdoc.model.fleet import FleetReport
from envdoc.model.launch import HostSlots
from envdoc.rules.hostfile import read_hosts, read_nodelist
from envdoc.workflow.fleet import check_hosts, machines
from envdoc.workflow.wishes import FleetWish


def test_a_hostfile_for_ssh_may_name_users_and_ports() -> None:
    text = "node-1 slots=8\nalice@node-2\nalice@10.0.0.3:2222 slots=4\n[fd00::4]:22\nfd00::5\nbob@[fd00::6]\n"
    assert read_hosts("hosts", text, logins=True) == (
        HostSlots("node-1", 8),
        HostSlots("node-2", 0, "alice"),
        HostSlots("10.0.0.3", 4, "alice", 2222),
        HostSlots("fd00::4", 0, "", 22),
        HostSlots("fd00::5"),
        HostSlots("fd00::6", 0, "bob"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "node;reboot", "node$(id)", "`id`", "-oProxyCommand=x", "a b@node", "node:0", "node:99999", "node:22:22",
        "@node", "alice@", "alice@@node", "alice@-x", "node&", "node|x", "node>x", "'node'", "node\\x", "[node]",
        "-l@node", "no de slots=8", "node slots=8; id", "node\u202e", "alice@[::1%eth0;id]",
    ],
)  # fmt: skip
def test_anything_that_a_shell_could_read_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(DataError) as refused:
        read_hosts("hosts", f"first\n{line}\n", logins=True)
    assert refused.value.message.startswith("hosts, line 2: ")


def test_a_user_is_not_understood_where_a_run_is_launched() -> None:
    with pytest.raises(DataError):
        read_hosts("hosts", "alice@node-1\n")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("node1", ["node1"]),
        ("node[01-03,7],login", ["node01", "node02", "node03", "node7", "login"]),
        ("gpu[8-10].lan", ["gpu8.lan", "gpu9.lan", "gpu10.lan"]),
        ("a,b,a", ["a", "b"]),
    ],
)
def test_slurms_list_of_nodes(text: str, names: list[str]) -> None:
    assert [host.name for host in read_nodelist("SLURM_JOB_NODELIST", text)] == names


@pytest.mark.parametrize("text", ["", "node[1-99999999]", "node[x]", "node[1", "a;b", "node[1-2][3-4]", "$(id)"])
def test_a_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        read_nodelist("SLURM_JOB_NODELIST", text)


def test_the_machines_of_the_job() -> None:
    host = SshHost({}, {"SLURM_JOB_NODELIST": "node[1-2]"})
    assert [each.name for each in machines(host, "slurm")] == ["node1", "node2"]
    with pytest.raises(DataError, match="SLURM_JOB_NODELIST is not set"):
        machines(SshHost({}), "slurm")


def asked(host: SshHost, folder: Path, text: str, **wish: object) -> FleetReport:
    file = folder / "hosts"
    file.write_text(text)
    return check_hosts(host, FleetWish(str(file), **wish))  # type: ignore[arg-type]


def told(report: FleetReport) -> list[tuple[str, str]]:
    return [(each.code, each.severity.value) for each in report.findings if each.code != "host-not-sound"]


def test_what_ssh_is_told(tmp_path: Path) -> None:
    host = SshHost({"node-1": [answered(snapshot())], "10.0.0.2": [answered(snapshot())]})
    wish = {"env": "/my env", "paths": ("/data/it's",), "ssh_config": "cfg", "envdoc": "/opt/e v/envdoc"}
    asked(host, tmp_path, "node-1\nalice@10.0.0.2:2222\n", **wish)
    first = next(argv for argv in host.asked if "node-1" in argv)
    assert first == [
        "ssh", "-T", "-a", "-x", "-o", "ClearAllForwardings=yes",
        "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3", "-F", "cfg", "--", "node-1",
        "'/opt/e v/envdoc' snapshot -o - --env '/my env' --have '/data/it'\"'\"'s'",
    ]  # fmt: skip
    second = next(argv for argv in host.asked if "10.0.0.2" in argv)
    assert second[16:20] == ["-l", "alice", "-p", "2222"]


def test_a_value_that_no_shell_can_be_given_is_refused_before_anyone_is_asked(tmp_path: Path) -> None:
    host = SshHost({})
    with pytest.raises(UsageError):
        asked(host, tmp_path, "node-1\n", env="a\nb")
    assert host.asked == []


def test_machines_that_are_alike(tmp_path: Path) -> None:
    report = asked(SshHost({name: [answered(snapshot())] for name in ("a", "b", "c")}), tmp_path, "a\nb\nc\n")
    assert told(report) == []
    assert [row.fact for row in report.rows if row.differs] == []
    assert {"clock", "driver", "gpus", "torch", "nccl", "interfaces", "os"} <= {row.fact for row in report.rows}


def test_the_odd_one_is_named_with_the_remedy(tmp_path: Path) -> None:
    alike = [("torch", "2.8.0"), ("transformers", "5.5.4"), ("nvidia-nccl-cu12", "2.27.3"), ("rich", "14.0")]
    odd = [("torch", "2.8.0"), ("transformers", "5.2.0"), ("nvidia-nccl-cu12", "2.26.2"), ("tqdm", "4.0")]
    answers = {name: [answered(snapshot(packages=alike))] for name in ("a", "b")}
    answers["c"] = [answered(snapshot(packages=odd, driver="570.86.10", ahead=40))]
    report = asked(SshHost(answers), tmp_path, "a\nb\nc\n")
    rows = {row.fact: row for row in report.rows if row.differs}
    assert {fact: row.odd for fact, row in rows.items()} == dict.fromkeys(
        ("clock", "driver", "nccl", "package:transformers", "package:rich", "package:tqdm"), ("c",)
    )
    assert told(report) == [
        ("hosts-differ", "warning"),  # clock
        ("hosts-differ", "warning"),  # driver
        ("hosts-differ", "error"),  # NCCL
        ("hosts-differ", "warning"),  # transformers
        ("hosts-differ", "info"),  # the rest of the packages
    ]
    transformers = report.findings[3]
    assert transformers.remediation.commands[0].command == "uv pip install transformers==5.5.4"
    assert report.findings[0].evidence[0] == "most machines have in step"


def test_of_two_machines_neither_is_right(tmp_path: Path) -> None:
    answers = {"a": [answered(snapshot())], "b": [answered(snapshot(driver="570.86.10"))]}
    report = asked(SshHost(answers), tmp_path, "a\nb\n")
    (row,) = [row for row in report.rows if row.differs]
    assert (row.usual, sorted(row.odd)) == ("", ["a", "b"])
    assert "no value has a majority" in report.findings[0].summary


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (
            failed(255, "ssh: connect to host b port 22: Connection refused\n"),
            "host-unreachable",
            "Connection refused",
        ),
        (failed(255, "alice@b: Permission denied (publickey).\n"), "host-unreachable", "b: Permission denied"),
        (HANGS, "host-unreachable", "no answer within 60 s"),
        (failed(127, "env: 'envdoc': No such file or directory\n"), "host-without-envdoc", "No such file"),
        (failed(1, "/usr/bin/python3: No module named envdoc\n"), "host-without-envdoc", "No module"),
        (failed(3, "error: envdoc itself failed: KeyError\n"), "host-answer-broken", "itself failed"),
        (answered("Welcome!\n"), "host-answer-broken", "no snapshot"),
        (answered('{"schema": 1}'), "host-answer-broken", "no snapshot"),
        (answered("[" * 100_000), "host-answer-broken", "no snapshot"),
    ],
)
def test_what_an_answer_means(tmp_path: Path, answer: object, code: str, why: str) -> None:
    report = asked(SshHost({"a": [answered(snapshot())], "b": [answer]}), tmp_path, "a\nb\n")  # type: ignore[list-item]
    first, second = report.answers
    assert first.machine is not None
    assert (second.code, second.machine) == (code, None)
    assert why in second.why
    assert "alice" not in second.why
    (found,) = [each for each in report.findings if each.code == code]
    assert found.severity is Severity.ERROR
    assert found.remediation.text


HOSTILE = "\x1b]0;x\x07\u202e$(touch /tmp/x); --index-url=http://evil/"


@pytest.mark.parametrize("taken", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59", "nan", HOSTILE])
def test_a_hostile_answer_is_data_whatever_it_says(
    tmp_path: Path, taken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.loads(snapshot(driver=HOSTILE, packages=[(HOSTILE, HOSTILE), ("torch", f"2.8.0 {HOSTILE}")]))
    data |= {"taken": taken}
    answers = {"a": [answered(json.dumps(data))], "b": [answered(json.dumps(data))], "c": [answered(snapshot())]}
    hosts = tmp_path / "hosts"
    hosts.write_text("a\nb\nc\n")
    monkeypatch.setattr("envdoc.workflow.context.local_host", lambda: SshHost(answers))
    assert app.run(["check", "--hosts", str(hosts)]) in (0, 1)
    told = capsys.readouterr()
    assert not {"\x1b", "\x07", "\u202e"} & {*told.out, *told.err}
    for line in told.out.splitlines():  # a line to paste has it in one quoted word
        if "uv pip install" in line:
            assert shlex.split(line.strip().lstrip("$ "))[:3] == ["uv", "pip", "install"]
            assert len(shlex.split(line.strip().lstrip("$ "))) == 4


def test_where_envdoc_is_no_command_python_is_asked_for_the_module(tmp_path: Path) -> None:
    host = SshHost({"a": [failed(127, "sh: envdoc: not found"), answered(snapshot())]})
    report = asked(host, tmp_path, "a\n")
    assert report.answers[0].machine is not None
    assert [argv[-1].split(" snapshot")[0] for argv in host.asked] == [
        'env "PATH=$HOME/.local/bin:$PATH" envdoc',
        "python3 -m envdoc",
    ]


def test_a_greeting_before_the_answer_does_no_harm(tmp_path: Path) -> None:
    report = asked(SshHost({"a": [answered("Welcome to node a\n" + snapshot())]}), tmp_path, "a\n")
    assert report.answers[0].machine is not None


def test_a_machine_with_errors_of_its_own_is_named(tmp_path: Path) -> None:
    broken = (RECORDS / "linux-driver-mismatch.json").read_text(encoding="utf-8")
    report = asked(SshHost({"a": [answered(broken)], "b": [answered(snapshot())]}), tmp_path, "a\nb\n")
    (found,) = [each for each in report.findings if each.code == "host-not-sound"]
    assert "driver-library-mismatch" in found.evidence[0]


RECORDS = Path(__file__).parent.parent / "machines"
