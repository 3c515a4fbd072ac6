"""The rules, as small pure functions over a `Run`, grouped into the checks of the report."""
