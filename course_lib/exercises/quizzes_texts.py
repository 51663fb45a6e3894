"""The quiz of chapter 9: what a network reads in a maintenance log."""

from course_lib.exercises.question import question
from course_lib.language import _

LOGBOOK = [
    question(
        _(
            "The vocabulary was built from the training texts with min_count=1, so every training word is in it. The "
            "network is trained. What stands in row 1 of the embedding, the row for unknown words?"
        ),
        (
            _("The mean of all words, because any word may be unknown"),
            False,
            _("Nobody computes such a mean. A row changes only where its token stands in a training text."),
        ),
        (
            _("What the network learned about rare words"),
            False,
            _("With min_count=1 the rare words have rows of their own, and token 1 never occurred."),
        ),
        (
            _("The random numbers it started with"),
            True,
            _(
                "Token 1 stood in no training text, so its gradient was always 0. With min_count=2 the rare words "
                "train this row."
            ),
        ),
        (
            _("Zeros, like the row of the padding"),
            False,
            _("Both rows start with random numbers. The mask leaves the padding out, and training sets neither to 0."),
        ),
    ),
    question(
        _(
            "An embedding has 450 rows of 16 numbers. A batch holds 40 different tokens. How many of its weights can "
            "one step of plain gradient descent change?"
        ),
        (
            _("640"),
            True,
            _("40 rows of 16 numbers. The gradient of every other row is 0, so its words learn nothing in this step."),
        ),
        (
            _("7,200"),
            False,
            _("450 * 16 = 7,200 is all of them. A row whose token is not in the batch has the gradient 0."),
        ),
        (
            _("16"),
            False,
            _("16 is a single row. Every token of the batch has a row of its own."),
        ),
        (
            _("None: the table is fixed, only the layers behind it learn"),
            False,
            _("The table is a matrix of weights like any other: one-hot rows times W. It learns with the rest."),
        ),
    ),
    question(
        _(
            "A text of 3 words is filled up to 20 tokens. The model has no mask and takes the mean over all 20. What "
            "is this mean mostly made of?"
        ),
        (
            _("Of the three words, because the padding has the number 0 and adds nothing"),
            False,
            _("0 is the number of the row, not what stands in it. Row 0 holds numbers like every other row."),
        ),
        (
            _("Of the row of the padding"),
            True,
            _("17 of 20 parts, 85 %, are row 0. All short texts then look alike. The mask divides by 3 instead."),
        ),
        (
            _("Of the most frequent word of the training texts"),
            False,
            _("Frequent words have small numbers in the vocabulary, but no larger share in this text."),
        ),
    ),
    question(
        _(
            '"pump stopped, motor runs" and "motor stopped, pump runs": which of these models can give them different '
            "answers?"
        ),
        (
            _("Mean of the embeddings, then a dense layer"),
            False,
            _("Both texts hold the same words, so both have the same mean: the order is lost."),
        ),
        (
            _("TF-IDF with a linear SVM"),
            False,
            _("It counts words, each by itself. Both texts have the same counts."),
        ),
        (
            _("A GRU over the embeddings"),
            True,
            _("It reads one word after the other, and its state depends on the order. Counts and means do not."),
        ),
        (
            _("None of them: the meaning of a sentence is beyond such models"),
            False,
            _("Understanding is not needed to tell the two apart: it is enough to keep the order."),
        ),
    ),
    question(
        _(
            "The labels of a data set were made by keyword rules from the text itself. Your network reaches 100 % on "
            "the test texts. What does that tell you?"
        ),
        (
            _("Deep learning has solved the problem: it can go into the plant"),
            False,
            _("Measured was the agreement with rules, not with the truth. People may label the same texts otherwise."),
        ),
        (
            _("The test texts have leaked into the training texts"),
            False,
            _("That can give such a figure as well, but here there is a simpler reason, and a clean split keeps it."),
        ),
        (
            _("The network is too large and has learned the texts by heart"),
            False,
            _("Then the figure for the test texts, which it has not seen, would be low."),
        ),
        (
            _("It has found the rules again"),
            True,
            _(
                "The words that decide are in the text, so nothing is left to get wrong. The rules alone would do, and "
                "only labels made by people say how good they are."
            ),
        ),
    ),
    question(
        _(
            "Attention without the division by sqrt(d): queries and keys have d = 64 numbers with mean 0 and variance "
            "1, independent of each other. What happens?"
        ),
        (
            _("Nothing: the softmax brings every row to the sum 1 anyway"),
            False,
            _("The sum is 1, but how the weights are spread depends on how far the scores lie apart."),
        ),
        (
            _("Most of the weight goes to one key, and hardly a gradient comes back"),
            True,
            _(
                "A score is a sum of 64 products and has a deviation of 8. exp of such differences leaves one winner, "
                "and where the softmax is flat the gradient fades."
            ),
        ),
        (
            _("All keys get nearly the same weight, so the answer is the mean of the values"),
            False,
            _("That happens with scores that are too small, for example after a division by 1,000."),
        ),
        (
            _("The weights can become negative, because the scores lie between -64 and 64"),
            False,
            _("exp is never negative, whatever the scores. And the scores have no such limits."),
        ),
    ),
]
