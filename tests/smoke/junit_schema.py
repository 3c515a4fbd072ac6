"""What is wrong with a JUnit document, by junit.xsd."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path


def problems(text: str) -> list[str]:
    """What is wrong with a document by junit.xsd: names, order, attributes and their types."""
    xs = "{http://www.w3.org/2001/XMLSchema}"
    schema = ElementTree.parse(Path(__file__).with_name("junit.xsd")).getroot()
    known = {each.get("name"): each for each in schema.findall(f"{xs}element")}
    found: list[str] = []

    def look(node: ElementTree.Element) -> None:
        declared = {each.get("name"): each for each in known[node.tag].iter(f"{xs}attribute")}
        for name, attribute in declared.items():
            if attribute.get("use") == "required" and name not in node.attrib:
                found.append(f"{node.tag} lacks {name}")
        for name, value in node.attrib.items():
            if name not in declared:
                found.append(f"{node.tag} has {name}")
            elif not of_type(value, declared[name].get("type") or ""):
                found.append(f"{node.tag}@{name}: {value} is no {declared[name].get('type')}")
        order = [each.get("ref") for each in known[node.tag].iter(f"{xs}element") if each.get("ref")]
        free = known[node.tag].find(f".//{xs}choice") is not None
        places = [order.index(child.tag) if child.tag in order else -1 for child in node]
        found.extend(
            f"{child.tag} may not stand in {node.tag}" for child, place in zip(node, places, strict=True) if place < 0
        )
        if not free and places != sorted(places):
            found.append(f"{node.tag}: children out of order")
        for child, place in zip(node, places, strict=True):
            if place >= 0:
                look(child)

    look(ElementTree.fromstring(text))
    return found


def of_type(value: str, kind: str) -> bool:
    if kind == "xs:nonNegativeInteger":
        return value.isdigit()
    return kind != "xs:decimal" or value.replace(".", "", 1).isdigit()
