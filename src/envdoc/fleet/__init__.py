"""Several machines side by side: which facts are compared, who stands out, and what an engine for large fleets needs.

Pure: answers and snapshots come from `workflow.fleet`; nothing is asked here.
"""
