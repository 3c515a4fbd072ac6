"""The one masker: planted secrets go, look-alikes stay, the shape is kept, and doing it twice changes nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from look_alikes import look_alikes
from secret_forms import Planted, planted

from envdoc.rules.masks import LineMasker, is_secret_name, mask, mask_data, masked, without_credentials

EVERY = tuple(planted(seed=20261126))
FORMS = {tuple(each.form.split(" | ")[:3]) for each in EVERY}
SAMPLE = EVERY[:: max(1, len(EVERY) // 4000)]


def leaks(told: str, secret: str) -> bool:
    """Whether the secret, or most of it, is still there."""
    return secret in told or (len(secret) > 12 and (secret[:-4] in told or secret[4:] in told))


def test_there_are_enough_forms_and_look_alikes() -> None:
    assert len(FORMS) >= 300
    assert len(look_alikes()) >= 300


def test_no_planted_secret_survives() -> None:
    survived = [each.form for each in SAMPLE if leaks(mask(each.text), each.secret)]
    assert survived == []


def test_one_of_each_form_survives_nothing_and_is_counted() -> None:
    """Each form with each name, with a kind that changes from form to form."""
    firsts: dict[tuple[str, ...], Planted] = {}
    for number, each in enumerate(EVERY):
        key = tuple(each.form.split(" | ")[:3])
        if key not in firsts or number % 7 == 0:
            firsts[key] = each
    for each in firsts.values():
        told = masked(each.text)
        assert not leaks(told.text, each.secret), each.form
        assert told.count >= 1
        assert "***" in told.text
        assert mask(told.text) == told.text, each.form


@pytest.mark.parametrize("line", look_alikes())
def test_look_alikes_stay(line: str) -> None:
    assert mask(line) == line


def test_look_alikes_stay_together() -> None:
    text = "\n".join(look_alikes())
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("HF_TOKEN => abcdef1", "HF_TOKEN => ***"),
        ('{"token": "abcdef12", "n": 1}', '{"token": "***", "n": 1}'),
        (
            "AccountName=x;AccountKey=Zm9vYmFy1==;EndpointSuffix=core",
            "AccountName=x;AccountKey=***;EndpointSuffix=core",
        ),
        ("curl -u alice:hunter2 https://h.example", "curl -u alice:*** https://h.example"),
        ("https://u:p@ss@h.example/simple", "https://***@h.example/simple"),
        ("https://h.example/x?auth_token=abc&v=1", "https://h.example/x?auth_token=***&v=1"),
        ("Authorization: Bearer abc.def-ghi1", "Authorization: Bearer ***"),
        ("mysql -u root -phunter2 db", "mysql -u root -p*** db"),
        ("wandb: api key 0123456789abcdef0123456789abcdef01234567", "wandb: api key ***"),
        ("machine h login me password hunter2", "machine h login me password ***"),
        ("password: correct horse battery", "password: ***"),
        ("the password is hunter2.", "the password is ***."),
        ("f(token='abcdefg1', seed=1)", "f(token='***', seed=1)"),
        (
            "a/unzip -P hunter2 a.zip: no (a/unzip -P hunter3 a.zip)",
            "a/unzip -P *** a.zip: no (a/unzip -P *** a.zip)",
        ),
        ("docker login -u me -p hunter2 r.example", "docker login -u me -p *** r.example"),
        ("[redis]\nrequirepass = hunter2\nport = 6379", "[redis]\nrequirepass = ***\nport = 6379"),
    ],
)
def test_the_shape_stays(text: str, told: str) -> None:
    assert mask(text) == told


def test_a_private_key_over_many_lines_of_a_log() -> None:
    lines = [
        "start",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "b3BlbnNzaC1rZXktdjEAAAAA",
        "AAAAB",
        "-----END OPENSSH PRIVATE KEY-----",
        "end",
    ]
    masker = LineMasker()
    told = [masker.line(line) for line in lines]
    assert told == ["start", "***", "***", "***", "***", "end"]
    assert masker.count == 1


def test_a_value_that_the_line_before_named() -> None:
    masker = LineMasker()
    lines = [
        "env:",
        "- name: HF_TOKEN",
        "  value: abcdef1",
        "- name: HF_HOME",
        "  value: /x",
        "password: |",
        "  correct",
        "  horse",
        "next: 1",
    ]
    told = [masker.line(line) for line in lines]
    assert told == [*lines[:2], "  value: ***", *lines[3:6], "***", "***", "next: 1"]


def test_data_is_masked_by_the_names_of_its_strings() -> None:
    data = {
        "env": {"HF_TOKEN": "abc", "HF_HOME": "/x"},
        "log": ["password=hunter2"],
        "eos_token": "<|im_end|>",
        "n": 1.5,
    }
    told = mask_data(data)
    assert told == {
        "env": {"HF_TOKEN": "***", "HF_HOME": "/x"},
        "log": ["password=***"],
        "eos_token": "<|im_end|>",
        "n": 1.5,
    }


def test_urls_alone() -> None:
    assert without_credentials("https://a:b@h.example/x?sig=1234&v=2") == "https://***@h.example/x?sig=***&v=2"
    assert without_credentials("password=hunter2") == "password=hunter2"


@pytest.mark.parametrize(
    "name",
    ["HF_TOKEN", "apiKey", "X-Api-Key", "AccountKey", "PGPASSWORD", "db_pass", "GITHUB_PAT", "aws_secret_access_key"],
)
def test_names_that_hold_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "eos_token",
        "max_tokens",
        "tokenizer",
        "key_proj",
        "TOKENIZERS_PARALLELISM",
        "KEYBOARD",
        "PWD",
        "PRIMARY_KEY",
        "monkey",
        "bypass",
        "key",
    ],
)
def test_names_that_hold_none(name: str) -> None:
    assert not is_secret_name(name)


@given(
    st.text(alphabet=st.sampled_from("abAB01:=@/?&\"'{}<> \n-._*+|;,") | st.characters(codec="utf-8"), max_size=120)
)
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize(
    "piece",
    ["token", "a.", "key=", "password: ", "https://a:", "-----BEGIN ", "x" * 50 + "token", '"\\', "aa=", "@a", "-p "],
)
def test_time_is_linear(piece: str) -> None:
    """Hostile lines: eight times the length may take some ten times as long, and never minutes."""

    def seconds(count: int) -> float:
        began = time.process_time()
        mask(piece * count)
        return time.process_time() - began

    small = max(min(seconds(400), seconds(400)), 0.01)
    assert seconds(3200) < small * 40
