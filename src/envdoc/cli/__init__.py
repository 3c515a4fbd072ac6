"""The command line: one module a command, no logic. Commands call a workflow and print its value."""
