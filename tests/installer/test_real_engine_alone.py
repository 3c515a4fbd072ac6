"""uv and pip really driven under configurations that would change what is installed or where; and with hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from loopback import Index
from test_real_loopback import ENGINES, index, plan_of, pytorch, run

from envdoc.installer.dists import versions
from envdoc.model.plan import InstallPackages, Plan, Prove
from envdoc.model.resolution import SourceLayout
from envdoc.model.value import replace

pytestmark = pytest.mark.real
assert index

UV = {
    "require-hashes": "[pip]\nrequire-hashes = true\n",
    "no-deps": "[pip]\nno-deps = true\n",
    "target": '[pip]\ntarget = "{out}"\n',
    "prefix": '[pip]\nprefix = "{out}"\n',
    "reinstall": "reinstall = true\n[pip]\nreinstall = true\n",
    "constraint": 'constraint-dependencies = ["numpy<2"]\n',
    "override": 'override-dependencies = ["numpy==2.3.0"]\n',
    "exclude-newer": 'exclude-newer = "2001-01-01T00:00:00Z"\n',
    "no-index": "no-index = true\n[pip]\nno-index = true\n",
    "only-binary": "no-binary = true\n",
    "another index": '[[index]]\nname = "x"\nurl = "{url}"\n',
    "torch-backend": '[pip]\ntorch-backend = "cpu"\n',
    "broken": "this is no toml [",
}
PIP = {
    "target": "[install]\ntarget = {out}\n",
    "prefix": "[install]\nprefix = {out}\n",
    "root": "[install]\nroot = {out}\n",
    "constraint": "[install]\nconstraint = {out}.txt\n",
    "no-deps": "[install]\nno-deps = true\n",
    "require-hashes": "[install]\nrequire-hashes = true\n",
    "user": "[install]\nuser = true\n",
    "no-index": "[global]\nno-index = true\n",
    "extra-index": "[global]\nextra-index-url = {url}\n",
    "dry-run": "[install]\ndry-run = true\n",
    "broken": "no section\n",
}


@pytest.mark.parametrize(("engine", "name"), [*(("uv", name) for name in UV), *(("pip", name) for name in PIP)])
def test_the_users_configuration_changes_nothing(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch, engine: str, name: str
) -> None:
    out = tmp_path / "elsewhere"
    (tmp_path / "elsewhere.txt").write_text("numpy<2\n")
    home = tmp_path / "home"
    for place, file, text in (("uv", "uv.toml", UV.get(name, "")), ("pip", "pip.conf", PIP.get(name, ""))):
        (home / place).mkdir(parents=True)
        (home / place / file).write_text(text.replace("{out}", str(out)).replace("{url}", index.url("cu126")))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    plan = plan_of(tmp_path / "env", index, pytorch(index, SourceLayout.INDEX))
    result = run(plan, engine, tmp_path)
    assert result.findings == ()
    found = versions(next((tmp_path / "env").glob("lib/python*/site-packages")))
    found.pop("pip", None), found.pop("setuptools", None)
    assert found == {"torch": "2.7.1+cu128", "numpy": "2.2.6", "nvidia-x": "9", "trl": "1.0"}
    assert not out.exists()


def hashed(plan: Plan, index: Index, *, wrong: str = "", unknown: str = "") -> Plan:
    """The plan with the hashes of what the index has; of `wrong` another one, of `unknown` none."""
    hashes = {}
    for each in index.shelves["pypi"].values():
        name, version = each.name.split("-")[:2]
        pin = f"{name.replace('_', '-')}=={version}"
        digest = hashlib.sha256(each.content).hexdigest() if name != wrong else "0" * 64
        if name not in ("torch", unknown):
            hashes[pin] = (f"sha256:{digest}",)
    steps = tuple(
        replace(step, hashes=hashes, hashed_only=step.id != "torch") if isinstance(step, InstallPackages) else step
        for step in plan.steps
    )
    return Plan(plan.environment, plan.profile, steps)


@pytest.mark.parametrize("engine", ENGINES)
def test_hashes_are_checked_and_torch_needs_none(tmp_path: Path, index: Index, engine: str) -> None:
    plan = hashed(plan_of(tmp_path / "env", index, pytorch(index, SourceLayout.INDEX)), index)
    result = run(plan, engine, tmp_path)
    assert result.findings == ()
    assert result.usable


@pytest.mark.parametrize(("engine", "name"), [("uv", "numpy"), ("uv", "trl"), ("pip", "trl")])
def test_a_file_with_another_hash_is_refused(tmp_path: Path, index: Index, engine: str, name: str) -> None:
    plan = hashed(plan_of(tmp_path / "env", index, pytorch(index, SourceLayout.INDEX)), index, wrong=name)
    result = run(plan, engine, tmp_path)
    assert not result.usable
    assert [finding.code for finding in result.findings] == ["pip-hash-mismatch"]
    assert name not in versions(next((tmp_path / "env").glob("lib/python*/site-packages")))


@pytest.mark.parametrize("engine", ENGINES)
def test_after_torch_nothing_comes_in_without_a_hash(tmp_path: Path, index: Index, engine: str) -> None:
    plan = hashed(plan_of(tmp_path / "env", index, pytorch(index, SourceLayout.INDEX)), index, unknown="trl")
    result = run(plan, engine, tmp_path)
    assert not result.usable
    assert "trl" not in versions(next((tmp_path / "env").glob("lib/python*/site-packages")))
    steps = [step for step in plan.steps if not isinstance(step, Prove)]
    assert any(isinstance(step, InstallPackages) and step.hashed_only for step in steps)
