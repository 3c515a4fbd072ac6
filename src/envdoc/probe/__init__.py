"""Host -> facts: asking, and no deciding. One small module a source or subject; `gather.PROBES` lists them."""

from envdoc.probe.ask import Ask
from envdoc.probe.gather import collect

__all__ = ["Ask", "collect"]
