"""The files of `envdoc hosts`: they hold what was asked, and Ansible itself runs them over real sshd.

ENVDOC_ANSIBLE names an `ansible-playbook`; without it that test is skipped.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.workflow.fleet_files import write
from envdoc.workflow.many import many
from envdoc.workflow.wishes import FleetWish
from machines import Machines, why_not

ANSIBLE = os.environ.get("ENVDOC_ANSIBLE", "")
ENVDOC = str(Path(sys.executable).with_name("envdoc"))


def test_the_files_hold_what_was_asked(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("alice@node-1:2222 slots=8\nnode-2\n")
    out = tmp_path / "fleet"
    wish = FleetWish(str(tmp_path / "hosts"), "/my env", ('/data/"x"',), envdoc="/opt/envdoc")
    write(LocalHost(), wish, str(out), over=False)
    inventory = yaml.safe_load((out / "inventory.yml").read_text())
    assert inventory["fleet"]["hosts"] == {
        "node-1": {"ansible_user": "alice", "ansible_port": 2222, "slots": 8},
        "node-2": {},
    }
    (play,) = yaml.safe_load((out / "collect.yml").read_text())
    assert play["vars"] == {"envdoc": "/opt/envdoc", "options": ["--env", "/my env", "--have", '/data/"x"']}
    assert [list(task)[1] for task in play["tasks"]] == [
        f"ansible.builtin.{name}" for name in ("command", "file", "copy")
    ]
    if sys.platform != "win32":  # Windows has no such mode; the files go to machines that do
        assert stat.S_IMODE((out / "envdoc.fact").stat().st_mode) == 0o755
    with pytest.raises(UsageError, match="already there"):
        write(LocalHost(), wish, str(out), over=False)


@pytest.mark.skipif(sys.platform == "win32", reason="facts.d is for sh")
def test_the_fact_is_json_with_envdoc_and_without(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("node-1\n")
    write(LocalHost(), FleetWish(str(tmp_path / "hosts"), envdoc="envdoc"), str(tmp_path), over=False)
    for path, wanted in ((f"{Path(ENVDOC).parent}:/usr/bin:/bin", "os"), ("/usr/bin:/bin", "error")):
        env = {**os.environ, "PATH": path, "HOME": str(tmp_path)}
        ran = subprocess.run(
            ["sh", str(tmp_path / "envdoc.fact")], env=env, capture_output=True, text=True, check=True
        )
        assert wanted in json.loads(ran.stdout)


@pytest.mark.real
def test_ansible_collects_the_snapshots(tmp_path: Path) -> None:
    if reason := why_not() or ("" if ANSIBLE else "ENVDOC_ANSIBLE names no ansible-playbook"):
        pytest.skip(reason)
    out = tmp_path / "fleet"
    (tmp_path / "hosts").write_text("node-1\nnode-2\n")
    write(LocalHost(), FleetWish(str(tmp_path / "hosts"), envdoc=ENVDOC), str(out), over=False)
    with Machines(2, tmp_path) as machines:
        machines.sshd(0, environ={"ENVDOC_OVERRIDE_DRIVER": "580.65.06"})
        machines.sshd(1, environ={"ENVDOC_OVERRIDE_DRIVER": "570.86.10"})
        environ = {
            "ANSIBLE_SSH_ARGS": f"-F {tmp_path / 'ssh_config'}",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_HOST_KEY_CHECKING": "False",
        }
        ran = machines.run(ANSIBLE, "-i", str(out / "inventory.yml"), str(out / "collect.yml"), environ=environ)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = many(LocalHost(), str(out / "snapshots"))
    assert told.unread == ()
    assert {each.fact for group in told.groups for each in group.differences} == {"driver"}
