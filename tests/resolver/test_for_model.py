"""`envdoc resolve --for-model`: the model as an input of the decision, against what the releases' own wheels have.

`models_recorded.json` is written by tools/refresh_models.py: which of thirty model types each transformers release
knows, and which template each LLaMA-Factory release has for some models.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.knowledge import tunables
from envdoc.knowledge.tables import load
from envdoc.model.machine import System
from envdoc.model.resolution import Wish
from envdoc.model.specifiers import allows
from envdoc.model.tunable import Answer, ModelSeen
from envdoc.model.value import replace
from envdoc.resolver import modelneeds
from envdoc.rules import quoting
from envdoc.workflow import install
from envdoc.workflow.resolve import Resolved, resolve
from envdoc.workflow.wishes import InstallWish, MachineWish, WhatIf, wish

RECORD = json.loads(Path(__file__).with_name("models_recorded.json").read_text(encoding="utf-8"))
TABLES = tunables.load()
RTX30 = WhatIf(("RTX 3090",), driver="580.65.06", system="linux")


@pytest.mark.parametrize("kind", RECORD["types"])
def test_the_first_transformers_release_is_that_of_the_wheels(kind: str) -> None:
    having = [release for release, kinds in RECORD["transformers"].items() if kind in kinds]
    fact = modelneeds.of_type(kind, TABLES)
    assert fact is not None
    assert fact.first == having[0]
    (need,) = modelneeds.needs(ModelSeen("", model_type=kind), TABLES)
    for release in RECORD["transformers"]:  # the bound lets in exactly the releases that have it
        assert allows(need.bound, release) is (release in having), release


def test_thirty_types_were_recorded() -> None:
    assert len(RECORD["types"]) == 30


@pytest.mark.parametrize("name", RECORD["names"])
def test_the_template_and_its_first_release_are_those_of_the_wheels(name: str) -> None:
    told = [
        (release, models[name])
        for release, models in ((r, each["models"]) for r, each in RECORD["llamafactory"].items())
        if name in models
    ]
    fact = modelneeds.of_template(ModelSeen(name), TABLES)
    if not told:  # the hub calls it by another name now
        assert fact is None or fact.listed != name
        return
    assert fact is not None
    assert (fact.name, fact.since) == (told[-1][1], told[0][0])
    having = [release for release, each in RECORD["llamafactory"].items() if fact.name in each["templates"]]
    assert list(fact.releases) == having


def model(folder: Path, **config: Any) -> str:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    return str(folder)


def resolved(name: str, what_if: WhatIf = RTX30, wish: Wish | None = None, **more: Any) -> Resolved:
    return resolve(
        LocalHost({"HOME": "/nowhere", "HF_HOME": "/nowhere"}),
        MachineWish(),
        replace(wish or Wish(), model=name),
        what_if,
        **more,
    )


def answers(told: Resolved) -> list[tuple[str, str]]:
    assert told.model is not None
    return [(line.part.value, line.answer.value) for line in told.model.lines]


def codes(told: Resolved) -> list[str]:
    return [finding.code for finding in told.resolution.findings]


def test_a_model_that_the_profile_serves_changes_nothing(tmp_path: Path) -> None:
    told = resolved(model(tmp_path / "Qwen3-8B", model_type="qwen3"))
    plain = resolve(LocalHost(), MachineWish(), Wish(), RTX30)
    assert told.resolution.packages == plain.resolution.packages
    assert answers(told) == [("transformers", "yes"), ("template", "yes"), ("template", "yes")]
    assert codes(told) == []
    assert told.model is not None
    assert (told.model.transformers, told.model.template, told.model.llamafactory) == ("4.51.0", "qwen3", "0.9.3")


def test_a_model_that_is_newer_than_the_trainer_is_refused_with_the_change_that_helps(tmp_path: Path) -> None:
    name = model(tmp_path / "new", model_type="granite_docling")
    told = resolved(name)
    assert not told.resolution.fits
    assert codes(told) == ["model-needs-other", "model-not-checked"]
    assert "needs transformers >=5.23.0" in told.resolution.findings[0].evidence[0]
    assert [each.change for each in told.resolution.openers] == ["`--without llamafactory`"]
    asked = ("--for-model", name, "--without", "llamafactory")
    imagined = ("--gpu", "RTX 3090", "--driver", "580.65.06", "--os", "linux")
    line = ("envdoc", "resolve", "--profile", "auto", *asked, *imagined)
    here = System.WINDOWS if sys.platform == "win32" else System.LINUX  # where who reads it runs it
    assert set(quoting.command(*line, system=here)) <= set(told.resolution.findings[0].remediation.commands)
    helped = resolved(name, wish=Wish(without_components=("llamafactory",)))
    assert helped.resolution.fits
    assert helped.resolution.packages["transformers"].version == "5.23.0"


def test_a_template_that_newer_releases_dropped_takes_an_older_release(tmp_path: Path) -> None:
    told = resolved(model(tmp_path / "mine", model_type="qwen2", _name_or_path="baichuan-inc/Baichuan2-7B-Chat"))
    assert told.resolution.packages["llamafactory"].version == "0.9.4"
    assert answers(told) == [("transformers", "yes"), ("template", "yes"), ("template", "yes")]


def test_quantization_that_the_gpu_cannot_compute_is_refused(tmp_path: Path) -> None:
    name = model(tmp_path / "awq", model_type="qwen2", quantization_config={"quant_method": "awq", "bits": 4})
    told = resolved(name, WhatIf(("GTX 1080 Ti",), driver="550.54", system="linux"))
    assert codes(told)[0] == "model-needs-other"
    assert "compute capability 7.5 or newer; GPU 0 (GTX 1080 Ti) has 6.1" in told.resolution.findings[0].evidence[0]
    fine = resolved(name)
    assert fine.resolution.fits
    assert answers(fine)[-2:] == [("quantization", "not-checked")] * 2
    assert "model-not-checked" in codes(fine)


def test_bitsandbytes_is_judged_by_what_the_profile_pins(tmp_path: Path) -> None:
    config = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    told = resolved(model(tmp_path / "bnb", model_type="llama", quantization_config=config))
    assert answers(told)[-1] == ("quantization", "yes")


def test_fp8_needs_nothing_for_it_is_widened(tmp_path: Path) -> None:
    config = {"quant_method": "fp8"}
    told = resolved(model(tmp_path / "fp8", model_type="deepseek_v3", quantization_config=config))
    assert answers(told)[-1] == ("quantization", "yes")
    assert told.resolution.fits


def test_a_type_that_nobody_has_is_an_error_and_code_of_its_own_is_named_not_run(tmp_path: Path) -> None:
    told = resolved(model(tmp_path / "a", model_type="quen2"))
    assert codes(told)[0] == "model-type-unknown"
    own = {"AutoConfig": "configuration_mine.MineConfig"}
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "configuration_mine.py").write_text("raise SystemExit('it was run')")
    (tmp_path / "b" / "config.json").write_text(json.dumps({"model_type": "mine", "auto_map": own}))
    told = resolved(str(tmp_path / "b"))
    assert codes(told) == ["train-model-code", "model-not-checked"]


def test_a_hub_name_without_network_is_known_by_its_name_alone() -> None:
    told = resolved("Qwen/Qwen2.5-7B-Instruct")
    assert answers(told) == [("transformers", "not-checked"), ("template", "yes")]
    assert told.resolution.findings[0].code == "model-not-checked"
    assert "`--online`" in told.resolution.findings[0].evidence[0]
    unknown = resolved("nobody/Nothing-7B")
    assert answers(unknown) == [("transformers", "not-checked"), ("template", "not-checked")]


def test_the_hub_s_cache_is_looked_into(tmp_path: Path) -> None:
    commit = tmp_path / "hub" / "models--nobody--Nothing-7B" / "snapshots" / "0123abcd"
    commit.mkdir(parents=True)
    (commit / "config.json").write_text('{"model_type": "qwen3"}')
    host = LocalHost({"HOME": str(tmp_path), "HF_HOME": str(tmp_path)})
    told = resolve(host, MachineWish(), Wish(model="nobody/Nothing-7B"), WhatIf(("RTX 3090",), driver="580.65.06"))
    assert told.model is not None
    assert told.model.seen.in_cache
    assert told.model.transformers == "4.51.0"


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"model_type": 7}', "{}"])
def test_a_broken_config_is_not_checked_and_the_rest_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    told = resolved(str(tmp_path))
    assert told.resolution.fits
    assert answers(told)[0] == ("transformers", "not-checked")


def test_a_path_that_is_not_there_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        resolved("./not/there/at-all")


def test_every_row_of_the_trainer_s_bounds_is_used() -> None:
    stacks = load().stacks
    assert modelneeds.trainers(ModelSeen("", model_type="qwen3"), TABLES, stacks) == ("0.9.3", "0.9.4", "0.9.5")
    assert modelneeds.trainers(ModelSeen("", model_type="granite_docling"), TABLES, stacks) == ()
    assert modelneeds.trainers(ModelSeen("", model_type="bert"), TABLES, stacks) is None


def test_the_bare_answer_says_no_where_nothing_was_chosen(tmp_path: Path) -> None:
    told = resolved(model(tmp_path / "x", model_type="granite_docling"))
    assert ("template", Answer.NO.value) in answers(told)


@pytest.mark.real
@pytest.mark.parametrize(
    ("kind", "before", "first"),
    [("qwen3", "4.50.3", "4.51.0"), ("smollm3", "4.52.4", "4.53.0"), ("qwen3_5", "5.1.0", "5.2.0")],
)
def test_a_type_s_folder_comes_with_its_first_release(tmp_path: Path, kind: str, before: str, first: str) -> None:
    """Another way than the table's: the folder of its code in the wheel."""
    fact = modelneeds.of_type(kind, TABLES)
    assert fact is not None
    assert fact.first == first
    for release, there in ((before, False), (first, True)):
        line = [
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--no-cache-dir",
            "-d",
            str(tmp_path),
            f"transformers=={release}",
        ]
        subprocess.run([sys.executable, "-m", *line], check=True)
        with zipfile.ZipFile(tmp_path / f"transformers-{release}-py3-none-any.whl") as wheel:
            assert (f"transformers/models/{kind}/__init__.py" in wheel.namelist()) is there


def test_install_heeds_the_model_as_resolve_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = install.source_states
    monkeypatch.setattr(install, "source_states", lambda host, mirrors, **_: states(host, mirrors, online=False))
    host = LocalHost({"HOME": "/nowhere", "HF_HOME": "/nowhere"})
    asked = Wish("cpu", model=model(tmp_path / "new", model_type="granite_docling"))
    refused = install.prepare(host, InstallWish(asked, str(tmp_path / "env"))).resolved
    assert refused.plan is None
    assert codes(refused) == codes(resolve(host, MachineWish(), asked, WhatIf()))
    known = replace(asked, model=model(tmp_path / "known", model_type="qwen2"))
    answered = install.prepare(host, InstallWish(known, str(tmp_path / "env"))).resolved
    assert answered.plan is not None
    assert answered.model is not None


def test_a_model_without_a_name_is_none() -> None:
    with pytest.raises(UsageError, match="names no model"):
        wish("cpu", None, None, None, None, None, model="")
