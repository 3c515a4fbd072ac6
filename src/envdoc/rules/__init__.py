"""Knowledge applied: every decision that more than one room needs, taken once. Pure; knows tables and model only.

choice         which torch, which Python, which profile for a machine (a package of its own)
torch_choice   the same, as check, diagnose and install ask it
visible        what CUDA_VISIBLE_DEVICES leaves
capability     a GPU's compute capability, also where only its name is known
drivers        floors and branches; WSL has Windows' numbers
coverage       whether code for one architecture runs on a GPU
bitsandbytes   which release has a library for torch's CUDA, and which one it loads
requirements   names, bounds and markers of distributions
installed      of several copies, the one that Python takes
torch_file     torch/version.py
dist_info      metadata folders: names, headers, RECORD
quoting        values as words of bash, cmd and PowerShell
commands       the lines to paste
masks          texts and data without secrets; for reports also without names and addresses (a package of its own)
controls       what a terminal would obey, made visible
"""
