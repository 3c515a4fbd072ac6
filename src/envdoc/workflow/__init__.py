"""One module a command: options in, a value out. Puts the rooms together; prints nothing, decides nothing."""
