"""llama.cpp by its roads, the preferred first.

place      where the user wants it from, or where it comes from by itself
build      from sources, with a toolkit that is here or with the index's
prebuilt   a release's archive, where it has machine code for every GPU, or PTX that the driver can compile
"""
