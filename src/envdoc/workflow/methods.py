"""`envdoc methods`: the table of methods for a machine and an environment, without a training file."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.methods import Method
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish


def methods(host: Host, wish: MachineWish) -> tuple[Method, ...]:
    """Every method of the table, judged for this machine or a snapshot."""
    from envdoc.training.config.keys import keys_of
    from envdoc.training.config.methods import methods as table
    from envdoc.training.config.run import Run
    from envdoc.training.config.values import Form, TrainFile

    machine = obtain(host, wish)
    keys = keys_of(None, machine)
    return table(Run(TrainFile("", Form.YAML), keys, machine))
