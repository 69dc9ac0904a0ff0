"""Browsers that ask and then take nothing, or send half: what they may cost, and who yields."""

import classpulse
import pytest
from webob import Request


# Encodings

@pytest.mark.parametrize("header, compressed", [
    ("gzip", True), ("gzip, deflate, br", True), ("deflate;q=1, GZIP ; q=0.5", True),
    ("x-gzip", True), ("*", True), ("gzip;q=0.001", True), ("identity;q=0.5, gzip;q=1.0", True),
    ("", False), ("deflate", False), ("gzip;q=0", False), ("gzip; q=0.000", False),
    ("identity;q=1, *;q=0", False), ("*, gzip;q=0", False), ("gzip;q=0.5, identity;q=0.8", False),
    ("gzip;q=none", False), ("gzip;q=nan", False), ("nogzip", False),
    ("gzip;q=" + "0" * 8000, False)], ids=lambda value: str(value)[:30])
def test_a_browser_gets_the_encoding_that_it_accepts(room, header, compressed):
    path = f"/static/{classpulse.static_files().version}/css/audience.css"
    # Not by webtest, which would open what is compressed.
    answer = Request.blank(path, headers={"Accept-Encoding": header}).get_response(classpulse.app)
    assert (answer.headers.get("Content-Encoding") == "gzip") == compressed
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (answer.body[:2] == b"\x1f\x8b") == compressed
