"""What an entry of dataset_info.json may hold, by LLaMA-Factory 0.9.5 (data/parser.py, extras/constants.py:41-48)."""

from __future__ import annotations

INFO_FILE = "dataset_info.json"

# source key -> what it is; in the order in which the release looks for them (parser.py:118-137)
SOURCES = {
    "hf_hub_url": "hub",
    "ms_hub_url": "hub",
    "om_hub_url": "hub",
    "script_url": "script",
    "cloud_file_name": "cloud",
    "file_name": "file",
}
SETTINGS = ("formatting", "ranking", "subset", "split", "folder", "num_samples", "columns", "tags")
FORMATS = ("alpaca", "sharegpt", "openai")

# The defaults hold only where the whole block is absent (parser.py:80-90).
COLUMNS: dict[str, str | None] = {
    "prompt": "instruction",
    "query": "input",
    "response": "output",
    "history": None,
    "messages": "conversations",
    "system": None,
    "tools": None,
    "images": None,
    "videos": None,
    "audios": None,
    "chosen": None,
    "rejected": None,
    "kto_tag": None,
}
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}

READERS = {"arrow": "arrow", "csv": "csv", "json": "json", "jsonl": "json", "parquet": "parquet", "txt": "text"}

# The columns that each converter looks up in every record (converter.py).
_COMMON = ("system", "tools", "images", "videos", "audios")
READ = {
    "alpaca": ("prompt", "query", "response", "history", "kto_tag", *_COMMON),
    "sharegpt": ("messages", "kto_tag", *_COMMON),
    "openai": ("messages", "kto_tag", *_COMMON),
}
RANKED = ("chosen", "rejected")
FORGIVEN = ("system", "tools")  # the openai converter takes "" where the table has no such column

# Names that columns usually have: where the file has one and the entry does not map it, its content is not read.
USUAL = {
    "system": ("system", "system_prompt"),
    "history": ("history",),
    "tools": ("tools", "functions"),
    "images": ("images", "image"),
    "videos": ("videos", "video"),
    "audios": ("audios", "audio"),
    "kto_tag": ("kto_tag", "label"),
    "chosen": ("chosen",),
    "rejected": ("rejected",),
    "query": ("input", "query"),
    "response": ("output", "response", "answer"),
}

PIECE = 10 << 20  # bytes: the JSON reader of datasets 4.0.0 fixes the table's columns by this first piece
PLACEHOLDERS = {  # kind -> (variable that changes it, text); extras/constants.py:24, 52, 123
    "images": ("IMAGE_PLACEHOLDER", "<image>"),
    "videos": ("VIDEO_PLACEHOLDER", "<video>"),
    "audios": ("AUDIO_PLACEHOLDER", "<audio>"),
}
THINKING_OFF = ("detailed thinking on", "detailed thinking off")
