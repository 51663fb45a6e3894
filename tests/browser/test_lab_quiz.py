"""Where Python answers the page: the quiz's verdict and the trained network, in real JupyterLab."""

from tests.browser.labkit import python, screenshot


def test_quiz_and_straight_or_bent(page_with):
    page = page_with(
        "from course_lib.widgets import Quiz, StraightOrBent\nquiz = Quiz(1)\nquiz", "bent = StraightOrBent()\nbent"
    )
    page.get_by_role("radio", name="Nothing", exact=True).click()
    page.locator(".cw-verdict", has_text="Right.").wait_for()
    assert python(page, "quiz.answers") == "[-1, -1, -1, -1, 2]"
    page.get_by_role("radio", name="It turns").focus()
    for key in ("r", "m", "ArrowDown", "Enter"):  # r and m would change the cell's type
        page.keyboard.press(key)
    page.locator(".cw-verdict", has_text="Not this one.").wait_for()
    assert python(page, "quiz.answers[2]") == "1"

    page.get_by_role("button", name="3 bends close it").click()
    page.locator(".cw-goal", has_text="Goal reached").and_(page.locator(".cw-reached")).wait_for()
    assert python(page, "bent.goal_reached") == "True"
    screenshot(page, "lab straight or bent")
