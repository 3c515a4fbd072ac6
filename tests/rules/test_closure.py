"""What requirements lead to: markers, extras, circles, lines that are none."""

from __future__ import annotations

from envdoc.rules.closure import reached
from envdoc.rules.requirements import holds

HERE = {"python_version": "3.12", "python_full_version": "3.12.1", "sys_platform": "linux", "os_name": "posix"}
NEEDS = {
    "trl": ("torch>=2", "Data_Sets[My.Web]>=2", "win ; sys_platform == 'win32'"),
    "data-sets": ("arrow (>=7)", "web ; extra == 'my_web' and python_version >= '3.9'", "gpu ; extra == 'gpu'"),
    "web": ("trl", "old ; python_version < '3'"),
    "arrow": ("this is no requirement at all", "numpy"),
}
NONE = frozenset[str]()


def test_all_that_it_leads_to_and_nothing_else() -> None:
    assert reached(("TRL==1.0",), NEEDS, HERE) == {
        "trl": NONE,
        "torch": NONE,
        "data-sets": frozenset({"my-web"}),
        "arrow": NONE,
        "numpy": NONE,
        "web": NONE,
    }


def test_an_extra_that_comes_later_is_followed_too() -> None:
    needs = {**NEEDS, "numpy": ("data_sets[gpu]",)}
    found = reached(("data-sets",), needs, HERE)
    assert found == {"data-sets": frozenset({"gpu"}), "arrow": NONE, "numpy": NONE, "gpu": NONE}


def test_a_line_whose_marker_does_not_hold_leads_nowhere() -> None:
    assert reached(("trl ; sys_platform == 'win32'", "??", "numpy"), NEEDS, HERE) == {"numpy": NONE}


def test_extras_are_equal_however_they_are_spelled() -> None:
    for marker in ('extra == "my_web"', '"My.Web" == extra', 'extra == "MY-WEB" or os_name == "nt"'):
        assert holds(marker, {**HERE, "extra": "my-web"}), marker
        assert not holds(marker, {**HERE, "extra": ""}), marker
