"""The answer to `--for-model`: each question about the model in a sentence, beside what was chosen; and findings for
what no release knows, and for what could not be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from envdoc.findings import finding, text
from envdoc.knowledge.rows import StackRow
from envdoc.knowledge.tunables import Tunables
from envdoc.model.finding import Finding, Severity
from envdoc.model.specifiers import allows
from envdoc.model.tunable import Answer, ModelAnswer, ModelLine, ModelSeen, Need, Part
from envdoc.resolver import modelneeds


def answer(
    seen: ModelSeen, needs: tuple[Need, ...], chosen: Mapping[str, str], tables: Tunables, stacks: Iterable[StackRow]
) -> ModelAnswer:
    """`chosen`: package -> version of what was decided, with the lock's; empty where nothing fits."""
    kind, template = modelneeds.of_type(seen.model_type, tables), modelneeds.of_template(seen, tables)
    trainer = _trainer(modelneeds.trainers(seen, tables, stacks))
    lines = (_type(seen, needs, chosen, tables), *trainer, _template(seen, needs, chosen, tables))
    return ModelAnswer(
        seen,
        transformers=kind.first if kind else "",
        template=template.name if template else "",
        llamafactory=template.releases[0] if template and template.releases else "",
        lines=(*lines, *_quantization(seen, chosen, tables)),
    )


def findings(told: ModelAnswer, tables: Tunables) -> Iterator[Finding]:
    """What stands against the model whatever is chosen, and what was not checked."""
    seen = told.seen
    if seen.classes:
        yield finding(
            "train-model-code",
            folder=seen.name,
            classes=seen.classes,
            severity=Severity.WARNING if told.transformers else None,
        )
    elif seen.model_type and not told.transformers:
        newest = tables.model_types[0].newest
        yield finding("model-type-unknown", kind=seen.model_type, name=seen.name, newest=newest)
    open_parts = [line.told for line in told.lines if line.open]
    if open_parts:
        yield finding("model-not-checked", fix="fix" if seen.why else "fix-rest", name=seen.name, evidence=open_parts)


def _type(seen: ModelSeen, needs: tuple[Need, ...], chosen: Mapping[str, str], tables: Tunables) -> ModelLine:
    if not seen.model_type:
        return ModelLine(Part.TRANSFORMERS, Answer.NOT_CHECKED, text("model", "type-unread", why=seen.why), True)
    fact = modelneeds.of_type(seen.model_type, tables)
    if fact is None:
        name = "type-own" if seen.classes else "type-unknown"
        told = text("model", name, kind=seen.model_type, newest=tables.model_types[0].newest)
        return ModelLine(
            Part.TRANSFORMERS, Answer.NOT_CHECKED if seen.classes else Answer.NO, told, bool(seen.classes)
        )
    have = chosen.get("transformers", "")
    told = text(
        "model",
        "type-oldest" if fact.oldest else "type-since",
        kind=seen.model_type,
        first=fact.first,
        last=fact.last,
        have=have,
    )
    return ModelLine(Part.TRANSFORMERS, _met(needs, "transformers", have), told)


def _trainer(releases: tuple[str, ...] | None) -> Iterator[ModelLine]:
    """Whether LLaMA-Factory allows such a transformers at all."""
    if releases:
        yield ModelLine(Part.TEMPLATE, Answer.YES, text("model", "trainer-since", first=releases[0]))
    elif releases is not None:
        yield ModelLine(Part.TEMPLATE, Answer.NO, text("model", "trainer-none"))


def _template(seen: ModelSeen, needs: tuple[Need, ...], chosen: Mapping[str, str], tables: Tunables) -> ModelLine:
    fact = modelneeds.of_template(seen, tables)
    if fact is None:
        return ModelLine(Part.TEMPLATE, Answer.NOT_CHECKED, text("model", "template-unlisted", name=seen.name), True)
    if not fact.name:
        told = text("model", "template-none", listed=fact.listed, since=fact.since)
        return ModelLine(Part.TEMPLATE, Answer.YES, told)
    have = chosen.get("llamafactory", "")
    told = text(
        "model",
        "template-since",
        template=fact.name,
        first=fact.releases[0],
        listed=fact.listed,
        since=fact.since,
        have=have,
    )
    return ModelLine(Part.TEMPLATE, _met(needs, "llamafactory", have), told)


def _met(needs: tuple[Need, ...], package: str, have: str) -> Answer:
    """Whether what was chosen keeps the bound; not checked where nothing of that package was chosen."""
    bound = next((need.bound for need in needs if need.package == package), "")
    if not bound:
        return Answer.YES
    if not have:
        return Answer.NOT_CHECKED
    return Answer.YES if allows(bound, have) else Answer.NO


def _quantization(seen: ModelSeen, chosen: Mapping[str, str], tables: Tunables) -> Iterator[ModelLine]:
    if not seen.quantization:
        return
    row = modelneeds.of_quantization(seen, tables)
    if row is None:
        told = text("model", "quantization-unknown", method=seen.quantization)
        yield ModelLine(Part.QUANTIZATION, Answer.NOT_CHECKED, told, True)
    elif row.dequantized:
        yield ModelLine(Part.QUANTIZATION, Answer.YES, text("model", "dequantized", method=row.method))
    else:
        for package, bound in row.packages.items():
            yield _package(row.method, package, bound, chosen)


def _package(method: str, package: str, bound: str, chosen: Mapping[str, str]) -> ModelLine:
    have = chosen.get(package, "")
    name = "package-there" if have else "package-beside"
    told = text("model", name, method=method, package=package, bound=bound, have=have)
    met = Answer.NOT_CHECKED if not have else Answer.YES if allows(bound, have) else Answer.NO
    return ModelLine(Part.QUANTIZATION, met, told, not have)
