"""What a cluster tells each machine, as the variables that every engine's line reads: one short text for each.

NNODES, NODE_RANK, MASTER_ADDR, MASTER_PORT and HOSTS (names with blanks or line ends between them). Their names were
compared on 2026-11-26, never on a cluster:

    Slurm     https://slurm.schedmd.com/srun.html and scontrol.html; as in the environment of a real job, where
              SLURM_NNODES stands beside its newer name SLURM_JOB_NUM_NODES
    SkyPilot  https://docs.skypilot.co/en/stable/running-jobs/distributed-jobs.html, and environment-variables.html:
              SKYPILOT_NODE_IPS has an address a line, the head's first; SKYPILOT_TASK_ID is one for each task
    dstack    https://dstack.ai/docs/concepts/tasks (distributed tasks): DSTACK_NODES_IPS has an address a line, since
              0.18.25; https://dstack.ai/docs/reference/environment-variables: DSTACK_RUN_ID is the run's
"""

from __future__ import annotations

from envdoc.errors import UsageError
from envdoc.model.launch import Cluster, Engine, LaunchWish
from envdoc.rules import quoting

PORT = "29500"
_PLAIN = """\
# the number of this machine, counted from 0: the first word, else NODE_RANK
NODE_RANK="${1:-${NODE_RANK:-}}"
case "$NODE_RANK" in
  "" | *[!0-9]*) echo "usage: bash $0 NODE_RANK (0 on the master)" >&2; exit 2 ;;
esac
"""
_MASTER = """\
: "${MASTER_ADDR:?set it to the name or address of the master, the machine with NODE_RANK 0}"
"""
_SLURM = """\
NNODES="$SLURM_NNODES"
NODE_RANK="$SLURM_NODEID"
HOSTS="$(scontrol show hostnames "$SLURM_JOB_NODELIST")"
MASTER_ADDR="$(head -n 1 <<<"$HOSTS")"
"""
_SKYPILOT = """\
NNODES="$SKYPILOT_NUM_NODES"
NODE_RANK="$SKYPILOT_NODE_RANK"
HOSTS="$SKYPILOT_NODE_IPS"
MASTER_ADDR="$(head -n 1 <<<"$HOSTS")"
"""
_DSTACK = """\
NNODES="$DSTACK_NODES_NUM"
NODE_RANK="$DSTACK_NODE_RANK"
HOSTS="$DSTACK_NODES_IPS"
MASTER_ADDR="$DSTACK_MASTER_NODE_IP"
"""
_CLUSTERS = {Cluster.SLURM: _SLURM, Cluster.SKYPILOT: _SKYPILOT, Cluster.DSTACK: _DSTACK}
_JOB = {Cluster.SLURM: "${SLURM_JOB_ID}", Cluster.SKYPILOT: "${SKYPILOT_TASK_ID}", Cluster.DSTACK: "${DSTACK_RUN_ID}"}
_HOSTFILE = """\
HOSTFILE="$(mktemp)"
trap 'rm -f -- "$HOSTFILE"' EXIT
for host in $HOSTS; do echo "$host slots={gpus}"; done >"$HOSTFILE"
"""


def preamble(wish: LaunchWish) -> str:
    """The lines before the body; nothing for one machine."""
    if wish.nodes == 1:
        return ""
    own = _CLUSTERS[wish.cluster] if wish.cluster in _CLUSTERS else _plain(wish)
    port = f'MASTER_PORT="${{MASTER_PORT:-{PORT}}}"\n'
    export = "export NNODES NODE_RANK MASTER_ADDR MASTER_PORT\n"
    return own + port + export + _elastic(wish) + _hostfile(wish)


def _plain(wish: LaunchWish) -> str:
    nodes = f"NNODES={wish.nodes}\n"
    if not wish.hosts:
        return f"{_PLAIN}{nodes}{_MASTER}"
    names = " ".join(host.name for host in wish.hosts)
    return f"{_PLAIN}{nodes}MASTER_ADDR={_word(wish.hosts[0].name)}\nHOSTS={_word(names)}\n"


def _word(value: str) -> str:
    """Names of a hostfile are words already (see `hostfile`); they are quoted like any other value."""
    word = quoting.bash(value)
    if word is None:
        raise UsageError(f"no host name: {value!r}", hint="write names or addresses into the hostfile")
    return word


def _elastic(wish: LaunchWish) -> str:
    if not wish.elastic:
        return ""
    job = _JOB.get(wish.cluster, "envdoc")
    told = f'RDZV_ID="${{RDZV_ID:-{job}}}"\nexport RDZV_ID\n'
    return told + ('RDZV_ENDPOINT="$MASTER_ADDR:$MASTER_PORT"\n' if wish.engine is Engine.TORCHRUN else "")


def _hostfile(wish: LaunchWish) -> str:
    return _HOSTFILE.replace("{gpus}", str(wish.gpus)) if wish.engine is Engine.DEEPSPEED else ""
