"""The catalogue of findings: one code for one fault, whoever finds it, and the only place with its words.

    finding("torch-cpu-build", torch="2.8.0+cpu", gpu="GPU 0", commands=...)   a finding of a code, with its values
    text("torch-cpu-build", "on-windows")                                      one more sentence of a code
    text("check", "more-passed", count="12")                                   a sentence of `words/check.yaml`
    say(sentence, Language.ZH)                                                 the sentence in another language

`codes/CODE.yaml` holds a code's severity, sentences, remedy, links and page; `words/ROOM.yaml` what belongs to no
code. English is complete and the first; where Chinese is missing, English stands.
"""

from envdoc.findings.catalogue import Entry, aliases, codes, entry, former
from envdoc.findings.language import Language, language_of
from envdoc.findings.make import finding, placeholders, text, worded
from envdoc.findings.say import said, say

__all__ = [
    "Entry",
    "Language",
    "aliases",
    "codes",
    "entry",
    "finding",
    "former",
    "language_of",
    "placeholders",
    "said",
    "say",
    "text",
    "worded",
]
