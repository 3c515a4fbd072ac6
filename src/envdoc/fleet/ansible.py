"""Files for Ansible, for fleets that are too large to be asked one by one from here: an inventory, a play that
collects a snapshot of every machine, and a script for facts.d, whose answer becomes `ansible_local.envdoc`.

Sources: https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html;
https://docs.ansible.com/ansible/latest/collections/ansible/builtin/setup_module.html (`fact_path`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from envdoc.model.launch import HostSlots, LaunchFile

INVENTORY, PLAY, FACT = "inventory.yml", "collect.yml", "envdoc.fact"

_PLAY = """\
# Collects a snapshot of every machine into snapshots/, then: envdoc diff --many snapshots
#   ansible-playbook -i inventory.yml collect.yml --forks 50
- name: Snapshots by envdoc
  hosts: fleet
  gather_facts: false
  vars:
    envdoc: {envdoc}
    options: {options}
  tasks:
    - name: Take a snapshot
      ansible.builtin.command:
        argv: "{{{{ [envdoc, 'snapshot', '-o', '-'] + options }}}}"
      register: taken
      changed_when: false
      timeout: 120

    - name: Make the folder for them here
      ansible.builtin.file:
        path: "{{{{ playbook_dir }}}}/snapshots"
        state: directory
        mode: "0755"
      delegate_to: localhost
      run_once: true

    - name: Keep it here
      ansible.builtin.copy:
        content: "{{{{ taken.stdout }}}}"
        dest: "{{{{ playbook_dir }}}}/snapshots/{{{{ inventory_hostname }}}}.json"
        mode: "0644"
      delegate_to: localhost
"""
_FACT = """\
#!/bin/sh
# Put it into /etc/ansible/facts.d/envdoc.fact, executable: its answer becomes `ansible_local.envdoc`.
PATH="$PATH:/usr/local/bin:$HOME/.local/bin"
export PATH
command -v envdoc >/dev/null 2>&1 || { echo '{"error": "envdoc is not installed"}'; exit 0; }
exec envdoc snapshot -o -
"""


def files(hosts: Sequence[HostSlots], envdoc: str, options: Sequence[str]) -> tuple[LaunchFile, ...]:
    """The three files. `envdoc` is how it is called on the machines, `options` are those of `envdoc snapshot`."""
    play = _PLAY.format(envdoc=json.dumps(envdoc), options=json.dumps(list(options), ensure_ascii=False))
    return (LaunchFile(INVENTORY, inventory(hosts)), LaunchFile(PLAY, play), LaunchFile(FACT, _FACT))


def inventory(hosts: Sequence[HostSlots]) -> str:
    """The machines as one group; JSON's texts are YAML's too."""
    lines = ["fleet:", "  hosts:"]
    for host in hosts:
        told = {"ansible_user": host.user, "ansible_port": host.port, "slots": host.slots}
        own = {name: value for name, value in told.items() if value}
        lines.append(f"    {json.dumps(host.name)}: {json.dumps(own)}")
    return "\n".join(lines) + "\n"
