"""Host -> facts: asking, and no deciding. One small module a source or subject; `gather.PROBES` lists them."""

from collections.abc import Callable

from envdoc.host.base import Host
from envdoc.model.machine import Machine
from envdoc.probe.ask import Ask

__all__ = ["Ask", "collect"]


def collect(host: Host, ask: Ask, meanwhile: Callable[[], object] | None = None) -> Machine:
    """See `gather.collect`, which is read when it is asked: who wants one probe need not load all."""
    from envdoc.probe import ahead
    from envdoc.probe.steady import steady

    host = steady(host)
    answers = ahead.start(host, ask)
    from envdoc.probe import gather

    return gather.collect(host, ask, answers, meanwhile)
