"""Data sets as LLaMA-Factory reads them: `dataset_info.json`, the files it names, every record in one pass.

The rules are those of LLaMA-Factory 0.9.5 with datasets 4.0.0 (`data/parser.py`, `loader.py`, `converter.py`,
`processor/`, `formatter.py`, `mm_plugin.py`; read and run on 2026-11-26). Nothing in a data set is executed.

    info      dataset_info.json -> entries, with the mistakes in them
    locate    an entry -> its files and the reader of their kind
    reading   a file -> records, one at a time, in bounded memory
    shape     what types the columns have, by the rules of the table that the release loads them into
    formats   a record -> what the converter would drop, change or fail at
    tally     mistakes counted, the first few kept with their places
    survey    all of it for one entry
    sample    a sample file -> the entry it needs
"""
