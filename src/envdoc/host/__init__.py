"""The door to the OS: base (Protocol), local, nvml, recording, recorded."""
