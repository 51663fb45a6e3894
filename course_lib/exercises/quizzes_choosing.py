"""The quiz of chapter 11: deep learning or a tree, and how to find out."""

from course_lib.exercises.question import question
from course_lib.language import _

CONTENDERS = [
    question(
        _(
            "A new controller reports the torque in Nmm instead of Nm: one column becomes 1,000 times larger, in all "
            "rows, and every model is trained anew. Nothing is scaled. Which model's answers stay the same?"
        ),
        (
            _("The random forest's"),
            True,
            _("A tree only asks whether a value is above a threshold, and the threshold is multiplied too."),
        ),
        (
            _("Those of the SVM with radial basis functions"),
            False,
            _("It measures distances between rows. A column that is 1,000 times larger decides them alone."),
        ),
        (
            _("The multilayer perceptron's, because its weights adapt to any unit"),
            False,
            _("They could, but gradient descent would need another learning rate for this column. Scale it first."),
        ),
        (
            _("All of them, since the information is the same"),
            False,
            _("The information is, but distances and gradients depend on the size of the numbers."),
        ),
    ),
    question(
        _(
            "A boosting model of energy over temperature was trained between 20 and 80 degrees, where the energy rises "
            "with the temperature. What does it say at 120 degrees?"
        ),
        (
            _("It continues the rising line"),
            False,
            _("A linear model would. A tree knows no slope, only the mean of each leaf."),
        ),
        (
            _("It raises an error, because the value was never seen"),
            False,
            _("No threshold checks that. You must compare with the range of the training yourself."),
        ),
        (
            _("About the same as at 80 degrees"),
            True,
            _("120 falls into the same leaf as 80 in every tree. Outside the range trees stay at their last value."),
        ),
        (
            _("The mean of all training rows"),
            False,
            _("That is a tree without a single split. Here 120 is sorted to the side of the high temperatures."),
        ),
    ),
    question(
        _(
            "All images of boards, training and test, are shuffled by the same fixed permutation of their pixels. All "
            "models are trained anew. Whose score falls clearly?"
        ),
        (
            _("The random forest's: trees need neighbouring pixels"),
            False,
            _("A tree sees a row of columns. Their order does not matter to it, before or after."),
        ),
        (
            _("The CNN's"),
            True,
            _("Its windows look for patterns among neighbours, and none are left. The others lose nothing."),
        ),
        (
            _("The score of all of them, because nobody can recognize such images"),
            False,
            _("People cannot. A model that treats every pixel as a column of its own has lost nothing."),
        ),
        (
            _("The score of none: each pixel value is still there"),
            False,
            _("The values are, but one model was built on their neighbourhood."),
        ),
    ),
    question(
        _(
            "Five runs each, with the same seeds and splits: the network has 91.2 %, boosting 90.8 %. The mean "
            "difference is 0.4 points, its standard error 0.5. Boosting trains in 2 seconds, the network in 3 minutes. "
            "What do you write?"
        ),
        (
            _("The network won, 91.2 is more than 90.8"),
            False,
            _("Other seeds may turn the order round: the difference is smaller than its own error."),
        ),
        (
            _("Both are exactly equal"),
            False,
            _("That is not shown either. A difference of half a point in either direction would fit these runs."),
        ),
        (
            _("Ten more runs of the network, until its mean is clearly above"),
            False,
            _(
                "More runs are good, for both models, as many as fixed before. Stopping when you like the result "
                "is no measurement."
            ),
        ),
        (
            _("No difference was found; boosting is cheaper, so take it"),
            True,
            _("0.4 is below one error. Where the scores do not decide, training time, size and upkeep do."),
        ),
    ),
    question(
        _("You try 200 settings of a model and report the best score on the test set. What is wrong with this figure?"),
        (
            _("It is too high: the best of 200 was also lucky on these test rows"),
            True,
            _("Choose with validation rows, then measure once on test rows that had no part in the choice."),
        ),
        (
            _("Nothing: the test rows were never used for training"),
            False,
            _("They were used for choosing, and choosing is a kind of training, with 200 tries."),
        ),
        (
            _("It is too low, because the model was trained on fewer rows than there are"),
            False,
            _("That effect exists, but it is small. The choice by the test rows pulls the other way."),
        ),
    ),
    question(
        _(
            "A linear SVM is trained. Now you delete all training samples that lie beyond the margin on their right "
            "side, and train it anew. What happens?"
        ),
        (
            _("The line moves towards the class that lost more samples"),
            False,
            _("It would if each sample pulled on it. Beyond the margin none does."),
        ),
        (
            _("The training fails, since too few samples are left"),
            False,
            _("Those within the margin and on the wrong side are left. They were the only ones that had a say."),
        ),
        (
            _("Nothing: the line stays where it was"),
            True,
            _("Beyond the margin the loss and its gradient are 0. The remaining samples are the support vectors."),
        ),
        (
            _("The margin becomes wider, because nothing lies beyond it any more"),
            False,
            _("The width is decided by the samples at the margin and within it. They are all still there."),
        ),
    ),
]
