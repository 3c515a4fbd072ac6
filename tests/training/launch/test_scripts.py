"""Every script as it is, read by bash, and run with programs that record what they are told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from launch_cases import CASES, plan, shown, wish

from envdoc.model.finding import Shell
from envdoc.model.launch import Cluster, Engine, HostSlots, LaunchPlan, LaunchWish, Sharing

GOLDEN = Path(__file__).parent / "golden"
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None or os.name == "nt", reason="needs bash")
_RECORDER = """\
#!{python}
import json, os, sys
names = ("FORCE_TORCHRUN NNODES NODE_RANK NPROC_PER_NODE MASTER_ADDR MASTER_PORT RDZV_ID MIN_NNODES MAX_NNODES "
         "MAX_RESTARTS").split()
hostfile = sys.argv[sys.argv.index("--hostfile") + 1] if "--hostfile" in sys.argv else ""
told = {{"argv": [os.path.basename(sys.argv[0]), *sys.argv[1:]],
        "env": {{name: os.environ[name] for name in names if name in os.environ}},
        "hostfile": open(hostfile).read() if hostfile else ""}}
with open(os.environ["RECORD"], "a", encoding="utf-8") as out:
    out.write(json.dumps(told) + "\\n")
sys.exit(int(os.environ.get("ENDS", "0")))
"""
# srun as Slurm starts it: once on each node, which it tells its number
_SRUN = """\
#!/usr/bin/env bash
shift
for SLURM_NODEID in 0 1; do export SLURM_NODEID; "$@" || exit; done
"""
_SCONTROL = "#!/usr/bin/env bash\n[ \"$*\" = 'show hostnames gpu[1-2]' ] && printf 'gpu1\\ngpu2\\n'\n"


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_as_it_was_looked_at(name: str) -> None:
    assert shown(plan(CASES[name])) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with launchers that record."""
    import sys

    folder = tmp_path / "bin"
    folder.mkdir()
    scripts = dict.fromkeys(("llamafactory-cli", "torchrun", "accelerate", "deepspeed"), _RECORDER)
    for name, text in {**scripts, "srun": _SRUN, "scontrol": _SCONTROL}.items():
        (folder / name).write_text(
            text.format(python=sys.executable) if text is _RECORDER else text, encoding="utf-8"
        )
        (folder / name).chmod(0o755)
    return folder


def _written(made: LaunchPlan, folder: Path) -> None:
    for file in made.files:
        target = folder / made.wish.path(file.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.written)


def _run(line: str, programs: Path, ends: int = 0, **env: str) -> tuple[subprocess.CompletedProcess[str], list[dict]]:
    assert BASH
    record = programs.parent / "record"
    record.unlink(missing_ok=True)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environ = {"PATH": path, "RECORD": str(record), "ENDS": str(ends), "LC_ALL": "C.UTF-8", **env}
    ran = subprocess.run(
        [BASH, "-c", line], cwd=programs.parent, env=environ, capture_output=True, text=True, timeout=60
    )
    told = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    return ran, [json.loads(each) for each in told]


@needs_bash
@pytest.mark.parametrize("name", [name for name, asked in CASES.items() if asked.shell is Shell.BASH])
def test_bash_can_read_each_script(name: str, tmp_path: Path) -> None:
    assert BASH
    for file in plan(CASES[name]).files:
        if file.name.endswith((".sh", ".sbatch")):
            (tmp_path / file.name).write_bytes(file.written)
            read = subprocess.run([BASH, "-n", str(tmp_path / file.name)], capture_output=True, text=True, timeout=60)
            assert (read.returncode, read.stderr) == (0, "")


@needs_bash
def test_one_machine_is_told_the_number_of_its_gpus(programs: Path) -> None:
    made = plan(CASES["several-gpus"])
    _written(made, programs.parent)
    ran, told = _run(made.commands[0], programs)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert told == [
        {
            "argv": ["llamafactory-cli", "train", "train.yaml"],
            "env": {"FORCE_TORCHRUN": "1", "NPROC_PER_NODE": "2"},
            "hostfile": "",
        }
    ]


@needs_bash
def test_the_launchers_exit_code_is_the_scripts(programs: Path) -> None:
    for name in ("several-gpus", "hosts-deepspeed"):
        made = plan(CASES[name])
        _written(made, programs.parent)
        assert _run(made.commands[0], programs, ends=7)[0].returncode == 7


@needs_bash
def test_each_machine_gets_its_rank_and_the_same_master(programs: Path) -> None:
    made = plan(CASES["hosts"])
    _written(made, programs.parent)
    for rank, line in enumerate(made.commands):
        _, told = _run(line, programs)
        assert told[0]["env"] == {
            "FORCE_TORCHRUN": "1", "NPROC_PER_NODE": "8", "NNODES": "2", "NODE_RANK": str(rank),
            "MASTER_ADDR": "node-1", "MASTER_PORT": "29500",
        }  # fmt: skip


@needs_bash
def test_elastic_variables_are_llamafactorys_own(programs: Path) -> None:
    made = plan(CASES["nodes-elastic"])
    _written(made, programs.parent)
    _, told = _run(made.commands[1], programs, MASTER_ADDR="node-1", MASTER_PORT="2222")
    assert told[0]["env"] == {
        "FORCE_TORCHRUN": "1", "NPROC_PER_NODE": "8", "NNODES": "4", "NODE_RANK": "1", "MASTER_ADDR": "node-1",
        "MASTER_PORT": "2222", "RDZV_ID": "envdoc", "MIN_NNODES": "2", "MAX_NNODES": "4", "MAX_RESTARTS": "3",
    }  # fmt: skip


@needs_bash
@pytest.mark.parametrize(
    ("line", "said"),
    [("bash launch.sh", "usage"), ("bash launch.sh 0", "MASTER_ADDR"), ("bash launch.sh x", "usage")],
)
def test_what_a_machine_is_not_told_is_asked_for(programs: Path, line: str, said: str) -> None:
    _written(plan(wish(gpus=8, nodes=2)), programs.parent)
    ran, told = _run(line, programs)
    assert ran.returncode != 0
    assert said in ran.stderr
    assert told == []


@needs_bash
def test_deepspeed_is_given_a_hostfile_of_its_own(programs: Path) -> None:
    made = plan(CASES["hosts-deepspeed"])
    _written(made, programs.parent)
    _, told = _run(made.commands[1], programs)
    argv = told[0]["argv"]
    assert told[0]["hostfile"] == "node-1 slots=8\n10.0.0.2 slots=8\n"
    assert argv[:3] == ["deepspeed", "--num_gpus", "8"]
    assert argv[5:] == [
        "--no_ssh", "--node_rank", "1", "--master_addr", "node-1", "--master_port", "29500",
        "--module", "--no_local_rank", "llamafactory.launcher", "launch-train.yaml",
    ]  # fmt: skip
    assert not Path(argv[4]).exists()


@needs_bash
def test_slurm_starts_one_on_each_node(programs: Path) -> None:
    made = plan(CASES["slurm-accelerate"])
    _written(made, programs.parent)
    slurm = {"SLURM_NNODES": "2", "SLURM_JOB_NODELIST": "gpu[1-2]", "SLURM_JOB_ID": "77"}
    ran, told = _run("bash run/job.sbatch", programs, **slurm)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [each["argv"][4:8] for each in told] == [
        ["--machine_rank", str(rank), "--main_process_ip", "gpu1"] for rank in (0, 1)
    ]


@needs_bash
@pytest.mark.parametrize(
    ("cluster", "variables"),
    [
        (
            Cluster.SKYPILOT,
            {"SKYPILOT_NUM_NODES": "2", "SKYPILOT_NODE_RANK": "1", "SKYPILOT_NODE_IPS": "10.0.0.1\n10.0.0.2"},
        ),
        (
            Cluster.DSTACK,
            {
                "DSTACK_NODES_NUM": "2",
                "DSTACK_NODE_RANK": "1",
                "DSTACK_NODES_IPS": "10.0.0.1\n10.0.0.2",
                "DSTACK_MASTER_NODE_IP": "10.0.0.1",
            },
        ),
    ],
)
def test_a_cloud_tells_rank_and_master(programs: Path, cluster: Cluster, variables: dict[str, str]) -> None:
    import yaml

    made = plan(wish(Engine.DEEPSPEED, Sharing.ZERO2, gpus=8, nodes=2, cluster=cluster, gpu="H100"))
    _written(made, programs.parent)
    task = yaml.safe_load(made.files[-1].text)
    line = task["run"] if cluster is Cluster.SKYPILOT else task["commands"][0]
    ran, told = _run(line, programs, **variables)
    assert (ran.returncode, ran.stderr) == (0, "")
    argv = told[0]["argv"]
    assert argv[argv.index("--node_rank") + 1] == "1"
    assert argv[argv.index("--master_addr") + 1] == "10.0.0.1"
    assert told[0]["hostfile"] == "10.0.0.1 slots=8\n10.0.0.2 slots=8\n"


HOSTILE = (
    "a b.yaml",
    "o'brien.yaml",
    "$(touch owned).yaml",
    "`touch owned`.yaml",
    "a & touch owned.yaml",
    "训练 数据.yaml",
    "; touch owned.yaml",
    "-n.yaml",
    "a\\b.yaml",
    '".yaml',
)


@needs_bash
@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("engine", [Engine.TORCHRUN, Engine.ACCELERATE, Engine.DEEPSPEED])
def test_a_hostile_path_is_one_word_and_runs_nothing(programs: Path, engine: Engine, path: str) -> None:
    made = plan(wish(engine, train=path))
    _written(made, programs.parent)
    ran, told = _run(made.commands[0], programs)
    assert (ran.returncode, told[0]["argv"][-1]) == (0, path)
    assert not (programs.parent / "owned").exists()


@needs_bash
@pytest.mark.parametrize("folder", ["a b", "o'brien", "$(touch owned)", "a & touch owned", "训练"])
def test_a_hostile_folder_is_one_word_and_runs_nothing(programs: Path, folder: str) -> None:
    made = plan(wish(Engine.ACCELERATE, Sharing.ZERO3, prefix=f"{folder}/", cluster=Cluster.SLURM))
    _written(made, programs.parent)
    ran, told = _run(
        f"bash '{folder.replace(chr(39), chr(39) + chr(92) + chr(39) * 2)}/job.sbatch'",
        programs,
        SLURM_JOB_NODELIST="x",
    )
    assert ran.returncode == 0, ran.stderr
    assert told[0]["argv"][-1] == f"{folder}/launch-train.yaml"
    assert told[0]["argv"][3] == f"{folder}/accelerate.json"
    assert not (programs.parent / "owned").exists()


def test_windows_files_are_written_as_their_shells_read_them() -> None:
    batch = next(file for file in plan(CASES["cmd-one-gpu"]).files if file.name == "launch.cmd")
    assert batch.written.count(b"\r\n") == batch.written.count(b"\n") == 7
    shell = next(file for file in plan(CASES["powershell-one-gpu"]).files if file.name == "launch.ps1")
    assert shell.written.startswith(b"\xef\xbb\xbf#")


def test_hosts_that_no_hostfile_gave_are_quoted_too() -> None:
    asked: LaunchWish = wish(nodes=2, hosts=(HostSlots("$(touch owned)"), HostSlots("b")))
    text = next(file.text for file in plan(asked).files if file.name == "launch.sh")
    assert "MASTER_ADDR='$(touch owned)'\nHOSTS='$(touch owned) b'\n" in text
