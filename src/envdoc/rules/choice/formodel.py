"""What the model that shall be trained asks of a choice: releases of packages, and GPUs; the wish carries it."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.specifiers import allows
from envdoc.model.tunable import Need
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.reasons import Kind, Reason

_TRAINER = "llamafactory"


def gpu_reasons(case: Case) -> tuple[Reason, ...]:
    """Visible GPUs below the compute capability that the model's quantization needs."""
    return tuple(
        Reason(
            Kind.MODEL,
            text("model", "gpu-below", who=need.who, least=need.capability, gpu=str(card), has=card.capability),
        )
        for need in case.wish.needs
        if need.capability
        for card in case.situation.cards
        if card.capability and version_tuple(card.capability) < version_tuple(need.capability)
    )


def packages(case: Case) -> tuple[str, ...]:
    """The components that the model asks for, where no profile says what belongs together."""
    return tuple(need.package for need in _bound(case) if need.package in case.components.names())


def bounds(case: Case) -> dict[str, str]:
    """Package -> what the model allows of it."""
    return {need.package: need.bound for need in _bound(case)}


def pin_reasons(pins: Mapping[str, str], case: Case) -> tuple[Reason, ...]:
    """A lock's versions that the model does not go with."""
    return tuple(
        Reason(
            Kind.MODEL,
            text("model", "pinned", who=need.who, package=need.package, bound=need.bound, version=pins[need.package]),
            _TRAINER if need.package == _TRAINER else "",
        )
        for need in _bound(case)
        if need.package in pins and not allows(need.bound, pins[need.package])
    )


def bound_reasons(name: str, by: str, case: Case) -> list[Reason]:
    """Why no known release of a package that the model bounds is left; `by` is the package that bounds it too."""
    return [
        Reason(
            Kind.MODEL,
            text("model", "bounded" if by else "no-release", who=need.who, package=name, bound=need.bound, by=by),
            by or name,
        )
        for need in _bound(case)
        if need.package == name
    ]


def _bound(case: Case) -> list[Need]:
    """The needs of packages that are not left out."""
    return [need for need in case.wish.needs if need.bound and need.package not in case.wish.without_components]
