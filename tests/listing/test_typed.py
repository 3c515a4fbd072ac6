"""What a person types off a picture: l for 1 and O for 0 are asked, never guessed."""

from __future__ import annotations

import pytest

from envdoc.listing.keys import understand


@pytest.mark.parametrize(
    ("key", "text", "meant"),
    [
        ("package.torch", "2.8.O+cu128", "2.8.0+cu128"),
        ("package.torch", "2.8.0+cul28", "2.8.0+cu128"),
        ("package.torch", "2.8.O+cul28", "2.8.0+cu128"),
        ("package.transformers", "4.57.l", "4.57.1"),
        ("driver", "57O.133.07", "570.133.07"),
        ("cuda_driver", "l2.8", "12.8"),
    ],
)
def test_a_letter_for_a_digit_is_asked(key: str, text: str, meant: str) -> None:
    assert understand(key, text) == (text, meant)


@pytest.mark.parametrize("text", ["2.8.0+cu128", "2.8.0+cpu", "2.11.0+rocm6.4", "0.16.post1", "2.9.0a0+gitlab1"])
def test_what_is_written_so_by_its_makers_is_taken(text: str) -> None:
    assert understand("package.torch", text) == (text, "")
