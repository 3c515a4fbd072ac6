"""The judged environment's packages, in fake site-packages on the real file system."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from probe_machines import recorded
from probe_site import install

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why
from envdoc.model.machine import Leftover, Package
from envdoc.probe import packages, target
from envdoc.probe.leftovers import leftovers
from envdoc.probe.site import site_folders
from envdoc.rules.requirements import normal

METADATA = """Metadata-Version: 2.1
Name: LLaMA_Factory.x
Version: 0.9.5
Requires-Python: >=3.11
Requires-Dist: torch>=2.4
Requires-Dist: tyro<0.9.0
Requires-Dist: rich ; extra == 'cli'
Requires-Dist: numpy<3 ; python_version < "3.13"
Requires-Dist: x ; (python_version < "4") and extra == "y"

Name: not a header
Requires-Dist: nothing
"""


def test_all_of_a_distributions_metadata(site: Path) -> None:
    info = install(
        site,
        "llama-factory",
        "0.9.5",
        METADATA=METADATA,
        WHEEL="Wheel-Version: 1.0\nGenerator: uv\nTag: py3-none-any\n",
        INSTALLER="uv\n",
    )
    assert packages.packages(LocalHost(), (str(site),)) == (
        Package(
            name="llama-factory-x",
            version="0.9.5",
            folder=str(info),
            requires=("torch>=2.4", "tyro<0.9.0", 'numpy<3 ; python_version < "3.13"'),
            requires_python=">=3.11",
            installer="uv",
            tag="py3-none-any",
        ),
    )


def test_headers_longer_than_the_first_look(site: Path) -> None:
    many = "".join(f"Requires-Dist: package{n:04} ; extra == 'x'\n" for n in range(900))
    install(site, "big", "1", METADATA=f"Name: big\nVersion: 1\n{many}Requires-Dist: last\n\ntext\n")
    assert packages.packages(LocalHost(), (str(site),))[0].requires == ("last",)


def test_headers_with_windows_line_ends() -> None:
    assert packages.parse_headers("Name: a\r\nVersion: 1\r\n\r\nName: b\r\n") == ("a", "1", "", ())


def test_broken_metadata_is_named_by_its_folder(site: Path) -> None:
    (site / "torch-2.7.0.dist-info").mkdir()
    told = packages.packages(LocalHost(), (str(site),))
    assert [(each.name, each.version, each.has_record) for each in told] == [("torch", "2.7.0", False)]


def test_editable_installs_and_eggs(site: Path, tmp_path: Path) -> None:
    direct = json.dumps({"url": "file:///src", "dir_info": {"editable": True}})
    install(site, "mine", "1", **{"direct_url.json": direct})
    egg = site / "old.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Name: old\nVersion: 3\n")
    (egg / "requires.txt").write_text("six\n\n[dev]\npytest\n")
    checkout = tmp_path / "checkout"
    (checkout / "linked.egg-info").mkdir(parents=True)
    (checkout / "linked.egg-info" / "PKG-INFO").write_text("Name: Linked\nVersion: 5\n")
    (site / "linked.egg-link").write_text(f"{checkout}\n.\n")
    told = packages.packages(LocalHost(), (str(site),))
    assert [(each.name, each.version, each.editable, each.requires) for each in told] == [
        ("linked", "5", True, ()),
        ("mine", "1", True, ()),
        ("old", "3", False, ("six",)),
    ]


def test_duplicates_are_all_kept(site: Path) -> None:
    for version in ("1.26.4", "2.3.0"):
        install(site, "numpy", version)
    told = packages.packages(LocalHost(), (str(site),))
    assert [(each.name, each.version) for each in told] == [("numpy", "1.26.4"), ("numpy", "2.3.0")]


def test_what_broken_installs_leave_behind(site: Path) -> None:
    (site / "~orch").mkdir()
    (site / "~orch-2.7.0.dist-info").mkdir()
    gone = install(site, "transformers", "5.0")
    install(site, "torch", "2.8.0", ("torch/__init__.py",))
    recordless = install(site, "peft", "0.1", ("peft/__init__.py",))
    (recordless / "RECORD").unlink()
    host, folders = LocalHost(), (str(site),)
    assert leftovers(host, folders, packages.packages(host, folders)) == (
        Leftover(str(site / "~orch"), "tilde", "~orch"),
        Leftover(str(site / "~orch-2.7.0.dist-info"), "tilde", "~orch-2.7.0.dist-info"),
        Leftover(str(recordless), "no-record", "peft"),
        Leftover(str(gone), "no-files", "transformers"),
    )


def test_the_marker_of_envdoc(site: Path) -> None:
    prefix = site.parents[2]
    assert target.marker(LocalHost(), str(prefix)).why is Why.ABSENT
    (prefix / ".envdoc").mkdir()
    (prefix / ".envdoc" / "state.json").write_text('{"profile": "rtx50-cu128", "state": "ready"}')
    assert target.marker(LocalHost(), str(prefix)).value == {"profile": "rtx50-cu128", "state": "ready"}
    (prefix / ".envdoc" / "state.json").write_text("[1]")
    assert target.marker(LocalHost(), str(prefix)).why is Why.FAILED


def test_site_folders_of_debian_and_of_a_user() -> None:
    local, shared = "/usr/local/lib/python3.12/dist-packages", "/usr/lib/python3/dist-packages"
    user = "/home/u/.local/lib/python3.12/site-packages"
    files = {f"{folder}/x.py": "" for folder in (local, shared, user, "/usr/lib/python3.12")}
    host = recorded(environ={"HOME": "/home/u"}, files=files)
    assert site_folders(host, "/usr", "3.12") == (user, local, shared)
    assert site_folders(
        recorded(environ={"HOME": "/home/u", "PYTHONNOUSERSITE": "1"}, files=files), "/usr", "3.12"
    ) == (
        local,
        shared,
    )


def test_an_environment_that_sees_its_base() -> None:
    files = {
        "/v/pyvenv.cfg": "home = /opt/py/bin\ninclude-system-site-packages = true\n",
        "/v/lib/python3.12/site-packages/a.py": "",
        "/opt/py/lib/python3.12/site-packages/b.py": "",
    }
    assert site_folders(recorded(files=files), "/v", "3.12") == (
        "/v/lib/python3.12/site-packages",
        "/opt/py/lib/python3.12/site-packages",
    )


def test_our_own_environment_reads_as_importlib_reads_it() -> None:
    """Every distribution that the standard library sees here is seen by us, with the same version."""
    from importlib import metadata

    ours = packages.packages(LocalHost(), tuple(path for path in sys.path if path.endswith("site-packages")))
    theirs = {
        normal(each.metadata["Name"]): each.version
        for each in metadata.distributions()
        if "site-packages" in str(each.locate_file(""))
    }
    assert {each.name: each.version for each in ours} == theirs
