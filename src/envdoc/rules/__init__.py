"""The floor: knowledge applied, once for all rooms. Pure functions over values; nothing here asks the OS."""
