"""`envdoc launch --format json`."""

from __future__ import annotations

from typing import Any

from envdoc.model.launch import LaunchPlan
from envdoc.render.document import envelope


def launch_document(plan: LaunchPlan) -> dict[str, Any]:
    """The files with their texts, and the lines that start the run."""
    wish = plan.wish
    return envelope(
        "launch",
        0,
        engine=wish.engine.value,
        strategy=wish.sharing.value,
        cluster=wish.cluster.value,
        shell=wish.shell.value,
        gpus=wish.gpus,
        nodes=wish.nodes,
        hosts=[{"name": host.name, "slots": host.slots or wish.gpus} for host in wish.hosts],
        files=[{"path": wish.path(file.name), "text": file.text} for file in plan.files],
        commands=[{"shell": wish.shell.value, "command": line} for line in plan.commands],
        notes=list(plan.notes),
        written=plan.written,
    )
