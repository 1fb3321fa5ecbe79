"""The media types of downloads."""

import pytest

from reference_server.storage.rules.content_types import DEFAULT, content_type
from reference_server.storage.rules.gitlab import read_gitlab


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("tool.tar.gz", "application/gzip"),
        ("tool.zip", "application/zip"),
        ("TOOL.ZIP", "application/zip"),
        ("path%2Fto%2Ftool.deb", "application/x-debian-package"),
        ("page.html", DEFAULT),
        ("image.svg", DEFAULT),
        ("script.js", DEFAULT),
        ("data.json", DEFAULT),
        ("tool", DEFAULT),
        ("zip.", DEFAULT),
    ],
)
def test_from_19_0_on_a_download_has_the_safe_type_of_its_name(file: str, expected: str) -> None:
    assert content_type(file, read_gitlab("19.0")) == expected
    assert content_type(file, read_gitlab("18.11")) == DEFAULT


def test_no_name_has_a_type_that_a_browser_shows() -> None:
    known = [
        content_type(f"file.{extension}", read_gitlab())
        for extension in ("htm", "xhtml", "xml", "txt", "css", "pdf", "png")
    ]
    assert set(known) == {DEFAULT}
