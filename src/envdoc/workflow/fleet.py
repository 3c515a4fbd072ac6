"""Several machines: each is asked over ssh for a snapshot, side by side and bounded; then they are compared.

OpenSSH is given an argument list; what it hands to the other machine's shell is one line of fixed words and of values
that were quoted. It asks for no password (`BatchMode`), and the user's own ssh configuration holds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime

from envdoc.errors import DataError, EnvdocError, UsageError
from envdoc.findings import text
from envdoc.host.base import Completed, Host
from envdoc.model.facts import Why
from envdoc.model.fleet import FleetReport, HostAnswer
from envdoc.model.launch import HostSlots
from envdoc.model.machine import Machine, Origin
from envdoc.model.value import replace
from envdoc.rules import quoting
from envdoc.rules.hostfile import read_hosts, read_nodelist
from envdoc.workflow.wishes import FleetWish

SLURM = "slurm"
_NODES = ("SLURM_JOB_NODELIST", "SLURM_NODELIST")
_LIMIT = 1 << 20  # bytes of a hostfile
_AT_ONCE = 32
_CONNECT = 5  # seconds until ssh gives up on a machine that does not answer
_ENVDOC = 'env "PATH=$HOME/.local/bin:$PATH" envdoc'  # where `uv tool` and pipx put it; a login shell is not started
_MODULE = "python3 -m envdoc"
_NAMED = ("model_name_or_path", "adapter_name_or_path", "dataset_dir", "media_dir", "deepspeed")
_LOGIN = re.compile(r"\S+@")
_MISSING = re.compile(r"command not found|not found|No such file or directory|No module named envdoc", re.IGNORECASE)


OnAnswer = Callable[[HostAnswer, int, int], None]


def machines(host: Host, hosts: str) -> tuple[HostSlots, ...]:
    """The machines of a hostfile, or with `slurm` those of the job.

    Raises:
        DataError: it cannot be read, or a line is none.
    """
    stat = host.stat(hosts)
    if hosts == SLURM and not stat.known:
        name = next((each for each in _NODES if host.environ.get(each)), "")
        if not name:
            raise DataError(
                f"{_NODES[0]} is not set", hint="run it inside a job (`salloc`, `sbatch`), or name a hostfile"
            )
        return read_nodelist(name, host.environ[name])
    body = host.read(hosts, limit=_LIMIT)
    if body.value is None or (stat.value is not None and stat.value.size > _LIMIT):
        told = body.reason() if body.value is None else f"longer than {_LIMIT} bytes"
        raise DataError(f"{hosts}: cannot be read: {told}", hint="name a file with a machine in each line")
    return read_hosts(hosts, body.value, logins=True)


def paths_of(host: Host, train: str) -> tuple[str, ...]:
    """What a training file names: itself, its model and adapter, its data sets' folder, DeepSpeed's file.

    Raises:
        DataError: it cannot be read.
    """
    from envdoc.training.launch import read
    from envdoc.workflow.launch import text_of

    entries = read(train, text_of(host, train)).entries
    told = (entries[key].value for key in _NAMED if key in entries)
    return (train, *(value for value in told if isinstance(value, str) and value and not value.startswith("{")))


def check_hosts(host: Host, wish: FleetWish, on_answer: OnAnswer | None = None) -> FleetReport:
    """Ask all of them, judge each, and compare.

    Raises:
        DataError: the hostfile cannot be read.
        UsageError: a value that no shell can be given.
        EnvdocError: no ssh on this machine.
    """
    from envdoc.fleet import compare
    from envdoc.fleet import findings as room

    start = time.monotonic()
    if host.which("ssh") is None:
        raise EnvdocError("ssh: not found on PATH", hint="install OpenSSH's client: `apt-get install openssh-client`")
    lines = _lines(wish)
    answers = _all(host, machines(host, wish.hosts), wish, lines, on_answer)
    rows = compare.rows(answers, wish.paths)
    return FleetReport(answers, rows, tuple(room.findings(answers, rows)), time.monotonic() - start)


def _lines(wish: FleetWish) -> tuple[str, ...]:
    """The lines for the other machine's shell, the second for where the first finds no envdoc."""
    options = ("snapshot", "-o", "-", *(("--env", wish.env) if wish.env else ()))
    words = (*options, *(word for path in wish.paths for word in ("--have", path)))
    quoted = [_word(each) for each in words]
    programs = (_word(wish.envdoc),) if wish.envdoc else (_ENVDOC, _MODULE)
    return tuple(" ".join((program, *quoted)) for program in programs)


def _word(value: str) -> str:
    word = quoting.bash(value)
    if word is None:
        raise UsageError(f"no shell can be given the value {value!r}", hint="take a path without control characters")
    return word


def _all(
    host: Host, hosts: Sequence[HostSlots], wish: FleetWish, lines: Sequence[str], on_answer: OnAnswer | None
) -> tuple[HostAnswer, ...]:
    """The answers in the order of the hostfile; at most `_AT_ONCE` are asked at a time."""
    found: dict[str, HostAnswer] = {}
    with ThreadPoolExecutor(min(_AT_ONCE, len(hosts))) as pool:
        waiting = [pool.submit(ask, host, each, wish, lines) for each in hosts]
        try:
            for done in as_completed(waiting):
                answer = _judged(done.result())
                found[answer.name] = answer
                if on_answer:
                    on_answer(answer, len(found), len(hosts))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(found[each.name] for each in hosts)


def _judged(answer: HostAnswer) -> HostAnswer:
    """With the errors that a check of this machine itself finds."""
    if answer.machine is None:
        return answer
    from envdoc.model.finding import Severity
    from envdoc.workflow.check import judge

    found = judge(answer.machine, None).findings
    errors = tuple(dict.fromkeys(each.code for each in found if each.severity is Severity.ERROR))
    return replace(answer, errors=errors)


def ask(host: Host, there: HostSlots, wish: FleetWish, lines: Sequence[str]) -> HostAnswer:
    """One machine's answer, within the wish's seconds for each line."""
    answer = HostAnswer(there)
    for line in lines:
        began = time.time()
        done = host.run(_argv(there, wish, line), timeout=wish.seconds)
        answer = replace(_understood(there, done, began, wish), seconds=answer.seconds + done.seconds)
        if answer.code != "host-without-envdoc":
            break
    return answer


def _argv(there: HostSlots, wish: FleetWish, line: str) -> list[str]:
    options = ["BatchMode=yes", f"ConnectTimeout={_CONNECT}", "ServerAliveInterval=5", "ServerAliveCountMax=3"]
    # whatever the user's configuration forwards: a machine that is looked at needs neither keys, screen nor ports
    argv = ["ssh", "-T", "-a", "-x", "-o", "ClearAllForwardings=yes"]
    argv += [word for each in options for word in ("-o", each)]
    argv += ["-F", wish.ssh_config] if wish.ssh_config else []
    argv += ["-l", there.user] if there.user else []
    argv += ["-p", str(there.port)] if there.port else []
    return [*argv, "--", there.name, line]


def _understood(there: HostSlots, done: Completed, began: float, wish: FleetWish) -> HostAnswer:
    said = _last(done.stderr) or done.detail
    if done.why is Why.TIMED_OUT:
        return HostAnswer(there, code="host-unreachable", why=text("fleet", "timed-out", seconds=f"{wish.seconds:g}"))
    if done.returncode is None or done.returncode == 255:
        return HostAnswer(there, code="host-unreachable", why=said or text("fleet", "no-word"))
    if done.returncode == 127 or (done.returncode and _MISSING.search(said)):
        return HostAnswer(there, code="host-without-envdoc", why=said or text("fleet", "no-word"))
    if done.returncode:
        return HostAnswer(there, code="host-answer-broken", why=said or text("fleet", "no-word"))
    machine = _machine(done.stdout)
    if machine is None:
        return HostAnswer(there, code="host-answer-broken", why=text("fleet", "no-snapshot"))
    offset, doubt = _clock(machine, began, done.seconds)
    return HostAnswer(there, machine, offset=offset, doubt=doubt)


def _machine(told: str) -> Machine | None:
    """The snapshot in an answer; a login script may have said something before it."""
    from envdoc.model.codec import decode
    from envdoc.model.jsontext import loads

    try:
        machine = decode(Machine, loads(told[max(told.find("{"), 0) :]))
    except (ValueError, DataError):
        return None
    return replace(machine, origin=Origin.RECORDED)


def _clock(machine: Machine, began: float, seconds: float) -> tuple[float | None, float]:
    """Seconds that the machine's clock is ahead of ours, and by how many that may be wrong: the snapshot was taken at
    some moment of the asking, and tells whole seconds."""
    try:
        taken = datetime.fromisoformat(machine.taken).timestamp()
    except (ValueError, OverflowError, OSError):  # OSError: Windows, of years that it does not know
        return None, 0.0
    return taken + 0.5 - (began + seconds / 2), seconds / 2 + 0.5


def _last(stderr: str) -> str:
    """The last line of what ssh or the program said, without user names."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return _LOGIN.sub("", lines[-1])[:300] if lines else ""
