"""Nothing. The file that Python would keep this module's bytecode in holds that of all others: see `bytecode`."""
