"""Variables of NCCL, gloo and TensorPipe that choose a network interface: one that this machine has."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_linux
from envdoc.doctor.words import found, listed, shown, unset_variable
from envdoc.findings import finding, text
from envdoc.model.finding import Finding

_LIBRARIES = {"NCCL_SOCKET_IFNAME": "NCCL", "GLOO_SOCKET_IFNAME": "gloo", "TP_SOCKET_IFNAME": "TensorPipe"}


@check("network-interfaces", codes=("interface-missing",), applies=on_linux, beyond_listings=True)
def network_interfaces(case: Case) -> Outcome:
    env = case.machine.env
    values = {name: env[name] for name in _LIBRARIES if env.get(name, "").strip()}
    if not values:
        raise NotCheckedError(text("checks", "no-interface-named"))
    there = need(case.machine.hardware.interfaces, "what-interfaces")
    lacking = [(name, value) for name, value in values.items() if not _fits(name, value.strip(), there)]
    return found(*(_missing(name, value, there) for name, value in lacking), seen=", ".join(values.values()))


def _fits(name: str, value: str, there: tuple[str, ...]) -> bool:
    """Whether some interface is left. NCCL: `eth` is how a name begins, `=eth0` the whole of it, `^docker` all but
    those; the others want whole names."""
    if name != "NCCL_SOCKET_IFNAME":
        return all(each.strip() in there for each in value.split(","))
    sign = value[0] if value[0] in "^=" else ""
    names = [each.strip() for each in value.lstrip("^=").split(",") if each.strip()]
    exact = value.startswith(("=", "^="))
    fitting = [each for each in there if any(each == name or (not exact and each.startswith(name)) for name in names)]
    return len(fitting) < len(there) if sign == "^" else bool(fitting)


def _missing(name: str, value: str, there: tuple[str, ...]) -> Finding:
    return finding(
        "interface-missing",
        name=name,
        value=repr(value),
        libraries=_LIBRARIES[name],
        evidence=(shown(name, value), text("interface-missing", "interfaces", there=listed(there))),
        commands=unset_variable(name, windows=False),
    )
