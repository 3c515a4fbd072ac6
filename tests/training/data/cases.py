"""Planted data sets: each format right, and with each mistake. Read by envdoc's tests and by the real loader alike.

A case is a file and its entry. `codes` are what envdoc must find (severity info left out). `shows` and `hides` are
texts that must, or must not, stand in what the real LLaMA-Factory trains on: the proof of a silent change.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Case:
    id: str
    data: Any  # records; or the file's text or bytes
    entry: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    file: str = "data.json"
    shows: str = ""
    hides: str = ""
    stage: str = ""
    more: dict[str, bytes] = field(default_factory=dict)  # further files
    info: bytes | None = None  # a whole dataset_info.json instead of the entry
    template: str = "default"

    @property
    def real_stage(self) -> str:
        if self.stage:
            return self.stage
        columns = self.entry.get("columns", {})
        if self.entry.get("ranking"):
            return "rm"
        if "kto_tag" in columns:
            return "kto"
        plain = columns and "response" not in columns and self.entry.get("formatting", "alpaca") == "alpaca"
        return "pt" if plain else "sft"

    def write(self, folder: Path) -> None:
        """The data folder of this case."""
        for name, content in self.more.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        if self.file:
            _write(folder / self.file, self.data)
        target = self.file.split("/")[0]
        info = self.info if self.info is not None else json.dumps({"x": {"file_name": target, **self.entry}}).encode()
        (folder / "dataset_info.json").write_bytes(info)


def _write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, (str, bytes)):
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in data), encoding="utf-8")
    elif path.suffix in (".parquet", ".arrow"):
        _write_table(path, data)
    else:
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_table(path: Path, data: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(data)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


# alpaca -------------------------------------------------------------------------------------------------------------


def a(**more: Any) -> dict[str, Any]:
    return {"instruction": "Say it", "input": "now", "output": "It is said", **more}


def lacking(*names: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in a(**more).items() if key not in names}


ALPACA = {"prompt": "instruction", "query": "input", "response": "output"}
PAIRS = {
    "ranking": True,
    "columns": {"prompt": "instruction", "query": "input", "chosen": "chosen", "rejected": "rejected"},
}
KTO = {"columns": {**ALPACA, "kto_tag": "kto_tag"}}
TOOLS = json.dumps([{"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}])


def cols(**more: str) -> dict[str, Any]:
    return {"columns": {**ALPACA, **more}}


def p(**more: Any) -> dict[str, Any]:
    return {"instruction": "Say it", "input": "", "chosen": "good", "rejected": "bad", **more}


def k(**more: Any) -> dict[str, Any]:
    return {**a(), "kto_tag": True, **more}


_K = [k(), k(kto_tag=False), k()]
_HISTORY = [["old question", "old answer"], ["older question", "older answer"]]

_ALPACA = [
    Case("alpaca-right", [a(), a()]),
    Case(
        "alpaca-right-columns",
        [a(system="Be kind", history=_HISTORY), a(system=None)],
        cols(system="system", history="history"),
        shows="old answer",
    ),
    Case(
        "alpaca-right-no-input-mapped",
        [lacking("input"), lacking("input")],
        {"columns": {"prompt": "instruction", "response": "output"}},
    ),
    Case("alpaca-right-some-input", [a(), lacking("input")]),
    Case("alpaca-right-empty-input", [a(input=""), a(input=None)]),
    Case("alpaca-right-tools", [a(tools=TOOLS), a(tools="")], cols(tools="tools")),
    Case("alpaca-no-input-at-all", [lacking("input"), lacking("input")], {}, ("data-column-missing",)),
    Case("alpaca-no-output-at-all", [lacking("output"), lacking("output")], {}, ("data-column-missing",)),
    Case("alpaca-answer-null", [a(), a(output=None), a()], {}, ("data-no-answer",)),
    Case("alpaca-answer-absent", [a(), lacking("output"), a()], {}, ("data-no-answer",)),
    Case("alpaca-answers-numbers", [a(output=1), a(output=2)], {}, ("data-all-dropped", "data-no-answer")),
    Case("alpaca-answers-lists", [a(output=["x"]), a(output=["y"])], {}, ("data-all-dropped", "data-no-answer")),
    Case("alpaca-answers-digits", [a(output="1"), a(output="2")]),
    Case("alpaca-answer-mixed", [a(), a(output=5)], {}, ("data-column-types", "data-no-answer")),
    Case("alpaca-answer-mixed-list", [a(), a(output=["x"])], {}, ("data-column-types", "data-no-answer")),
    Case("alpaca-answer-empty", [a(), a(output="")], {}, ("data-empty-answer",), shows="It is said"),
    Case("alpaca-prompt-empty", [a(), a(instruction="", input="")], {}, ("data-empty-prompt",)),
    Case("alpaca-prompt-null", [a(), a(instruction=None, input=None)], {}, ("data-empty-prompt",)),
    Case("alpaca-prompt-list", [a(instruction=["a"]), a(instruction=["b"])], {}, ("data-text-type",)),
    Case("alpaca-prompt-number", [a(instruction=1), a(instruction=2)], {}, ("data-text-type",)),
    Case("alpaca-history-flat", [a(history=["q", "a"])], cols(history="history"), ("data-history-shape",)),
    Case("alpaca-history-triple", [a(history=[["q", "a", "x"]])], cols(history="history"), ("data-history-shape",)),
    Case("alpaca-history-single", [a(history=[["q"]])], cols(history="history"), ("data-history-shape",)),
    Case(
        "alpaca-history-null-answer",
        [a(history=[["q", None], ["q", "a"]])],
        cols(history="history"),
        ("data-text-type",),
    ),
    Case(
        "alpaca-history-text",
        [a(history="q: a"), a(history="x")],
        cols(history="history"),
        ("data-history-ignored",),
        hides="q: a",
    ),
    Case("alpaca-history-unmapped", [a(history=_HISTORY)], cols(), ("data-column-unused",), hides="old answer"),
    Case("alpaca-system-unmapped", [a(system="Be kind")], {}, ("data-column-unused",), hides="Be kind"),
    Case("alpaca-system-number", [a(system=3), a(system=4)], cols(system="system"), ("data-text-type",)),
    Case("alpaca-tools-no-json", [a(tools="[{"), a(tools="")], cols(tools="tools"), ("data-tools-json",)),
    Case("alpaca-tools-object", [a(tools='{"name": "f"}')], cols(tools="tools"), ("data-tools-json",)),
    Case("alpaca-tools-list", [a(tools=[{"name": "f"}])], cols(tools="tools"), ("data-tools-json",)),
    Case("alpaca-sign-unmapped", [a(instruction="What is <image>?")], {}, ("data-media-unmapped",), shows="<image>"),
]

_PLAIN = [
    Case("plain-right", [{"text": "one"}, {"text": "two"}], {"columns": {"prompt": "text"}}),
    Case("plain-right-txt", "one\n\ntwo\n", {"columns": {"prompt": "text"}}, file="data.txt"),
    Case("plain-right-texts", ["one", "two"], {"columns": {"prompt": "text"}}),
    Case("plain-right-extra", [{"text": "one", "url": "u"}], {"columns": {"prompt": "text"}}, file="data.jsonl"),
    Case("plain-column", [{"content": "one"}], {"columns": {"prompt": "text"}}, ("data-column-missing",)),
    Case("plain-number", [{"text": 1}, {"text": 2}], {"columns": {"prompt": "text"}}, ("data-text-type",)),
    Case(
        "plain-bom-txt",
        b"\xef\xbb\xbfone\ntwo\n",
        {"columns": {"prompt": "text"}},
        ("data-bom-text",),
        file="data.txt",
        shows="\ufeff",
    ),
    Case(
        "plain-gbk-txt",
        "一二三\n四五六\n".encode("gbk"),
        {"columns": {"prompt": "text"}},
        ("data-encoding",),
        file="data.txt",
    ),
    Case("plain-empty-txt", b"", {"columns": {"prompt": "text"}}, ("data-file-empty",), file="data.txt"),
]

_PAIRS = [
    Case("pair-right", [p(), p()], PAIRS),
    Case("pair-null", [p(), p(rejected=None)], PAIRS, ("data-pair-missing",)),
    Case("pair-absent", [p(), {"instruction": "x", "input": "", "chosen": "y"}], PAIRS, ("data-pair-missing",)),
    Case("pair-lists", [p(chosen=["a"], rejected=["b"])], PAIRS, ("data-all-dropped", "data-pair-missing")),
    Case("pair-equal", [p(), p(rejected="good")], PAIRS, ("data-pair-equal",)),
    Case("pair-empty", [p(), p(chosen="")], PAIRS, ("data-empty-answer",)),
    Case("pair-no-column", [{"instruction": "x", "input": "", "chosen": "y"}], PAIRS, ("data-column-missing",)),
    Case(
        "pair-unmapped",
        [p()],
        {"ranking": True, "columns": {"prompt": "instruction", "chosen": "chosen"}},
        ("data-columns-lost",),
    ),
    Case("pair-text-flag", [p(), p()], {**PAIRS, "ranking": "true"}, ("data-entry-text-flag",), stage="rm"),
]

_KTO = [
    Case("kto-right", _K, KTO),
    Case("kto-text", [*_K, k(kto_tag=None)], KTO, ("data-kto-tag",)),
    Case("kto-texts", [k(kto_tag="true"), k(kto_tag="false")], KTO, ("data-all-dropped", "data-kto-tag")),
    Case("kto-numbers", [k(kto_tag=1), k(kto_tag=0)], KTO, ("data-all-dropped", "data-kto-tag")),
    Case("kto-mixed", [*_K, k(kto_tag="true")], KTO, ("data-column-types", "data-kto-tag")),
    Case(
        "kto-flip",
        [*_K, k(output="", instruction="flipped")],
        KTO,
        ("data-kto-flip",),
        shows="'kto_tag': False, 'text': 'Human: flipped",
    ),
    Case("kto-empty-false", [*_K, k(output="", kto_tag=False)], KTO, ("data-empty-answer",)),
    Case("kto-one-kind", [k(), k()], KTO, ("data-kto-one-kind",)),
    Case("kto-no-response", _K, {"columns": {"prompt": "instruction", "kto_tag": "kto_tag"}}, ("data-columns-lost",)),
    Case("kto-answer-null", [*_K, k(output=None, kto_tag=False)], KTO, ("data-text-type",)),
]

# media --------------------------------------------------------------------------------------------------------------

_PIC = {"pics/1.png": PNG}


def image(*files: str, text: str = "What is <image>?", **more: Any) -> dict[str, Any]:
    return a(instruction=text, images=list(files), **more)


def _media(name: str, data: Any, codes: tuple[str, ...] = (), **more: Any) -> Case:
    return Case(name, data, cols(images="images"), codes, more=_PIC, template="qwen2_vl", **more)


_MEDIA = [
    _media("image-right", [image("pics/1.png"), a(images=[])]),
    _media("image-right-two", [image("pics/1.png", "pics/1.png", text="<image><image>which?")]),
    _media("image-right-single-text", [a(instruction="<image>", images="pics/1.png")]),
    _media("image-in-answer", [image("pics/1.png", text="draw", output="here: <image>")]),
    _media("image-too-few", [image("pics/1.png"), image(text="<image>")], ("data-media-count",)),
    _media("image-too-many", [image("pics/1.png", "pics/1.png")], ("data-media-count",)),
    _media("image-no-sign", [image("pics/1.png", text="what?")], ("data-media-count",)),
    _media("image-case", [image("pics/1.png", text="<Image>")], ("data-media-count",)),
    _media("image-missing", [image("pics/2.png")], ("data-media-missing",)),
    _media("image-no-column", [a(instruction="<image>")], ("data-column-missing",)),
    Case(
        "video-missing",
        [a(instruction="<video>", videos=["v.mp4"])],
        cols(videos="videos"),
        ("data-media-missing",),
        template="qwen2_vl",
    ),
    Case(
        "video-count",
        [a(instruction="none", videos=["v.mp4"])],
        cols(videos="videos"),
        ("data-media-count", "data-media-missing"),
        template="qwen2_vl",
    ),
    Case(
        "audio-count",
        [a(instruction="<audio><audio>", audios=["a.wav"])],
        cols(audios="audios"),
        ("data-media-count",),
        more={"a.wav": b"RIFF"},
        template="qwen2_audio",
    ),
    Case(
        "audio-right",
        [a(instruction="<audio>", audios=["a.wav"])],
        cols(audios="audios"),
        more={"a.wav": b"RIFF"},
        template="qwen2_audio",
    ),
]

# sharegpt -----------------------------------------------------------------------------------------------------------

SG = {"formatting": "sharegpt"}
CHAT = [("human", "Hello"), ("gpt", "Hi there")]
CALL = '{"name": "f", "arguments": {"x": 1}}'


def s(*turns: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    return {"conversations": [{"from": role, "value": text} for role, text in turns or CHAT], **more}


def sg(**more: Any) -> dict[str, Any]:
    return {**SG, "columns": {"messages": "conversations", **more}}


SGPAIR = {**SG, "ranking": True, "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"}}


def sp(*turns: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    good, bad = {"from": "gpt", "value": "good"}, {"from": "gpt", "value": "bad"}
    return {**s(*(turns or CHAT[:1])), "chosen": good, "rejected": bad, **more}


_TOOL_CHAT = [("human", "Do"), ("function_call", CALL), ("observation", '{"y": 2}'), ("gpt", "Done")]

_SHAREGPT = [
    Case("sharegpt-right", [s(), s(*CHAT, *CHAT)], SG),
    Case("sharegpt-right-system", [s(("system", "Be kind"), *CHAT)], SG, shows="Be kind"),
    Case("sharegpt-right-system-column", [s(system="Be kind"), s(system=None)], sg(system="system"), shows="Be kind"),
    Case("sharegpt-right-tools", [s(*_TOOL_CHAT, tools=TOOLS), s(tools="")], sg(tools="tools")),
    Case(
        "sharegpt-right-calls",
        [s(("human", "Do"), ("function_call", f"[{CALL}, {CALL}]"), ("observation", "2"), ("gpt", "Done"))],
        SG,
    ),
    Case(
        "sharegpt-right-thought",
        [
            s(
                ("human", "Do"),
                ("function_call", f"<think>\nhm\n</think>\n\n{CALL}"),
                ("observation", "2"),
                ("gpt", "Done"),
            )
        ],
        SG,
    ),
    Case("sharegpt-order", [s(), s(("gpt", "Hi"), ("human", "Hello"))], SG, ("data-turn-order",)),
    Case(
        "sharegpt-two-humans",
        [s(), s(("human", "a"), ("human", "b"), ("gpt", "c"), ("gpt", "d"))],
        SG,
        ("data-turn-order",),
    ),
    Case("sharegpt-late-system", [s(), s(*CHAT, ("system", "Be kind"), ("gpt", "ok"))], SG, ("data-turn-order",)),
    Case("sharegpt-odd", [s(), s(*CHAT, ("human", "and?"))], SG, ("data-turn-count",)),
    Case("sharegpt-only-human", [s(), s(("human", "Hello"))], SG, ("data-turn-count",)),
    Case("sharegpt-no-turns", [s(), {"conversations": []}], SG, ("data-turns-empty",)),
    Case("sharegpt-only-system", [s(), s(("system", "Be kind"))], SG, ("data-turns-empty",)),
    Case("sharegpt-null", [s(), {"conversations": None}], SG, ("data-turns-missing",)),
    Case("sharegpt-text", [{"conversations": "hello"}, {"conversations": "x"}], SG, ("data-turns-missing",)),
    Case("sharegpt-role-unknown", [s(), s(("user", "Hello"), ("gpt", "Hi"))], SG, ("data-role-unknown",)),
    Case(
        "sharegpt-role-function",
        [s(), s(("human", "Do"), ("function", CALL), ("observation", "2"), ("gpt", "Done"))],
        SG,
        ("data-role-unknown",),
    ),
    Case("sharegpt-role-null", [s(), s((None, "Hello"), ("gpt", "Hi"))], SG, ("data-role-unknown",)),
    Case("sharegpt-content-null", [s(), s(("human", "Hello"), ("gpt", None))], SG, ("data-text-type",)),
    Case(
        "sharegpt-content-absent",
        [s(), {"conversations": [{"from": "human"}, {"from": "gpt", "value": "x"}]}],
        SG,
        ("data-text-type",),
    ),
    Case("sharegpt-content-numbers", [s(("human", 1), ("gpt", 2))], SG, ("data-text-type", "data-text-type")),
    Case("sharegpt-content-mixed", [s(), s(("human", 1), ("gpt", "x"))], SG, ("data-column-types", "data-text-type")),
    Case(
        "sharegpt-keys",
        [{"conversations": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}],
        SG,
        ("data-turn-keys", "data-turn-keys"),
    ),
    Case("sharegpt-messages-texts", [{"conversations": ["Hello", "Hi"]}], SG, ("data-turn-keys",)),
    Case("sharegpt-column", [{"messages": s()["conversations"]}], SG, ("data-column-missing",)),
    Case("sharegpt-columns-lost", [s(tools="")], {**SG, "columns": {"tools": "tools"}}, ("data-columns-lost",)),
    Case(
        "sharegpt-tags-lost",
        [s()],
        {**SG, "tags": {"role_tag": "from", "content_tag": "value", "user_tag": "human"}},
        ("data-all-dropped", "data-role-unknown", "data-tags-lost"),
    ),
    Case(
        "sharegpt-role-tag-lost",
        [s()],
        {**SG, "tags": {"user_tag": "human", "assistant_tag": "gpt", "content_tag": "value"}},
        ("data-columns-lost",),
    ),
    Case("sharegpt-empty-answer", [s(), s(("human", "Hello"), ("gpt", ""))], SG, ("data-empty-answer",)),
    Case(
        "sharegpt-call-no-json",
        [s(("human", "Do"), ("function_call", "f(x)"), ("observation", "2"), ("gpt", "Done"))],
        SG,
        ("data-function-json",),
    ),
    Case(
        "sharegpt-call-no-arguments",
        [s(("human", "Do"), ("function_call", '{"name": "f"}'), ("observation", "2"), ("gpt", "Done"))],
        SG,
        ("data-function-json",),
    ),
    Case(
        "sharegpt-call-null",
        [s(("human", "Do"), ("function_call", None), ("observation", "2"), ("gpt", "Done"))],
        SG,
        ("data-text-type",),
    ),
    Case("sharegpt-tools-no-json", [s(tools="f(x)")], sg(tools="tools"), ("data-tools-json",)),
    Case("sharegpt-tools-list", [s(tools=[{"name": "f"}])], sg(tools="tools"), ("data-tools-json",)),
    Case("sharegpt-tools-unmapped", [s(*_TOOL_CHAT, tools=TOOLS)], SG, ("data-column-unused",), hides="Tool Name"),
    Case("sharegpt-pair-right", [sp(), sp(*CHAT, ("human", "and?"))], SGPAIR),
    Case("sharegpt-pair-even", [sp(), sp(*CHAT)], SGPAIR, ("data-turn-count",)),
    Case(
        "sharegpt-pair-texts", [sp(chosen="good", rejected="bad")], SGPAIR, ("data-all-dropped", "data-pair-missing")
    ),
    Case("sharegpt-pair-null", [sp(), sp(rejected=None)], SGPAIR, ("data-pair-missing",)),
    Case(
        "sharegpt-pair-lists",
        [sp(chosen=[{"from": "gpt", "value": "g"}], rejected=[{"from": "gpt", "value": "b"}])],
        SGPAIR,
        ("data-all-dropped", "data-pair-missing"),
    ),
    Case(
        "sharegpt-pair-role",
        [sp(), sp(chosen={"from": "human", "value": "wrong side"})],
        SGPAIR,
        ("data-pair-role",),
        shows="wrong side",
    ),
    Case("sharegpt-pair-tag", [sp(), sp(chosen={"from": "bot", "value": "x"})], SGPAIR, ("data-pair-tag",)),
    Case("sharegpt-pair-content", [sp(), sp(chosen={"from": "gpt", "value": None})], SGPAIR, ("data-text-type",)),
    Case("sharegpt-kto-right", [s(label=True), s(label=False)], sg(kto_tag="label")),
    Case(
        "sharegpt-kto-flip",
        [s(label=True), s(label=False), s(("human", "flipped"), ("gpt", ""), label=True)],
        sg(kto_tag="label"),
        ("data-kto-flip",),
        shows="'kto_tag': False, 'text': 'Human: flipped",
    ),
    Case(
        "sharegpt-kto-odd",
        [s(label=True), s(label=False), s(*CHAT, ("human", "?"), label=True)],
        sg(kto_tag="label"),
        ("data-kto-gap", "data-turn-count"),
    ),
    Case(
        "sharegpt-image-right",
        [s(("human", "<image>"), ("gpt", "x"), images=["pics/1.png"])],
        sg(images="images"),
        more=_PIC,
        template="qwen2_vl",
    ),
    Case(
        "sharegpt-image-count",
        [s(("human", "<image><image>"), ("gpt", "x"), images=["pics/1.png"])],
        sg(images="images"),
        ("data-media-count",),
        more=_PIC,
        template="qwen2_vl",
    ),
]

# openai -------------------------------------------------------------------------------------------------------------

OA_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "system_tag": "system",
}
OA = {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": OA_TAGS}
NEW = {
    "formatting": "openai",
    "columns": {"messages": "messages", "tools": "tools"},
    "tags": {**OA_TAGS, "observation_tag": "tool", "function_tag": "tool_calls"},
}
THINK = ("system", "detailed thinking on")


def o(*turns: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    base = turns or (("user", "Hello"), ("assistant", "Hi"))
    return {
        "messages": [{"role": each[0], "content": each[1], **(each[2] if len(each) > 2 else {})} for each in base],
        **more,
    }


def t(*turns: tuple[Any, ...], tools: Any = "") -> dict[str, Any]:
    return o(THINK, *(turns or (("user", "Hello"), ("assistant", "Hi"))), tools=tools)


_CALLS = {"tool_calls": [{"type": "function", "function": {"name": "f", "arguments": "{}"}}]}
_NONE = {"tool_calls": None}

_OPENAI = [
    Case(
        "openai-tags-right",
        [o(("system", "Be kind"), ("user", "Hello"), ("assistant", "Hi")), o()],
        OA,
        shows="Be kind",
    ),
    Case("openai-tags-order", [o(), o(("assistant", "Hi"), ("user", "Hello"))], OA, ("data-turn-order",)),
    Case(
        "openai-tags-tool",
        [o(), o(("user", "a"), ("assistant", "b"), ("tool", "c"), ("assistant", "d"))],
        OA,
        ("data-role-unknown",),
    ),
    Case(
        "openai-tags-forgotten",
        [o()],
        {"formatting": "sharegpt", "columns": {"messages": "messages"}},
        ("data-turn-keys", "data-turn-keys"),
    ),
    Case("openai-right", [t(), t()], NEW),
    Case(
        "openai-right-calls",
        [t(("user", "Do", _NONE), ("assistant", None, _CALLS), ("tool", "2", _NONE), ("assistant", "Done", _NONE))],
        NEW,
    ),
    Case("openai-thinking-off", [o(tools=""), t()], NEW, ("data-thinking-off",), shows="detailed thinking off"),
    Case(
        "openai-thinking-off-system",
        [o(("system", "Be kind"), ("user", "Hello"), ("assistant", "Hi"), tools="")],
        NEW,
        ("data-thinking-off",),
        shows="Be kind\ndetailed thinking off",
    ),
    Case("openai-role", [t(), t(("user", "a"), ("bot", "b"))], NEW, ("data-role-key",)),
    Case(
        "openai-tail",
        [t(), t(("user", "a"), ("assistant", "b"), ("tool", "lost result"))],
        NEW,
        ("data-tool-tail",),
        hides="lost result",
    ),
    Case("openai-order", [t(), t(("assistant", "a"), ("user", "b"))], NEW, ("data-turn-order",)),
    Case("openai-odd", [t(), t(("user", "a"), ("assistant", "b"), ("user", "c"))], NEW, ("data-turn-count",)),
    Case("openai-content-null", [t(), t(("user", None), ("assistant", "b"))], NEW, ("data-text-type",)),
    Case("openai-empty", [t(), {"messages": [], "tools": ""}], NEW, ("data-turns-empty",)),
    Case("openai-null", [t(), {"messages": None, "tools": ""}], NEW, ("data-turns-missing",)),
    Case("openai-tools-text", [t(tools="f(x)")], NEW, ("data-tools-json",)),
    Case(
        "openai-tools-merged",
        [
            t(
                tools=[
                    {
                        "name": "f",
                        "description": "d",
                        "parameters": {"type": "object", "properties": {"one": {"type": "s"}}},
                    }
                ]
            ),
            t(
                tools=[
                    {
                        "name": "g",
                        "description": "d",
                        "parameters": {"type": "object", "properties": {"two": {"type": "s"}}},
                    }
                ]
            ),
        ],
        NEW,
        ("data-keys-merged",),
        template="qwen",
        shows='"two": null',
    ),
    Case("openai-no-tools-column", [o(THINK, ("user", "a"), ("assistant", "b"))], NEW),
]

# files --------------------------------------------------------------------------------------------------------------

_LIST = json.dumps([a(), a()])
_LINES = "".join(json.dumps(each) + "\n" for each in [a(), a(), a()])
_CSV = "instruction,input,output\nSay,now,Said\nSay,,Said\n"
_PAD = "x" * 2000


def _late(early: dict[str, Any], late: dict[str, Any]) -> str:
    rows = [json.dumps({**a(), "pad": _PAD, **early})] * 5400 + [json.dumps({**a(), "pad": _PAD, **late})] * 2
    return "\n".join(rows) + "\n"


def _f(name: str, data: Any, *codes: str, file: str = "data.json", **more: Any) -> Case:
    return Case(name, data, more.pop("entry", {}), codes, file=file, **more)


_FILES = [
    _f("jsonl-right", _LINES, file="data.jsonl"),
    _f("jsonl-right-blank-lines", _LINES.replace("\n", "\r\n\r\n"), file="data.jsonl"),
    _f("jsonl-right-bom", b"\xef\xbb\xbf" + _LINES.encode(), file="data.jsonl"),
    _f("jsonl-right-list", _LIST, file="data.jsonl"),
    _f("json-right-lines", _LINES),
    _f("json-right-pretty-object", json.dumps(a(), indent=2)),
    _f("json-right-nan", _LIST.replace("}]", ', "score": NaN}]')),
    _f("jsonl-right-no-end", _LINES.rstrip("\n"), file="data.jsonl"),
    _f("jsonl-right-folder", _LINES, file="parts/1.jsonl", more={"parts/2.jsonl": _LINES.encode()}),
    _f("csv-right", _CSV, file="data.csv"),
    _f("csv-right-bom", b"\xef\xbb\xbf" + _CSV.encode(), file="data.csv"),
    _f("csv-right-kto", "instruction,input,output,kto_tag\na,b,c,true\na,b,c,false\n", file="data.csv", entry=KTO),
    _f("parquet-right", [a(), a(input=None)], file="data.parquet"),
    _f("arrow-right", [a(), a(input=None)], file="data.arrow"),
    _f("json-comma", _LIST.replace("}, {", "} {"), "data-json-broken"),
    _f("json-trailing-comma", _LIST.replace("}]", "},]"), "data-json-broken"),
    _f("json-cut", _LIST[:-20], "data-json-broken"),
    _f("json-single-quotes", _LIST.replace('"', "'"), "data-json-broken"),
    _f("json-comment", "[ // two records\n" + _LIST[1:], "data-json-broken"),
    _f("json-bom", b"\xef\xbb\xbf" + _LIST.encode(), "data-bom-list"),
    _f("json-utf16", _LIST.encode("utf-16"), "data-encoding"),
    _f("json-gbk", json.dumps([a(output="一二三四")], ensure_ascii=False).encode("gbk"), "data-encoding"),
    _f("json-empty", b"", "data-file-empty"),
    _f("json-empty-list", "[]", "data-file-empty"),
    _f(
        "json-data-key",
        json.dumps({"data": [a()]}),
        "data-column-missing",
        "data-column-missing",
        "data-column-missing",
    ),
    _f("json-lists", "[[1, 2], [3, 4]]", "data-record-shape"),
    _f("json-mixed-records", json.dumps([a(), "text"]), "data-record-shape"),
    _f("jsonl-broken-line", _LINES + '{"instruction": "x\n' + _LINES, "data-json-broken", file="data.jsonl"),
    _f(
        "jsonl-gbk-line",
        _LINES.encode() + json.dumps(a(output="一二三"), ensure_ascii=False).encode("gbk") + b"\n",
        "data-encoding",
        file="data.jsonl",
    ),
    _f("jsonl-utf16", _LINES.encode("utf-16"), "data-encoding", file="data.jsonl"),
    _f("jsonl-list-lines", "[1]\n[2]\n", "data-json-broken", "data-record-shape", file="data.jsonl"),
    _f("jsonl-text-line", _LINES + '"text"\n', "data-record-shape", file="data.jsonl"),
    _f("jsonl-empty", b"", "data-file-empty", file="data.jsonl"),
    _f("jsonl-mixed", [a(), a(output=5)], "data-column-types", "data-no-answer", file="data.jsonl"),
    _f("jsonl-late-column", _late({}, {"note": "new"}), "data-column-late", file="data.jsonl"),
    _f("jsonl-late-value", _late({"note": None}, {"note": "new"}), "data-column-late", file="data.jsonl"),
    _f("jsonl-late-absent", _late({"note": "old"}, {}), file="data.jsonl"),
    _f("csv-ragged", _CSV + "one,two,three,four\n", "data-csv-row", file="data.csv"),
    _f("csv-short-row", _CSV + "one,two\n", "data-no-answer", file="data.csv"),
    _f("csv-numbers", "instruction,input,output\n1,,Said\n2,,Said\n", "data-csv-numbers", file="data.csv"),
    _f("csv-none", _CSV + "one,two,None\n", "data-no-answer", file="data.csv"),
    _f("csv-gbk", "instruction,input,output\n一二,三四,五六\n".encode("gbk"), "data-encoding", file="data.csv"),
    _f("csv-header-only", "instruction,input,output\n", "data-file-empty", file="data.csv"),
    _f(
        "csv-kto-numbers",
        "instruction,input,output,kto_tag\na,b,c,1\na,b,c,0\n",
        "data-all-dropped",
        "data-kto-tag",
        file="data.csv",
        entry=KTO,
    ),
    _f("parquet-answer-null", [a(), a(output=None)], "data-no-answer", file="data.parquet"),
    _f("parquet-broken", b"PAR1 nothing of the kind", "data-file-broken", file="data.parquet"),
    _f("arrow-broken", b"nothing of the kind", "data-file-broken", file="data.arrow"),
    _f("tsv", _CSV.replace(",", "\t"), "data-file-type", file="data.tsv"),
    _f("extension-upper", _LIST, "data-file-type", file="data.JSON"),
    _f("folder-mixed", _LINES, "data-file-type", file="parts/1.jsonl", more={"parts/.DS_Store": b"x"}),
    _f(
        "folder-other-columns",
        _LINES,
        "data-column-late",
        file="parts/1.jsonl",
        more={"parts/2.jsonl": json.dumps(a(note="x")).encode()},
    ),
    _f("file-missing", _LIST, "data-file-missing", entry={"file_name": "other.json"}),
]

# dataset_info.json --------------------------------------------------------------------------------------------------


def _i(name: str, info: str | bytes, *codes: str, **more: Any) -> Case:
    raw = (info if isinstance(info, bytes) else info.encode()).replace(b"FILE", _F)
    return Case(name, more.pop("data", [a(), a()]), {}, codes, info=raw, **more)


_F = b'"file_name": "data.json"'
_INFO = [
    _i("info-comma", '{"x": {FILE},}', "data-info-broken"),
    _i("info-comment", '{"x": {FILE}} // mine', "data-info-broken"),
    _i("info-bom", b'\xef\xbb\xbf{"x": {"file_name": "data.json"}}', "data-info-broken"),
    _i("info-list", '[{"x": {FILE}}]', "data-info-broken"),
    _i("info-twice", '{"x": {"file_name": "other.json"},\n "x": {FILE}}', "data-info-duplicate"),
    _i("info-undefined", '{"y": {FILE}}', "data-entry-missing"),
    _i("info-entry-text", '{"x": "data.json"}', "data-entry-shape"),
    _i("info-columns-list", '{"x": {FILE, "columns": ["prompt"]}}', "data-entry-shape"),
    _i("info-no-source", '{"x": {"formatting": "alpaca"}}', "data-entry-source"),
    _i("info-formatting", '{"x": {FILE, "formatting": "alpace"}}', "data-entry-value"),
    _i("info-split", '{"x": {FILE, "split": "test"}}', "data-entry-value"),
    _i("info-samples", '{"x": {FILE, "num_samples": "10"}}', "data-entry-value"),
    _i("info-samples-right", '{"x": {FILE, "num_samples": 2}}'),
    _i("info-unknown-key", '{"x": {FILE, "file_sha1": "x"}}', "data-entry-key"),
    _i("info-key-outside", '{"x": {FILE, "prompt": "question"}}', "data-entry-key"),
    _i(
        "info-misnamed-column",
        '{"x": {FILE, "columns": {"instruction": "instruction", "query": "input", "response": "output"}}}',
        "data-entry-key",
        hides="Say it",
    ),
    _i("info-subset", '{"x": {FILE, "subset": "a"}}', "data-entry-no-effect"),
]

_EDGES = [
    _f("jsonl-dates", [a(output="2024-01-01"), a(output="2024-01-02")], "data-dates", file="data.jsonl"),
    _f("json-dates", [a(output="2024-01-01"), a(output="2024-01-02")]),
    _f("jsonl-dates-some", [a(output="2024-01-01"), a(output="not a date")], file="data.jsonl"),
    _f(
        "jsonl-times",
        [a(instruction="2024-01-01 10:00:00"), a(instruction="2024-01-02 10:00:00")],
        "data-dates",
        file="data.jsonl",
    ),
    _f("json-null-record", json.dumps([a(), None]), "data-record-shape"),
    _f("jsonl-null-line", _LINES + "null\n", file="data.jsonl"),
    _f(
        "jsonl-twice-a-key",
        _LINES + '{"instruction": "x", "instruction": "y", "input": "", "output": "z"}\n',
        "data-json-broken",
        file="data.jsonl",
    ),
    _f("json-twice-a-key", '[{"instruction": "x", "instruction": "y", "input": "", "output": "z"}]'),
    _f(
        "jsonl-surrogate",
        _LINES + r'{"instruction": "\ud800", "input": "", "output": "z"}' + "\n",
        "data-json-broken",
        file="data.jsonl",
    ),
    _f("json-surrogate", r'[{"instruction": "\ud800", "input": "", "output": "z"}]'),
    _f(
        "jsonl-long-number",
        _LINES + '{"instruction": "x", "input": "", "output": "z", "n": 123456789012345678901234567890}\n',
        file="data.jsonl",
    ),
    _f("jsonl-nan", _LINES + '{"instruction": "x", "input": "", "output": "z", "n": NaN}\n', file="data.jsonl"),
    _f(
        "jsonl-infinity",
        _LINES + '{"instruction": "x", "input": "", "output": "z", "n": Infinity}\n',
        file="data.jsonl",
    ),
    _f("jsonl-int-float", [a(n=1), a(n=1.5)], file="data.jsonl"),
    _f("jsonl-pretty", "\n".join(json.dumps(a(), indent=1) for _ in range(3)), file="data.jsonl"),
    _f("jsonl-side-by-side", json.dumps(a()) + json.dumps(a()) + "\n", file="data.jsonl"),
    _f("jsonl-side-by-side-later", _LINES + json.dumps(a()) + json.dumps(a()) + "\n", file="data.jsonl"),
    _f("json-pretty-bom", b"\xef\xbb\xbf" + json.dumps(a(), indent=1).encode()),
    _f(
        "jsonl-late-nested",
        _late({"note": {"k": "x"}}, {"note": {"k": "x", "new": "y"}}),
        "data-column-late",
        file="data.jsonl",
    ),
    _f("jsonl-late-list", _late({"note": []}, {"note": ["new"]}), "data-column-late", file="data.jsonl"),
    _f("json-late-column", json.dumps([a()] * 10 + [a(note="new")])),
    _f("jsonl-objects-differ", [a(note={"k": "x"}), a(note={"m": "x"})], file="data.jsonl"),
    _f("json-tag-null", [*_K, k(kto_tag=None, output="")], "data-kto-gap", "data-kto-tag", entry=KTO),
    _f("json-kto-no-answers", [*_K, k(kto_tag=None, output=None)], "data-kto-gap", "data-kto-tag", entry=KTO),
    _f(
        "jsonl-kto-texts",
        [k(kto_tag="true"), k(kto_tag="false")],
        "data-all-dropped",
        "data-kto-tag",
        file="data.jsonl",
        entry=KTO,
    ),
    _f(
        "csv-late-value",
        "instruction,input,output\n" + "Say,,Said\n" * 10500 + "Say,now,Said\n",
        "data-column-late",
        file="data.csv",
    ),
    _f("csv-twice-a-column", "instruction,input,output,output\na,b,c,d\n", file="data.csv", shows="c"),
    _f("csv-dates", "instruction,input,output\na,b,2024-01-01\na,b,2024-01-02\n", file="data.csv"),
    _f("csv-quoted-lines", 'instruction,input,output\n"a\nb","c, d","e ""f"""\n', file="data.csv", shows='e "f"'),
    _f(
        "csv-index",
        "instruction,input,output\na,b,c,d\na,b,c,d\n",
        "data-csv-index",
        file="data.csv",
        shows="Human: b\nc",
    ),
    _f("csv-blank-head", ",instruction,input,output\n0,a,b,c\n", file="data.csv"),
    _f("csv-numbers-answers", "instruction,input,output\na,,1\nb,,2\n", "data-csv-numbers", file="data.csv"),
    _f(
        "csv-semicolons",
        _CSV.replace(",", ";"),
        "data-column-missing",
        "data-column-missing",
        "data-column-missing",
        file="data.csv",
    ),
    _f("txt-crlf", "one\r\ntwo\r\n", file="data.txt", entry={"columns": {"prompt": "text"}}),
    _f(
        "sharegpt-parts",
        [s(("human", [{"type": "text", "text": "x"}]), ("gpt", [{"type": "text", "text": "x"}]))],
        "data-text-type",
        "data-text-type",
        entry=SG,
    ),
    _f(
        "sharegpt-parts-some",
        [s(), s(("human", [{"type": "text", "text": "x"}]), ("gpt", "y"))],
        "data-column-types",
        "data-text-type",
        entry=SG,
    ),
    _f(
        "sharegpt-extra-key",
        [{"conversations": [{"from": "human", "value": "x", "w": 1}, {"from": "gpt", "value": "y"}]}],
        entry=SG,
    ),
    _f("sharegpt-as-alpaca", [s()], "data-column-missing", "data-column-missing", "data-column-missing"),
    _f("sharegpt-function-as-observation", [s(("observation", "2"), ("gpt", "x"))], entry=SG),
    _f(
        "sharegpt-null-message",
        [s(), {"conversations": [None, {"from": "gpt", "value": "x"}]}],
        "data-turn-keys",
        entry=SG,
    ),
    _f(
        "sharegpt-kto-gap-all",
        [s(("gpt", "x"), label=True), s(("gpt", "x"), label=False)],
        "data-kto-gap",
        "data-turn-order",
        entry=sg(kto_tag="label"),
    ),
    _f(
        "sharegpt-kto-text-tag",
        [s(label=True), s(label=False), s(label=None)],
        "data-kto-tag",
        entry=sg(kto_tag="label"),
    ),
    _f(
        "alpaca-kto-tools",
        [k(tools=TOOLS), k(kto_tag=False, tools="")],
        entry={"columns": {**ALPACA, "kto_tag": "kto_tag", "tools": "tools"}},
    ),
    _media("image-null", [image("pics/1.png"), a(images=None)]),
    _media(
        "image-bytes",
        [a(instruction="<image>", images=[{"bytes": None, "path": "pics/1.png"}])],
        ("data-media-missing",),
    ),
    _f("info-folder", '{"x"}' and [a()], "data-entry-no-effect", entry={"folder": "x"}),
    _f("info-escape", [a()], "data-file-missing", entry={"file_name": "../nowhere/data.json"}),
]

CASES = (*_EDGES, *_ALPACA, *_PLAIN, *_PAIRS, *_KTO, *_MEDIA, *_SHAREGPT, *_OPENAI, *_FILES, *_INFO)
