"""`dataclass`, `field` and `replace` for frozen values, made so that defining a class costs next to nothing.

The standard decorator writes and compiles six functions for each class, and importing it brings `inspect` along;
a hundred classes of ours took a third of the time of `envdoc check`. Here all classes share the same six functions,
which read the fields when they are called. Type checkers see the standard ones; `dataclasses.fields`, `replace` and
`asdict` work as usual.

    from envdoc.model.value import dataclass, field

    @dataclass(frozen=True, slots=True)
    class Point: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace

    _MISSING: Any
    _Factory: Any
    _annotations: Any
else:
    _MISSING = object()

    class _Factory:
        """A default that is made anew for each value."""

        def __init__(self, make):
            self.make = make

    def field(*, default_factory):
        """A field whose default is what `default_factory` returns."""
        return _Factory(default_factory)

    def dataclass(*, frozen: bool, slots: bool = True):  # noqa: ARG001 - same call as the standard one
        """Make a class a frozen dataclass. `slots` is for the type checker: the shared functions need a dict."""
        if not frozen:
            raise TypeError("only frozen values; take dataclasses.dataclass for others")
        return _make

    def replace(value, /, **changes):
        """The value with some fields changed; `__post_init__` runs as for a new one."""
        if not is_value(value):
            import dataclasses

            return dataclasses.replace(value, **changes)
        return type(value)(**{**value.__dict__, **changes})

    def _make(cls):
        defaults = {}
        for base in reversed(cls.__mro__[1:]):
            defaults.update(vars(base).get("__value_defaults__", {}))
        for name in _annotations(cls):
            defaults[name] = vars(cls).get(name, _MISSING)
            if hasattr(defaults[name], "default_factory"):
                raise TypeError(f"{cls.__name__}.{name}: take `field` from envdoc.model.value too")
            if isinstance(defaults[name], _Factory):
                delattr(cls, name)
        cls.__value_defaults__, cls.__match_args__ = defaults, tuple(defaults)
        cls.__value_open__ = tuple(name for name, each in defaults.items() if _is_open(each))
        cls.__dataclass_fields__, cls.__dataclass_params__ = _StandardFields(), _StandardParams()
        for function in _SHARED:
            setattr(cls, function.__name__, function)
        return cls

    def _annotations(cls):
        """The class's own, not a base's; Python 3.14 keeps them lazily, outside of the class's dict."""
        lazy = "__annotate_func__" in vars(cls)
        return cls.__annotations__ if lazy else vars(cls).get("__annotations__", {})

    class _StandardFields:
        """`__dataclass_fields__` as the standard library wants it, made when it is first asked for."""

        def __get__(self, instance, owner):
            import dataclasses

            fields = {}
            hints = kinds(owner)
            for name, default in owner.__value_defaults__.items():
                if isinstance(default, _Factory):
                    spec = dataclasses.field(default_factory=default.make)
                else:
                    spec = dataclasses.field(default=dataclasses.MISSING if default is _MISSING else default)
                spec.name, spec.type, spec.kw_only = name, hints[name], False
                spec._field_type = dataclasses._FIELD
                fields[name] = spec
            owner.__dataclass_fields__ = fields
            return fields

    class _StandardParams:
        """What the standard decorator asks of a base class."""

        frozen = init = repr = eq = True
        order = unsafe_hash = slots = False

    def _is_open(default):
        """Whether a value cannot take it over as it is: it must be given, or is made anew."""
        return default is _MISSING or isinstance(default, _Factory)

    def __init__(self, *args, **kwargs):  # noqa: N807
        # all at once, in the order of the fields: what is given field by field takes three times as long
        values, defaults = self.__dict__, self.__value_defaults__
        values.update(defaults)
        values.update(zip(defaults, args, strict=False))
        values.update(kwargs)
        if len(values) > len(defaults) or len(args) > len(defaults) or (args and kwargs):
            _refuse_surplus(self, args, kwargs)
        for name in self.__value_open__:
            if _is_open(values[name]):
                values[name] = _made(self, name)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def _refuse_surplus(self, args, kwargs):
        defaults = self.__value_defaults__
        if len(args) > len(defaults):
            raise TypeError(f"{type(self).__name__}() takes {len(defaults)} values, {len(args)} were given")
        surplus = [name for name in kwargs if name not in self.__match_args__[len(args) :]]
        if surplus:
            raise TypeError(f"{type(self).__name__}() has no field {surplus[0]!r}, or was given it twice")

    def _made(self, name):
        default = self.__value_defaults__[name]
        if default is _MISSING:
            raise TypeError(f"{type(self).__name__}() needs {name!r}")
        return default.make()

    def __eq__(self, other):  # noqa: N807
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self):  # noqa: N807
        return hash(tuple(self.__dict__.values()))

    def __repr__(self):  # noqa: N807
        told = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({told})"

    def __setattr__(self, name, value):  # noqa: ARG001, N807
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name):  # noqa: ARG001, N807
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    _SHARED = (__init__, __eq__, __hash__, __repr__, __setattr__, __delattr__)


def is_value(thing: object) -> bool:
    """Whether it is a value made by our `dataclass`, or a class of them."""
    return hasattr(thing, "__value_defaults__")


def defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a class in order, each with its default; `NotImplemented` where it must be given."""
    told = []
    for name, default in kind.__value_defaults__.items():
        made = default.make() if isinstance(default, _Factory) else default
        told.append((name, NotImplemented if default is _MISSING else made))
    return tuple(told)


def kinds(kind: Any) -> dict[str, str]:
    """The type hints of a class as they are written, its bases' first."""
    return {name: hint for name, (hint, _) in written_kinds(kind).items()}


def written_kinds(kind: Any) -> dict[str, tuple[str, str]]:
    """The type hints of a class, each with the module that it is written in."""
    return {
        name: (hint, base.__module__) for base in reversed(kind.__mro__) for name, hint in _annotations(base).items()
    }


__all__ = ["dataclass", "defaults", "field", "is_value", "kinds", "replace", "written_kinds"]
