"""References in addresses: any of them comes out as it went in, and in one way only."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poec_workflow.contrib.django.reference_paths import ReferenceConverter

CONVERTER = ReferenceConverter()
REFERENCES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=64)


@given(REFERENCES)
def test_any_reference_is_one_segment_and_comes_back(reference: str) -> None:
    """Whatever its characters, a browser keeps the segment as it is."""
    segment = CONVERTER.to_url(reference)
    assert re.fullmatch(CONVERTER.regex, segment)
    assert CONVERTER.to_python(segment) == reference
    assert urljoin("https://x.org/applications/", segment + "/") == f"https://x.org/applications/{segment}/"


@pytest.mark.parametrize("segment", ["~", "~4", "~zz", "~41", "..", ".", "~FF", "a~2f", "~2"])
def test_a_segment_that_is_written_otherwise_names_nothing(segment: str) -> None:
    """There is one address for each subject."""
    with pytest.raises(ValueError):
        CONVERTER.to_python(segment)
