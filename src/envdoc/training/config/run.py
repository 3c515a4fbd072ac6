"""One training file with everything that judging it needs, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Why
from envdoc.model.finding import Where
from envdoc.model.machine import Gpu, Machine, System
from envdoc.model.specifiers import allows
from envdoc.model.value import dataclass
from envdoc.rules import visible
from envdoc.training.config.facts import Facts, Model
from envdoc.training.config.keys import Keys
from envdoc.training.config.values import Form, Launch, TrainFile


@dataclass(frozen=True, slots=True)
class Run:
    """What the rules look at. Values are as the release sees them: a quoted "no" is on."""

    file: TrainFile
    keys: Keys
    machine: Machine
    facts: Facts = Facts()

    def given(self, key: str) -> bool:
        return key in self.file.entries

    def get(self, key: str) -> object:
        """The key's value, or the release's default."""
        entry = self.file.entries.get(key)
        if entry is not None:
            return entry.value
        known = self.keys.keys.get(key)
        return known.default if known else None

    def on(self, key: str) -> bool:
        """Whether a switch is on, as Python takes it: any text that is not empty is."""
        return bool(self.get(key))

    def number(self, key: str) -> float | None:
        """The value where it is a number."""
        value = self.get(key)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def shown(self, key: str) -> str:
        """The value as one would write it in YAML."""
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        entry = self.file.entries.get(key)
        quoted = entry is not None and entry.quoted and self.file.form is not Form.COMMAND
        return f'"{value}"' if quoted else str(value)

    def where(self, key: str) -> Where:
        return self.file.where(key)

    def parsed(self, key: str) -> bool:
        """Whether argparse reads it, which converts types and checks choices; a file's values stay as they are."""
        entry = self.file.entries.get(key)
        return self.file.form is Form.COMMAND and entry is not None and not entry.file

    @property
    def stage(self) -> object:
        return self.get("stage")

    @property
    def tuning(self) -> object:
        return self.get("finetuning_type")

    def since(self, llamafactory: str) -> bool:
        """Whether the release is this one or newer."""
        return version_tuple(self.keys.llamafactory) >= version_tuple(llamafactory)

    def model(self, key: str = "model_name_or_path") -> Model | None:
        return self.facts.models.get(key)

    # --- the machine

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment of the run: the machine's, and what the command line sets before the program.

        An empty variable is none to cmd, PowerShell and `${A:-0}` alike.
        """
        launch = self.file.launch or Launch()
        given = {name: value for name, value in self.machine.env.items() if value or name not in launch.defaults}
        return {**launch.defaults, **given, **launch.variables}

    def enabled(self, variable: str) -> bool:
        """A switch as the program reads it: `true`, `y` and `1` are on, `yes` and `on` are not."""
        return self.variables.get(variable, "0").lower() in ("true", "y", "1")

    @property
    def on_windows(self) -> bool:
        return self.machine.os.system is System.WINDOWS

    @property
    def gpus_known(self) -> bool:
        return self.machine.gpus.known or self.machine.gpus.why is Why.ABSENT

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        """The GPUs that the run would see."""
        every = self.machine.gpus.value or ()
        seen = visible.of(self.variables, every).indices
        return tuple(gpu for gpu in every if gpu.index in seen)

    def least_capability(self) -> tuple[str, str]:
        """The lowest compute capability and the GPU that has it; empty where none is known."""
        told = [(gpu.compute_capability.value, gpu) for gpu in self.gpus if gpu.compute_capability.value]
        if not told:
            return "", ""
        low, gpu = min(told, key=lambda pair: version_tuple(pair[0]))
        return low, f"GPU {gpu.index} ({gpu.name.value})" if gpu.name.value else f"GPU {gpu.index}"

    def below(self, capability: str) -> bool:
        """Whether a visible GPU has less than this compute capability."""
        low, _ = self.least_capability()
        return bool(low) and version_tuple(low) < version_tuple(capability)

    @property
    def packages_known(self) -> bool:
        return self.machine.target.packages.known

    def version(self, package: str) -> str:
        """The installed version, "" where it is not installed or nothing is known."""
        every = self.machine.target.packages.or_else(())
        return next((each.version for each in every if each.name == package), "")

    def lacks(self, package: str, bounds: str = "") -> bool:
        """Whether a package is known to be missing, or of a version outside the bounds."""
        if not self.packages_known:
            return False
        have = self.version(package)
        return not have or (bool(bounds) and not allows(bounds, have))
