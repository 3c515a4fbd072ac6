"""`envdoc check --hosts` over real sshd in network namespaces: the table, planted differences, machines down."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from machines import Machines, why_not

pytestmark = pytest.mark.real
ENVDOC = str(Path(sys.executable).with_name("envdoc"))
DRIVER = {"ENVDOC_OVERRIDE_DRIVER": "580.65.06", "ENVDOC_OVERRIDE_GPUS": "H200,H200"}


@pytest.fixture(scope="module", autouse=True)
def _namespaces() -> None:
    if reason := why_not():
        pytest.skip(reason)


def environment(folder: Path, torch: str) -> Path:
    """A folder that looks like an environment with this torch: its files are read, nothing of it runs."""
    site = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    (site / "torch").mkdir(parents=True)
    (site / "torch" / "version.py").write_text(f"__version__ = '{torch}+cu128'\ncuda = '12.8'\n")
    for name, version in (("torch", torch), ("transformers", "5.5.4")):
        (site / f"{name}-{version}.dist-info").mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (site / f"{name}-{version}.dist-info" / "METADATA").write_text(metadata)
        (site / f"{name}-{version}.dist-info" / "RECORD").write_text("")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    home = Path(sys.executable).resolve().parent
    (folder / "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.{sys.version_info.minor}\n")
    return folder


def ask(machines: Machines, hosts: str, *options: str) -> tuple[dict[str, Any], float]:
    file = machines.folder / "hosts"
    file.write_text(hosts)
    start = time.monotonic()
    told = ("--hosts", str(file), "--ssh-config", str(machines.folder / "ssh_config"), "--remote-envdoc", ENVDOC)
    ran = machines.run(ENVDOC, "check", *told, *options, "--format", "json")
    assert ran.stdout, ran.stderr
    document = json.loads(ran.stdout)
    assert document["exit_code"] == ran.returncode
    return document, time.monotonic() - start


def differing(document: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Fact -> what is usual, and who stands out."""
    return {
        row["fact"]: (
            row["usual"],
            sorted(host for each in (*row["others"], *row["unknown"]) for host in each["hosts"]),
        )
        for row in document["facts"]
        if row["differs"]
    }


def test_two_machines_alike_and_then_one_with_another_torch(tmp_path: Path) -> None:
    same, other = environment(tmp_path / "env", "2.8.0"), environment(tmp_path / "other", "2.7.1")
    with Machines(2, tmp_path) as machines:
        machines.sshd(0, environ=DRIVER)
        machines.sshd(1, environ=DRIVER)
        document, _ = ask(machines, "node-1 slots=2\nnode-2 slots=2\n", "--env", str(same))
        assert [host["answered"] for host in document["hosts"]] == [True, True]
        assert differing(document) == {}
    again = tmp_path / "again"
    again.mkdir()
    with Machines(2, again) as machines:
        machines.sshd(0, environ=DRIVER)
        machines.sshd(1, environ=DRIVER, mounts={same: other})
        document, _ = ask(machines, "node-1\nnode-2\n", "--env", str(same))
    assert differing(document) == {"torch": ("", ["node-1", "node-2"])}
    (found,) = [each for each in document["findings"] if each["code"] == "hosts-differ"]
    assert found["severity"] == "error"
    assert document["exit_code"] == 1


def test_five_machines_one_odd_one_down_one_hanging(tmp_path: Path) -> None:
    same, other = environment(tmp_path / "env", "2.8.0"), environment(tmp_path / "other", "2.7.1")
    model, half = tmp_path / "model", tmp_path / "half"
    for folder, shards in ((model, 3), (half, 2)):
        folder.mkdir()
        for number in range(shards):
            (folder / f"model-{number}.safetensors").write_bytes(bytes(1 << 20))
    (tmp_path / "empty").mkdir()
    with Machines(6, tmp_path) as machines:
        machines.sshd(0, environ=DRIVER)
        machines.sshd(1, environ=DRIVER)
        machines.sshd(2, environ={**DRIVER, "ENVDOC_OVERRIDE_DRIVER": "570.86.10"}, mounts={same: other, model: half})
        machines.silent(4)  # takes the connection and says nothing
        machines.sshd(5, force="sleep 300")  # lets in, and never ends
        hosts = "\n".join(("node-1", "root@node-2:22", "node-3", "node-4", "node-5", "node-6"))
        options = ("--env", str(same), "--have", str(model), "--host-seconds", "20")
        document, seconds = ask(machines, hosts, *options)
    answered = {host["name"]: (host["answered"], host["code"]) for host in document["hosts"]}
    assert answered == {
        "node-1": (True, ""),
        "node-2": (True, ""),
        "node-3": (True, ""),
        "node-4": (False, "host-unreachable"),  # there is no such machine
        "node-5": (False, "host-unreachable"),
        "node-6": (False, "host-unreachable"),
    }
    assert seconds < 60
    told = differing(document)
    assert told["driver"] == ("580.65.06", ["node-3"])
    assert told["torch"] == ("2.8.0+cu128", ["node-3"])
    assert told["have:0"] == ("folder, 3 files, 3 MiB", ["node-3"])
    assert set(told) == {"driver", "torch", "have:0"}
    differ = [each for each in document["findings"] if each["code"] == "hosts-differ"]
    assert [each["severity"] for each in differ] == ["warning", "error", "error"]
    torch = next(each for each in differ if each["values"]["fact"] == "torch")
    assert [each["command"] for each in torch["remediation"]["commands"]] == ["uv pip install torch==2.8.0+cu128"]
    assert "root@" not in json.dumps(document)


def test_a_machine_without_envdoc_says_how_to_bring_it(tmp_path: Path) -> None:
    with Machines(2, tmp_path) as machines:
        machines.sshd(0, environ=DRIVER)
        machines.sshd(1, environ={**DRIVER, "PATH": "/nowhere"}, mounts={Path(ENVDOC).parent: tmp_path})
        document, _ = ask(machines, "node-1\nnode-2\n")
    (found,) = [each for each in document["findings"] if each["code"] == "host-without-envdoc"]
    assert found["values"]["hosts"] == "node-2"
    assert found["remediation"]["commands"][0]["command"] == "uv tool install envdoc-gpu"
