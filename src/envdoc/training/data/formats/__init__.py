"""A record -> what LLaMA-Factory's converter and processor would do with it; one module a formatting."""

from __future__ import annotations

from envdoc.training.data.formats import alpaca, openai, sharegpt
from envdoc.training.data.formats.common import Judge, Kit
from envdoc.training.data.values import Entry


def judge_of(entry: Entry, kit: Kit) -> Judge:
    """The judge of an entry's records; its formatting is one that the release knows."""
    makers = {"alpaca": alpaca.judge, "sharegpt": sharegpt.judge, "openai": openai.judge}
    return makers[entry.formatting](entry, kit)
