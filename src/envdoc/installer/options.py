"""What the user may choose about how a plan is executed, beside the plan itself."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.installer.secrets import Credential
from envdoc.model.value import dataclass, field

ENGINES = ("uv", "pip", "conda")


@dataclass(frozen=True, slots=True)
class Options:
    """`timeout` bounds one engine call, in seconds; `cache` is the engine's cache folder ("": its own)."""

    engine: str = "uv"
    timeout: float = 3 * 3600.0
    cache: str = ""
    offline: bool = False  # the engine may use its cache and local folders only
    credentials: tuple[Credential, ...] = ()  # of package sources; for the engine's variables only
    variables: Mapping[str, str] = field(default_factory=dict)  # what the user's files say of networks and caches

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise UsageError(
                text("errors", "no-engine", engine=self.engine),
                hint=text("errors", "one-of", names=", ".join(ENGINES)),
                code="engine-unknown",
            )
