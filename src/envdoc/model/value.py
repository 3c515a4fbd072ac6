"""`dataclass` for frozen values, made so that defining one costs a thirtieth of the time.

The standard decorator writes and compiles six functions for each class; a hundred classes of ours took a third of
the time of `envdoc check`. Here all classes share the same six functions, which read the fields when they are called.
Type checkers see the standard decorator; `dataclasses.fields`, `replace` and `asdict` work as usual.

    from envdoc.model.value import dataclass

    @dataclass(frozen=True, slots=True)
    class Point: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from dataclasses import MISSING, Field, FrozenInstanceError
    from types import SimpleNamespace

    # What the standard decorator asks of a base class.
    _PARAMS = SimpleNamespace(frozen=True, init=True, repr=True, eq=True, order=False, unsafe_hash=False, slots=False)

    def dataclass(*, frozen: bool, slots: bool = True):  # noqa: ARG001 - same call as the standard one
        """Make a class a frozen dataclass. `slots` is for the type checker: the shared functions need a dict."""
        if not frozen:
            raise TypeError("only frozen values; take dataclasses.dataclass for others")
        return _make

    def _make(cls):
        fields = {}
        for base in reversed(cls.__mro__[1:]):
            fields.update(getattr(base, "__dataclass_fields__", {}))
        for name, kind in _annotations(cls).items():
            fields[name] = _field(cls, name, kind)
        cls.__dataclass_fields__, cls.__dataclass_params__ = fields, _PARAMS
        cls.__match_args__ = tuple(fields)
        for function in _SHARED:
            setattr(cls, function.__name__, function)
        return cls

    def _annotations(cls):
        """The class's own, not a base's; Python 3.14 keeps them lazily, outside of the class's dict."""
        lazy = "__annotate_func__" in vars(cls)
        return cls.__annotations__ if lazy else vars(cls).get("__annotations__", {})

    def _field(cls, name, kind):
        default = vars(cls).get(name, MISSING)
        spec = default if isinstance(default, Field) else dataclasses.field(default=default)
        if isinstance(default, Field):
            delattr(cls, name)
        spec.name, spec.type, spec._field_type = name, kind, dataclasses._FIELD
        return spec

    def __init__(self, *args, **kwargs):  # noqa: N807
        values = self.__dict__
        names = self.__match_args__
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__}() takes {len(names)} values, {len(args)} were given")
        values.update(zip(names, args, strict=False))
        for name in names[len(args) :]:
            values[name] = kwargs.pop(name) if name in kwargs else _default(self, name)
        if kwargs:
            raise TypeError(f"{type(self).__name__}() has no field {next(iter(kwargs))!r}, or was given it twice")
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def _default(self, name):
        spec = self.__dataclass_fields__[name]
        if spec.default is not MISSING:
            return spec.default
        if spec.default_factory is not MISSING:
            return spec.default_factory()
        raise TypeError(f"{type(self).__name__}() needs {name!r}")

    def __eq__(self, other):  # noqa: N807
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self):  # noqa: N807
        return hash(tuple(self.__dict__.values()))

    def __repr__(self):  # noqa: N807
        told = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({told})"

    def __setattr__(self, name, value):  # noqa: ARG001, N807
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name):  # noqa: ARG001, N807
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    _SHARED = (__init__, __eq__, __hash__, __repr__, __setattr__, __delattr__)

__all__: list[Any] = ["dataclass"]
