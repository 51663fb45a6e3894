"""The source that a chapter shows is the library's own, with its place."""

from course_lib import nn
from course_lib.source import show_source


def own():
    return 1


def test_it_shows_the_library_itself_with_its_file():
    text = repr(show_source(nn.relu, nn.relu_backward))
    assert text.startswith("# course_lib/nn/activations.py\ndef relu(z):")
    assert "def relu_backward(dy, y):" in text
    assert show_source(nn.relu)._repr_markdown_().startswith("```python\n# course_lib")


def test_the_place_is_told_from_the_root_of_the_repository():
    assert repr(show_source(own)).splitlines()[:2] == ["# tests/test_source.py", "def own():"]
