"""Our `dataclass` behaves as the standard one does, for what values need."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Generic, TypeVar

import pytest

from envdoc.model.value import dataclass, field, replace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Base:
    source: str


@dataclass(frozen=True, slots=True)
class Row(Base, Generic[T]):
    name: str
    value: T | None = None
    more: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name == "bad":
            raise ValueError("a bad name")


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    source: str
    name: str
    value: int | None = None
    more: dict[str, int] = dataclasses.field(default_factory=dict)


def test_fields_come_in_the_order_of_the_standard_one() -> None:
    assert [each.name for each in dataclasses.fields(Row)] == [each.name for each in dataclasses.fields(Standard)]
    assert Row.__match_args__ == Standard.__match_args__


def test_values_are_made_compared_and_shown_alike() -> None:
    ours, theirs = Row("s", "n", value=3), Standard("s", "n", value=3)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs).replace("Standard", "Row")
    assert ours == Row(source="s", name="n", value=3)
    assert ours != Row("s", "n")
    assert ours != theirs
    assert dataclasses.replace(ours, name="m") == Row("s", "m", 3)


def test_default_factories_are_not_shared() -> None:
    assert Row("s", "n").more is not Row("s", "n").more


def test_values_are_frozen() -> None:
    made = Row("s", "n")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.name = "x"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.name  # type: ignore[misc]


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), (("s",), {}), (("s", "n", 1, {}, 5), {}), (("s", "n"), {"name": "x"}), (("s", "n"), {"colour": 1})],
)
def test_wrong_calls_are_type_errors(args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Row(*args, **kwargs)  # type: ignore[arg-type]


def test_post_init_runs() -> None:
    with pytest.raises(ValueError, match="a bad name"):
        Row("s", "bad")


def test_values_are_hashed_copied_and_pickled() -> None:
    made = Base("s")
    assert len({made, Base("s")}) == 1
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    with pytest.raises(TypeError, match="unhashable"):
        hash(Row("s", "n"))


def test_only_frozen_ones() -> None:
    with pytest.raises(TypeError, match="only frozen"):
        dataclass(frozen=False)


def test_a_standard_field_is_refused() -> None:
    with pytest.raises(TypeError, match="take `field` from envdoc"):

        @dataclass(frozen=True)
        class Mixed:
            more: list[int] = dataclasses.field(default_factory=list)


def test_replace_makes_a_new_value_of_any_kind() -> None:
    assert replace(Row("s", "n", 1), value=2) == Row("s", "n", 2)
    assert replace(Standard("s", "n"), name="m") == Standard("s", "m")


def test_a_standard_dataclass_may_inherit() -> None:
    @dataclasses.dataclass(frozen=True)
    class More(Base):
        extra: int = 1

    assert More("s") == More(source="s", extra=1)
