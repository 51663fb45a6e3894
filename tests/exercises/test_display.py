"""What a check shows: escaped, with code set as code."""

from course_lib.exercises.display import box, paragraphs


def test_names_between_backticks_are_code_and_everything_is_escaped():
    page = paragraphs("Replace `...` in `f<b>`.\n\nThen <script>run</script> it.")
    assert "<code>...</code>" in page and "<code>f&lt;b&gt;</code>" in page
    assert "<script>" not in page and page.count("<p ") == 2


def test_the_head_of_a_box_is_escaped_too():
    assert "<img" not in box("<img src=x onerror=alert(1)>", "", "red")
