"""The catalogue holds together: files read, languages agree on their placeholders, codes and aliases are unique."""

from __future__ import annotations

import re

import pytest

from envdoc.findings import Language, codes, entry, finding, former, language_of, said, say, text, worded
from envdoc.findings.catalogue import Template, word_files, words
from envdoc.model.facts import Why, missing
from envdoc.model.text import Text, joined

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_HAN = re.compile(r"[一-鿿]")


def _variants(template: Template) -> list[str]:
    return [template] if isinstance(template, str) else template


def _names(template: Template) -> set[str]:
    return {name for each in _variants(template) for name in _PLACEHOLDER.findall(each)}


def _sentences() -> list[tuple[str, str, dict[str, Template]]]:
    of_codes = [(code, name, told) for code in codes() for name, told in entry(code).texts.items()]
    return of_codes + [(file, name, told) for file in sorted(word_files()) for name, told in words(file).items()]


@pytest.mark.parametrize("code", codes())
def test_an_entry_is_whole(code: str) -> None:
    told = entry(code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert "summary" in told.texts
    assert "## " in told.pages["en"]
    assert set(told.pages) <= {"en", "zh"}


def test_languages_have_the_same_placeholders() -> None:
    for page, name, told in _sentences():
        assert set(told) <= {"en", "zh"}, (page, name)
        assert "en" in told, (page, name)
        if "zh" in told:
            assert _names(told["zh"]) == _names(told["en"]), (page, name)


def test_a_chinese_sentence_has_chinese_words() -> None:
    bare = re.compile(r"\{\w+\}|[\W\d_]")
    for page, name, told in _sentences():
        for each in _variants(told.get("zh", [])):
            if len(bare.sub("", each)) > 24:  # long sentences of nothing but names do not exist
                assert _HAN.search(each), (page, name, each)


def test_an_alias_is_no_code_and_stands_once() -> None:
    every = [alias for code in codes() for alias in entry(code).aliases]
    assert len(every) == len(set(every))
    assert not set(every) & set(codes())
    assert set(former()) == set(every)


def test_no_code_is_a_file_of_words() -> None:
    assert not set(codes()) & word_files()


def test_a_sentence_is_english_and_can_be_said_in_chinese() -> None:
    sentence = text("torch-cpu-build", "summary", torch="2.8.0+cpu", gpu=text("torch-cpu-build", "any-gpu"))
    assert sentence == "torch 2.8.0+cpu is a CPU build: it cannot use an NVIDIA GPU"
    assert say(sentence, Language.ZH) == "torch 2.8.0+cpu 是 CPU 版，用不了 NVIDIA GPU"
    assert say("uv says: no", Language.ZH) == "uv says: no"
    both = joined((sentence, "", "and more"), "; ")
    assert isinstance(both, Text)
    assert say(both, Language.ZH) == "torch 2.8.0+cpu 是 CPU 版，用不了 NVIDIA GPU；and more"


def test_a_finding_carries_code_values_and_words() -> None:
    made = finding("torch-cpu-build", torch="2.8.0+cpu", gpu="GPU 0", pick="2.7.1", cuda="cu128", evidence=("", "a"))
    assert made.evidence == ("a",)
    assert made.links == ("https://pytorch.org/get-started/locally/",)
    assert dict(made.values) == {"cuda": "cu128", "gpu": "GPU 0", "pick": "2.7.1", "torch": "2.8.0+cpu"}
    assert said(made, Language.ZH).remediation.text == "安装 CUDA 版；torch 2.7.1（CUDA 运行时 cu128）适合这台机器"


def test_a_missing_value_is_a_bug_not_an_empty_place() -> None:
    with pytest.raises(KeyError):
        text("torch-cpu-build", "summary", torch="2.8.0")


@pytest.mark.parametrize(
    ("wish", "environ", "system", "expected"),
    [
        ("", {}, "", "en"),
        ("zh", {"LANG": "en_US.UTF-8"}, "", "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "", "en"),
        ("", {"LANG": "zh_CN.UTF-8"}, "", "zh"),
        ("", {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "", "en"),
        ("", {"LC_ALL": "", "LANG": "zh_TW"}, "", "zh"),
        ("", {}, "zh-CN", "zh"),
        ("", {"ENVDOC_LANG": "en"}, "zh-CN", "en"),
        ("", {"LANG": "zhx"}, "", "en"),
    ],
)
def test_the_language(wish: str, environ: dict[str, str], system: str, expected: str) -> None:
    assert language_of(wish, environ, system) == expected


_HEADINGS = {
    "What it means": "含义",
    "Why it happens": "原因",
    "How envdoc knows": "envdoc 如何判断",
    "What mends it": "如何修复",
    "When it is harmless": "何时无害",
    "What LLaMA-Factory does": "LLaMA-Factory 的行为",
    "What the release does": "训练程序会怎样",
}


@pytest.mark.parametrize("code", [code for code in codes() if "zh" in entry(code).pages])
def test_a_page_in_chinese_has_the_same_parts_and_commands(code: str) -> None:
    english, chinese = entry(code).pages["en"], entry(code).pages["zh"]
    headings = re.findall(r"^## (.+)$", english, re.MULTILINE)
    assert re.findall(r"^## (.+)$", chinese, re.MULTILINE) == [_HEADINGS[each] for each in headings]
    quoted = re.compile(r"`([^`]+)`")
    assert set(quoted.findall(chinese)) == set(quoted.findall(english))


def test_the_pages_that_users_meet_most_are_in_chinese() -> None:
    assert len([code for code in codes() if "zh" in entry(code).pages]) >= 50


def test_why_a_fact_is_missing_is_said_as_the_fact_says_it() -> None:
    for why in Why:
        for fact in (missing(why), missing(why, "nvml", "no answer")):
            told = fact.reason()
            assert isinstance(told, Text)
            assert text("facts", why.value, told=told.values["told"]) == told
            assert _HAN.search(say(told, Language.ZH))


def test_a_word_of_a_machines_file_is_said_where_it_is_known() -> None:
    assert say(worded("facts", "active virtual environment"), Language.ZH) == "当前激活的虚拟环境"
    assert worded("facts", "--env") == "--env"


def test_a_remedy_that_nobody_wrote_is_a_bug() -> None:
    with pytest.raises(KeyError):
        finding("no-driver", fix="fix-nowhere")
