"""Runs the cases through LLaMA-Factory's own loader; needs an environment with it. Prints one JSON document.

    PYTHON real_loader.py [ID...] > recorded.json

torchaudio is imported by LLaMA-Factory and used by no case: an empty module stands in for it where it is absent.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import logging
import sys
import tempfile
import types
from pathlib import Path
from types import SimpleNamespace
from typing import Any

if importlib.util.find_spec("torchaudio") is None:
    sys.modules["torchaudio"] = types.ModuleType("torchaudio")
    sys.modules["torchaudio"].__spec__ = importlib.machinery.ModuleSpec("torchaudio", None)
sys.path.insert(0, str(Path(__file__).parent))

from cases import CASES, Case


def tokenizer() -> Any:
    """Bytes as tokens, so that what was trained can be read back."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {char: index for index, char in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="</s>", pad_token="<pad>", bos_token="<s>")


def run(case: Case, folder: Path) -> dict[str, Any]:
    """What the real loader does with a case."""
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import DataArguments, ModelArguments
    from transformers import Seq2SeqTrainingArguments

    data = DataArguments(
        template=case.template, dataset="x", dataset_dir=str(folder), cutoff_len=4096, overwrite_cache=True
    )
    model = ModelArguments(model_name_or_path="none", cache_dir=str(folder / ".cache"))
    training = Seq2SeqTrainingArguments(output_dir=str(folder / ".out"), use_cpu=True, report_to=[])
    words = tokenizer()
    template = get_template_and_fix_tokenizer(words, data)
    template.mm_plugin.expand_mm_tokens = False
    parts = SimpleNamespace(merge_size=2)
    processor = SimpleNamespace(
        image_processor=parts,
        video_processor=parts,
        feature_extractor=parts,
        audio_bos_token="<a>",
        audio_eos_token="</a>",
    )
    got = get_dataset(template, model, data, training, case.real_stage, words, processor)["train_dataset"]
    rows = list(got)
    for row in rows:  # what the collator opens when training begins
        if row.get("images"):
            template.mm_plugin._regularize_images(row["images"], image_max_pixels=10**6, image_min_pixels=1)
        for video in row.get("videos") or []:
            import av

            av.open(video, "r")
    return {"outcome": "runs", "kept": len(rows), "texts": [_text(row, words) for row in rows[:4]]}


def _text(row: dict[str, Any], words: Any) -> str:
    if "chosen_input_ids" in row:
        return " <> ".join(words.decode(row[name])[:700] for name in ("chosen_input_ids", "rejected_input_ids"))
    text = words.decode(row["input_ids"])[:1500]
    return str({"kto_tag": row["kto_tags"], "text": text}) if "kto_tags" in row else text


def judged(case: Case) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        case.write(Path(folder))
        try:
            return run(case, Path(folder))
        except Exception as error:
            return {"outcome": "fails", "error": _said(error, folder)}


def _said(error: BaseException, folder: str) -> str:
    cause = error.__cause__ or error
    words = str(cause).replace(folder, "DIR").split("\n")[0][:200]
    return f"{type(cause).__name__}: {words}"


def main() -> None:
    logging.disable(logging.CRITICAL)
    out = sys.stdout
    sys.stdout = sys.stderr  # the loader prints an example of each data set
    import datasets
    import transformers

    datasets.disable_progress_bars()
    from importlib.metadata import version

    wanted = set(sys.argv[1:])
    told = {case.id: judged(case) for case in CASES if not wanted or case.id in wanted}
    versions = {name: version(name) for name in ("llamafactory", "transformers", "datasets", "pyarrow", "pandas")}
    json.dump({"versions": versions, "cases": told}, out, ensure_ascii=False, indent=1)
    assert transformers


if __name__ == "__main__":
    main()
