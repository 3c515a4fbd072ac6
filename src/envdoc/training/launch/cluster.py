"""The file that asks a cluster for its machines; each machine then runs the same script."""

from __future__ import annotations

import json

from envdoc.model.finding import Shell
from envdoc.model.launch import Cluster, LaunchFile, LaunchWish
from envdoc.training.launch.script import NAMES, paste

_SLURM = """\
#!/usr/bin/env bash
#SBATCH --job-name=envdoc-launch
#SBATCH --nodes={nodes}
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node={gpus}
# Submit it in the folder from which the training file's paths hold; partition, account and time are yours to add.
set -euo pipefail
srun --kill-on-bad-exit=1 {line}
"""
_SKYPILOT = """\
name: envdoc-launch
num_nodes: {nodes}
resources:
  accelerators: {gpu}
workdir: .
run: {run}
"""
_DSTACK = """\
type: task
name: envdoc-launch
nodes: {nodes}
commands:
  - {run}
resources:
  gpu: {gpu}
"""


def job(wish: LaunchWish) -> tuple[LaunchFile, ...]:
    """The cluster's file; none for plain hosts. JSON's texts are YAML's too."""
    line = paste(Shell.BASH, "bash", wish.path(NAMES[Shell.BASH]))
    run = json.dumps(line, ensure_ascii=False)
    if wish.cluster is Cluster.SLURM:
        return (LaunchFile("job.sbatch", _SLURM.format(nodes=wish.nodes, gpus=wish.gpus, line=line)),)
    if wish.cluster is Cluster.SKYPILOT:
        gpu = json.dumps(f"{wish.gpu}:{wish.gpus}")
        return (LaunchFile("sky.yaml", _SKYPILOT.format(nodes=wish.nodes, gpu=gpu, run=run)),)
    if wish.cluster is Cluster.DSTACK:
        gpu = json.dumps(f"{wish.gpu}:{wish.gpus}") if wish.gpu else str(wish.gpus)
        return (LaunchFile("launch.dstack.yml", _DSTACK.format(nodes=wish.nodes, gpu=gpu, run=run)),)
    return ()


def start(wish: LaunchWish) -> tuple[str, ...]:
    """The lines that start the run: one, or one for each plain machine in the order of their ranks."""
    if wish.cluster is Cluster.SLURM:
        return (paste(Shell.BASH, "sbatch", wish.path("job.sbatch")),)
    if wish.cluster is Cluster.SKYPILOT:
        return (paste(Shell.BASH, "sky", "launch", wish.path("sky.yaml")),)
    if wish.cluster is Cluster.DSTACK:
        return (paste(Shell.BASH, "dstack", "apply", "-f", wish.path("launch.dstack.yml")),)
    if wish.windows:
        return (_windows(wish),)
    line = ("bash", wish.path(NAMES[Shell.BASH]))
    if wish.nodes == 1:
        return (paste(Shell.BASH, *line),)
    return tuple(paste(Shell.BASH, *line, str(rank)) for rank in range(wish.nodes))


def _windows(wish: LaunchWish) -> str:
    script = wish.path(NAMES[wish.shell])
    if wish.shell is Shell.CMD:
        return paste(Shell.CMD, script.replace("/", "\\"))
    return paste(Shell.POWERSHELL, "powershell", "-ExecutionPolicy", "Bypass", "-File", script)
