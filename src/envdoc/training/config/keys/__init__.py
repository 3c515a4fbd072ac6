"""Which keys, types and choices a release knows: read out of the installed files, or from the shipped table."""

from envdoc.training.config.keys.known import keys_of
from envdoc.training.config.keys.values import Key, Keys, Template

__all__ = ["Key", "Keys", "Template", "keys_of"]
