"""A value -> text, json, markdown, junit, github annotations. Pure: prints nothing, asks nothing."""
