"""A question of a quiz: its choices, and for each why it is right or what it mixes up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """`choices` and `why` belong together; `answer` is the index of the right choice."""

    text: str
    choices: tuple
    answer: int
    why: tuple


def question(text, *choices):
    """Build a Question from triples (choice, is it right, why)."""
    right = [i for i, (_choice, good, _why) in enumerate(choices) if good]
    if len(right) != 1:
        raise ValueError(f"exactly one choice must be right, not {len(right)}: {text}")
    return Question(text, tuple(choice[0] for choice in choices), right[0], tuple(choice[2] for choice in choices))
