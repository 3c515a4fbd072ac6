"""Bundles: collect everything for an installation on another machine, and look whether one is whole.

closure   which files the target needs: the engine resolves each step for the target's markers and tags
own       envdoc itself, its wheel and what it needs
pythons   a Python for the target
collect   fetch and verify each file; what is there already is kept
starter   install.sh, install.cmd
write     manifest and sums, last of all
verify    a bundle against its manifest
"""
