"""The quizzes of chapters 5 and 6: kernels and pooling, and the defect classifier."""

from course_lib.exercises.question import question
from course_lib.language import _

SEEING = [
    question(
        _(
            "A solder ball may lie anywhere on a board. Why does a convolution need fewer examples of it than a dense "
            "layer?"
        ),
        (
            _("It looks at small windows only, so it can be trained with much smaller pictures of the ball"),
            False,
            _("The pictures are the same. What is small is the set of weights that is moved over them."),
        ),
        (
            _("What it learned at one place counts everywhere: same weights"),
            True,
            _("A dense layer has other weights for each pixel and must see the ball at every place."),
        ),
        (
            _("It has no bias"),
            False,
            _("It has one bias for each kernel."),
        ),
        (
            _("It turns the ball until it fits"),
            False,
            _(
                "Nothing is turned. A ball looks the same from all sides; a scratch does not, and a kernel notices "
                "that."
            ),
        ),
    ),
    question(
        _('A picture of 28 x 28, a kernel of 5 x 5, strides 2, padding "valid". How large is the map?'),
        (_("14 x 14"), False, _('That is ceil(28 / 2), the size for "same": with a border of zeros.')),
        (_("11 x 11"), False, _("floor(23 / 2) = 11, but the window at the very start counts as well: add 1.")),
        (_("12 x 12"), True, _("floor((28 - 5) / 2) + 1 = 11 + 1 = 12. The last column of pixels is never seen.")),
        (_("24 x 24"), False, _("That would be the size with strides 1.")),
    ),
    question(
        _(
            "You copy a kernel from a book on image processing that uses the convolution of mathematics. What do you "
            "do?"
        ),
        (
            _("Turn it by 180 degrees"),
            True,
            _("Deep learning does not turn the kernel, the book does. For a symmetric kernel it makes no difference."),
        ),
        (
            _("Transpose it"),
            False,
            _("Transposing mirrors at the diagonal; the convolution of mathematics turns by 180 degrees."),
        ),
        (
            _("Nothing: both are called convolution, so both mean the same"),
            False,
            _("The name is the same, the result is not: edges would get the other sign."),
        ),
        (
            _("Divide it by the number of its weights"),
            False,
            _("That changes the size of the answer, not the direction."),
        ),
    ),
    question(
        _("A max pooling window holds 5, 5, 2, 1 in reading order, and dy = 0.8 arrives. Who gets what?"),
        (_("Each pixel 0.2"), False, _("That is the gradient of the mean.")),
        (_("Both fives 0.8"), False, _("Then 1.6 would leave where 0.8 arrived.")),
        (
            _("Both fives 0.4, the other two nothing"),
            False,
            _("A fair idea, but TensorFlow and this course give everything to the first one."),
        ),
        (
            _("The first five 0.8"),
            True,
            _("Of equal pixels the first in reading order takes the whole gradient."),
        ),
    ),
    question(
        _("What does pooling lose, on purpose?"),
        (
            _("The exact place"),
            True,
            _('"About there" is enough to say what it is. If you must drill there, do not pool so much.'),
        ),
        (_("The strongest answers"), False, _("Max pooling keeps just these, and drops the weak ones.")),
        (_("The channels"), False, _("Each channel is pooled by itself; their number stays.")),
        (_("The sign"), False, _("Negative values stay negative, also when pooled.")),
    ),
    question(
        _("Why is the gradient of a kernel's weight a sum over all places and pictures?"),
        (
            _("Because the loss is a sum"),
            False,
            _("The loss is a mean, and that mean is already in dy. The reason lies in how often the weight is used."),
        ),
        (
            _("The weight is used at all of them, and slopes add up"),
            True,
            _("Chapter 3's rule. The same holds for the bias."),
        ),
        (_("To make it larger"), False, _("Its size is a result, not a purpose.")),
        (
            _("It is not: it is a mean over the places, because each picture has many of them"),
            False,
            _("A second mean would make it smaller by the number of places: dW has no further division."),
        ),
    ),
]

CLASSIFIER = [
    question(
        _("The ten-class network has 121,930 weights. Where are most of them?"),
        (_("In the first convolution"), False, _("3 x 3 x 1 x 32 + 32 = 320: very few, because they are shared.")),
        (_("In the second convolution"), False, _("3 x 3 x 32 x 64 + 64 = 18,496: also shared.")),
        (
            _("In the dense layer behind Flatten"),
            True,
            _("1,600 x 64 + 64 = 102,464: every one of the 1,600 numbers has a weight to each of the 64 units."),
        ),
        (_("In the pooling layers"), False, _("Pooling has no weights at all: nothing is learned there.")),
    ),
    question(
        _("A classifier has 97 % accuracy on boards of which 97 % are good. What do you know?"),
        (
            _("It is a good classifier, because it is wrong only 3 times in 100"),
            False,
            _("One that always says 'good' reaches 97 % too."),
        ),
        (
            _("Almost nothing: look at each class"),
            True,
            _(
                "The mean of the accuracies of the classes (balanced accuracy) would be 50 % for the one that always "
                "says good."
            ),
        ),
        (_("It needs a lower learning rate"), False, _("Nothing in this figure points to that.")),
        (_("It overfits"), False, _("For that you would compare training with validation.")),
    ),
    question(
        _("A missed short costs 500 EUR, a false alarm 5 EUR. Which threshold for the share 'defective' is best?"),
        (
            _("0.5, because then the more probable answer is given"),
            False,
            _("That would be right if both mistakes cost the same."),
        ),
        (
            _("A high one, so that alarms are certain"),
            False,
            _("Then expensive shorts are missed to save cheap alarms."),
        ),
        (
            _("A low one: alarms are cheap"),
            True,
            _(
                "With true probabilities: 5 / (5 + 500), about 0.01. With real scores: try the thresholds on "
                "validation data."
            ),
        ),
        (
            _("The prices do not matter for the threshold"),
            False,
            _("They decide it: change a price, and another threshold is best."),
        ),
    ),
    question(
        _("You train with turned and mirrored pictures. For which task is that a mistake?"),
        (_("Spots on steel sheets"), False, _("A spot stays a spot from every side.")),
        (_("Shorts on circuit boards"), False, _("A short stays a short; the camera may see the board from any side.")),
        (
            _("Reading serial numbers"),
            True,
            _("A 6 turned by 180 degrees is a 9. A change that changes the class must not be made."),
        ),
        (_("Failed dies on wafers"), False, _("The patterns have no preferred direction, so this helps.")),
    ),
    question(
        _("You have 80 pictures of each class. What do you try first?"),
        (
            _("A support vector machine beside a CNN with augmentation"),
            True,
            _("With few pictures a plain CNN often loses. Measure before you decide."),
        ),
        (_("A larger CNN"), False, _("More weights ask for more pictures.")),
        (
            _("The CNN without augmentation, but for ten times as many epochs"),
            False,
            _("It would learn the 80 pictures by heart."),
        ),
        (
            _("Nothing: deep learning needs thousands of pictures"),
            False,
            _("Often true for training from nothing, but other tools work with 80."),
        ),
    ),
    question(
        _("Crops of the same board picture are in training and in test. What happens to the test accuracy?"),
        (
            _("Nothing, the crops show different defects"),
            False,
            _("They share the board's lines, brightness and dust."),
        ),
        (
            _("It is too good"),
            True,
            _("Split by picture, or better by board. The same holds for machines, tools and days."),
        ),
        (_("It is too low"), False, _("What is shared makes it easier, not harder.")),
        (_("It gets noisier, but is right on average"), False, _("The error has a direction: too optimistic.")),
    ),
]
