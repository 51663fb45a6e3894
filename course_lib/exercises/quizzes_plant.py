"""The quiz of chapter 10: forecasts in the plant and in the warehouse, and what they cost."""

from course_lib.exercises.question import question
from course_lib.language import _

FORECASTS = [
    question(
        _(
            "A spare part is asked for in 3 of 10 months, about 2 pieces each time. Which constant forecast has the "
            "smallest mean absolute error?"
        ),
        (
            _("0.6, the mean demand of a month"),
            False,
            _("The mean has the smallest squared error. Its absolute error is 0.7 * 0.6 + 0.3 * 1.4 = 0.84."),
        ),
        (
            _("2, the demand of a month in which somebody asks"),
            False,
            _("It is right in 3 months of 10 and 2 too high in the others: 0.7 * 2 = 1.4."),
        ),
        (
            _("0: order nothing at all"),
            True,
            _(
                "0.3 * 2 = 0.6 is the smallest. The best constant for this error is the median, and more than half of "
                "the months have no demand. The error rewards an empty shelf; money does not."
            ),
        ),
        (
            _("1, halfway between a month with and one without a demand"),
            False,
            _("It is 1 off in every month: an error of 1.0."),
        ),
    ),
    question(
        _(
            "A missing piece costs 90 EUR, one left over 10 EUR. The demand of the next month is uncertain. You order "
            "once. How much?"
        ),
        (
            _("So much that it is enough in 9 cases of 10"),
            True,
            _("90 / (90 + 10) = 0.9. One more piece saves 90 EUR with the chance that it is needed, else it costs 10."),
        ),
        (
            _("The mean of the forecast, because errors on both sides cancel"),
            False,
            _("The pieces cancel, the money does not: a piece too few costs nine times as much as one too many."),
        ),
        (
            _("The largest demand ever seen, so that nothing is ever missing"),
            False,
            _("From some quantity on, the next piece is needed so rarely that it costs more than it saves."),
        ),
        (
            _("Nine times the mean"),
            False,
            _("9 to 1 is the ratio of the prices. It says which quantile to order, not which multiple."),
        ),
    ),
    question(
        _(
            "A model forecasts the energy of the coming hour. One of its inputs is the reactive power of that same "
            "hour. Its error in the test is half that of all other models. What do you do?"
        ),
        (
            _("Take it: reactive power explains energy well"),
            False,
            _("It does, but only once the hour is over. At the moment of the forecast nobody has measured it."),
        ),
        (
            _("Scale the column, because it has another unit"),
            False,
            _("Scaling changes the numbers, not the moment at which they are known."),
        ),
        (
            _("Repeat it with other seeds before believing the small error"),
            False,
            _("The error would stay small: every run uses the same value from the future."),
        ),
        (
            _("Leave the column out, or use its value of the hour before"),
            True,
            _(
                "An input must be known when the forecast is made. The calendar of the coming hour is; a measurement "
                "in it is not. In the plant the model would have an empty field there."
            ),
        ),
    ),
    question(
        _("Two years of hourly data are split at random into training and test rows. What is wrong with the test?"),
        (
            _("Nothing: random splits are the fairest ones"),
            False,
            _("They are where rows are independent of each other. Hours are not: 14:00 knows a lot about 15:00."),
        ),
        (
            _("The model has seen the hours around each test hour, before and after"),
            True,
            _(
                "So it fills a gap instead of forecasting. In the plant there is only the past: train on the first "
                "months and test on the last."
            ),
        ),
        (
            _("The test has too few rows of the winter"),
            False,
            _("A random split takes rows of all seasons. That is not its problem."),
        ),
    ),
    question(
        _("A forecast has MASE = 1.1 with a season of 24 hours. What does it tell you?"),
        (
            _("The forecast is 10 % off on average"),
            False,
            _("MASE has no percent of the demand in it. It compares two errors."),
        ),
        (
            _('Its error is 10 % larger than that of "as 24 hours ago" was in the training months'),
            True,
            _("That is the scale it is divided by. Look also at what that simple forecast did in the test months."),
        ),
        (
            _('It was beaten by "as 24 hours ago" in the test months'),
            False,
            _("Perhaps, perhaps not: the scale comes from the past. In a restless year both errors are larger."),
        ),
        (
            _("It explains 90 % of the variance"),
            False,
            _("That would be R squared = 0.9, another figure, which also looks good for a forecast one hour late."),
        ),
    ),
    question(
        _(
            "You predict delivery times. Today you train on all orders of the last six weeks that have arrived. "
            "Deliveries take 2 to 10 weeks. What happens?"
        ),
        (
            _("The model promises deliveries that are too fast"),
            True,
            _(
                "Of the youngest orders only the fast ones have arrived; the slow ones are missing. Train on orders "
                "placed so long ago that all have arrived: here more than 10 weeks."
            ),
        ),
        (
            _("The model is up to date, because it has learned from the newest orders"),
            False,
            _("New they are, but not all: an order without an arrival has no label yet, and that is no accident."),
        ),
        (
            _("The predictions become too slow, since late orders weigh most"),
            False,
            _("The late ones are the ones that are missing from such a training set."),
        ),
        (
            _("Nothing, if the seed is fixed"),
            False,
            _("A seed makes a run repeatable. It does not bring back the orders that are still on the way."),
        ),
    ),
]
