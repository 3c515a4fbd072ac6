"""What a model needs: its type of a transformers, its template of a LLaMA-Factory, its quantization of packages and
GPUs. Pure: what was seen of it and the tables, into bounds that the choice then heeds, and facts for the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envdoc.findings import text
from envdoc.knowledge.rows import StackRow
from envdoc.knowledge.tunables import QuantizedRow, TemplateRow, Tunables
from envdoc.model.cuda import version_tuple
from envdoc.model.specifiers import allows
from envdoc.model.tunable import ModelSeen, Need
from envdoc.model.value import dataclass

TRAINER = "llamafactory"
_SHORTEST = 3  # letters of a name that stands for a model


@dataclass(frozen=True, slots=True)
class TypeFact:
    """First and last release of transformers with the type; `oldest`: the first may be older still."""

    first: str
    last: str = ""
    oldest: bool = False


@dataclass(frozen=True, slots=True)
class TemplateFact:
    """The template of a listed model ("" for one that is listed without), and the releases that have it."""

    name: str
    listed: str  # the hub name under which it is listed
    since: str  # the first release that lists it
    releases: tuple[str, ...] = ()
    newest: str = ""  # the newest release that was read


def of_type(kind: str, tables: Tunables) -> TypeFact | None:
    """The releases that have a model type; None where none has."""
    rows = tables.model_types
    row = next((row for row in rows if kind in row.types), None)
    return TypeFact(row.transformers, row.gone.get(kind, ""), row is rows[0]) if row else None


def of_template(seen: ModelSeen, tables: Tunables) -> TemplateFact | None:
    """What LLaMA-Factory lists for the model, by its name or that of the model it was made of."""
    newest = max((row.llamafactory[-1] for row in tables.model_templates if row.llamafactory), key=version_tuple)
    for name in (seen.name, seen.base):
        for row, hub, since in _listed(name, tables):
            return TemplateFact(row.template, hub, since, row.llamafactory, newest)
    return None


def of_quantization(seen: ModelSeen, tables: Tunables) -> QuantizedRow | None:
    """The row of the method; None where there is none, or nobody knows it."""
    return next((row for row in tables.model_quantization if row.method == seen.quantization), None)


def trainers(seen: ModelSeen, tables: Tunables, stacks: Iterable[StackRow]) -> tuple[str, ...] | None:
    """The LLaMA-Factory releases, oldest first, that allow a transformers with the model's type; None where nothing
    bounds it."""
    bound = next((each.bound for each in _type_needs(seen, tables)), "")
    if not bound:
        return None
    releases = [row.transformers for row in tables.model_types if allows(bound, row.transformers)]
    rows = sorted((row for row in stacks if row.package == TRAINER), key=lambda row: version_tuple(row.version))
    return tuple(
        row.version for row in rows if any(allows(row.pins.get("transformers", ""), each) for each in releases)
    )


def needs(seen: ModelSeen, tables: Tunables) -> tuple[Need, ...]:
    """The bounds for the choice. What is not known bounds nothing: the answer says so."""
    return (*_type_needs(seen, tables), *_template_needs(seen, tables), *_quantization_needs(seen, tables))


def _type_needs(seen: ModelSeen, tables: Tunables) -> Iterator[Need]:
    fact = of_type(seen.model_type, tables)
    if fact is None:
        return
    first = "" if fact.oldest else f">={fact.first}"
    bound = ",".join(filter(None, (first, f"<={fact.last}" if fact.last else "")))
    if bound:
        yield Need(text("model", "who-type", kind=seen.model_type), "transformers", bound)


def _template_needs(seen: ModelSeen, tables: Tunables) -> Iterator[Need]:
    fact = of_template(seen, tables)
    if fact is None or not fact.releases:
        return
    last = "" if fact.releases[-1] == fact.newest else f",<={fact.releases[-1]}"
    yield Need(text("model", "who-template", template=fact.name), "llamafactory", f">={fact.releases[0]}{last}")


def _quantization_needs(seen: ModelSeen, tables: Tunables) -> Iterator[Need]:
    row = of_quantization(seen, tables)
    if row is None or row.dequantized:
        return
    who = text("model", "who-quantization", method=row.method)
    if row.capability:
        yield Need(who, capability=row.capability)
    for package, bound in row.packages.items():
        if bound:
            yield Need(who, package, bound)


def _listed(name: str, tables: Tunables) -> Iterator[tuple[TemplateRow, str, str]]:
    """Rows that list the name itself, then those that list a model of the same last part: `./Qwen2.5-7B-Instruct`."""
    every = [
        (row, hub, since) for row in tables.model_templates for since, hubs in row.models.items() for hub in hubs
    ]
    whole, last = name.lower(), _last(name)
    yield from (each for each in every if each[1].lower() == whole)
    if len(last) >= _SHORTEST:
        yield from (each for each in every if _last(each[1]) == last)


def _last(name: str) -> str:
    """`llama-3.1-8b-instruct` of `meta-llama/Meta-Llama-3.1-8B-Instruct`, which the hub calls by both names."""
    return name.rstrip("/\\").replace("\\", "/").rpartition("/")[2].lower().removeprefix("meta-")
