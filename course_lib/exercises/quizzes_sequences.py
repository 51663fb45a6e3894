"""The quizzes of chapters 7 and 8: memory, and the remaining life of machines."""

from course_lib.exercises.question import question
from course_lib.language import _

MEMORY = [
    question(
        _(
            "Two pumps: the pressure of one reads 4, 5, 6, 7 bar, that of the other 7, 6, 5, 4 bar. You hand mean, "
            "deviation, smallest and largest value of the four readings to a dense network. What can it not see?"
        ),
        (
            _("Which pump runs at the higher pressure"),
            False,
            _("Both run at 5.5 bar on average, and the mean would show a difference if there were one."),
        ),
        (
            _("Which pump is getting worse"),
            True,
            _(
                "All four figures are the same for both pumps: they do not know the order. A network that reads one "
                "value after the other can tell rising from falling."
            ),
        ),
        (
            _("How much the pressure moves"),
            False,
            _("The deviation and the distance from smallest to largest say that, and they are equal here."),
        ),
    ),
    question(
        _("A SimpleRNN with 64 units has read 50 cycles of 24 sensors. What does its state hold?"),
        (
            _("All 1,200 sensor values, in a packed form that the output layer unpacks again"),
            False,
            _("1,200 values do not fit into 64 numbers. Much is lost, and training decides what."),
        ),
        (
            _("The sensor values of the last cycle"),
            False,
            _("The last cycle has the strongest say, but the state before it goes into the sum as well."),
        ),
        (
            _("The mean of each sensor over the 50 cycles"),
            False,
            _("A network could learn something like a mean, but nobody told it to, and tanh bends every sum."),
        ),
        (
            _("64 numbers: what training found worth keeping"),
            True,
            _("At each step 64 numbers are made of the 64 before and the new 24 values. The past has no other way."),
        ),
    ),
    question(
        _(
            "The largest singular value of W_hh is 0.9, the activation is tanh. How much of a gradient can arrive 50 "
            "steps earlier, at most?"
        ),
        (
            _("About 0.5 %"),
            True,
            _("0.9 ** 50 = 0.005, and tanh makes it less still. What happened 50 cycles ago hardly teaches anything."),
        ),
        (
            _("About 90 %, because tanh has a slope of 1"),
            False,
            _("90 % is left after one step. Each further step multiplies by 0.9 again."),
        ),
        (
            _("Nothing, because below 1 every gradient is 0"),
            False,
            _("It fades, but never becomes exactly 0. The question is whether it is too small to be felt."),
        ),
        (
            _("That depends on the learning rate"),
            False,
            _("The learning rate multiplies the finished gradient. On the way back it plays no part."),
        ),
    ),
    question(
        _("A recurrent network's loss sometimes jumped to NaN. You now clip the gradients to the norm 1. What stays?"),
        (
            _("The jumps, because clipping changes only the direction of a step"),
            False,
            _("It is the other way round: with one factor for all, the length changes and the direction stays."),
        ),
        (
            _("It still learns nothing from what happened 100 steps ago"),
            True,
            _("Clipping shortens what is too long. A gradient that has faded on its way is not made longer by it."),
        ),
        (
            _("Every step now has the length 1, also near the minimum, where short steps would be needed"),
            False,
            _("Only gradients that are longer than the limit are shortened. Short ones stay as they are."),
        ),
    ),
    question(
        _("Why does a gradient live longer on its way through the cell c of an LSTM?"),
        (
            _("An LSTM has four times as many weights"),
            False,
            _("It has, but more weights alone do not keep a gradient alive: it is what lies on the way back."),
        ),
        (
            _("The slope of the sigmoid is larger than that of tanh"),
            False,
            _("It is smaller: at most 0.25, that of tanh at most 1."),
        ),
        (
            _("From step to step it meets only the forget gate"),
            True,
            _(
                "c_t = f * c_(t-1) + i * g: no matrix and no bend lie on this way. Where f is near 1, nearly all of "
                "the gradient arrives."
            ),
        ),
        (
            _("The gradient skips the steps in between and goes straight to the first one"),
            False,
            _("It still passes every step, but on each it is only multiplied by a number near 1."),
        ),
    ),
    question(
        _(
            "A SimpleRNN with 64 units was built for windows of 30 cycles of 24 sensors. Now the windows shall have 50 "
            "cycles. How many more weights does it need?"
        ),
        (
            _("20 times 24 times 64: each further step brings its own"),
            False,
            _("That holds for a dense network on the flat window. Here every step uses the same weights."),
        ),
        (
            _("64 times 64, once more for the longer way back through time"),
            False,
            _("Backpropagation goes further back, but through the same W_hh."),
        ),
        (
            _("None"),
            True,
            _(
                "24 * 64 + 64 * 64 + 64 = 5,696 weights and biases serve every step, however many there are. Only the "
                "memory for the way back grows."
            ),
        ),
    ),
]

REMAINING_LIFE = [
    question(
        _("Why is the remaining life capped at 125 cycles in training?"),
        (
            _("No engine in the data lives longer than 125 cycles"),
            False,
            _("All of them do: the training engines of FD001 run for 128 cycles at least, the longest for 362."),
        ),
        (
            _("A healthy engine looks the same with 300 and with 150 cycles to go"),
            True,
            _(
                "Nothing in the sensors tells the two apart, so the network would only learn noise there. And nobody "
                "plans a replacement that early."
            ),
        ),
        (
            _("Networks cannot output numbers that are larger than about 125 without a special activation"),
            False,
            _("A linear output can take any value. The cap is about what the sensors can tell."),
        ),
        (
            _("It makes late predictions rarer, which the score punishes more"),
            False,
            _("It limits the predictions of new engines. Near the end, where late is dangerous, it changes nothing."),
        ),
    ),
    question(
        _("An engine has 30 cycles left; your network says 40. Which kind of error is it, and what does it cost?"),
        (
            _("Too early: exp(10 / 13) - 1 = 1.16"),
            False,
            _("It would be early if the network said less than 30. Then the engine is replaced too soon."),
        ),
        (
            _("Neither: an error of 10 cycles costs the same in both directions"),
            False,
            _("That holds for the RMSE. The NASA score takes late for worse, because an engine then fails in use."),
        ),
        (
            _("Too late: exp(10 / 10) - 1 = 1.72"),
            True,
            _("It promises 10 cycles that do not exist. The alarm would come after the failure."),
        ),
    ),
    question(
        _(
            "You cut 100 engines into windows of 30 cycles, shuffle all windows and take 20 % of them for the test. "
            "What is wrong?"
        ),
        (
            _("Most windows of the test have a neighbour in training that shares 29 of their 30 rows"),
            True,
            _("The network can recognise the engine and its place in life. Split by engine, then cut the windows."),
        ),
        (
            _("20 % of the windows are too few for a test; with overlapping windows half of them would be needed"),
            False,
            _("The number is no trouble. The test must hold engines that training has never seen."),
        ),
        (
            _("Windows must not be shuffled, because the order of time is lost"),
            False,
            _("The order within each window stays. Shuffling the windows of the training engines is right."),
        ),
        (
            _("Nothing, as long as the scale comes from training windows only"),
            False,
            _("A clean scale closes one leak; the other stays open: the same engine on both sides."),
        ),
    ),
    question(
        _(
            "On the test engines of FD001 this chapter's networks have an RMSE of about 15 cycles. A colleague reports "
            "6. What do you do first?"
        ),
        (
            _("Put it to work, and measure it there"),
            False,
            _("If the figure comes from a leak, the first to notice will be an engine that fails."),
        ),
        (
            _("Train it longer, so that it becomes better still"),
            False,
            _("If something leaks, longer training makes the figure better and the network no more useful."),
        ),
        (
            _("Look for a leak"),
            True,
            _(
                "Windows of one engine on both sides, a scale from all rows, a capped or chosen test set, the best of "
                "many runs on the test: each can do that. Believe it when it survives a split by engine."
            ),
        ),
        (
            _("Ask which activation was used"),
            False,
            _("An activation changes the RMSE by a little. It does not cut it to less than half."),
        ),
    ),
    question(
        _(
            "Your network learned from compressors at sea level. One is moved to a plant at 2,000 m, where the inlet "
            "pressure is lower. What must you expect?"
        ),
        (
            _("It works as before: the wear of the machine is the same physics"),
            False,
            _("The wear may be the same, but the sensors show other numbers for the same wear."),
        ),
        (
            _("An error, because the inputs lie outside the training range"),
            False,
            _("A network calculates with any numbers. Nothing complains unless you watch the inputs yourself."),
        ),
        (
            _("It becomes more careful and predicts shorter lives, since it is unsure"),
            False,
            _("A network that gives one number does not know that it is unsure. The error can go in both directions."),
        ),
        (
            _("It predicts on, and may be far off"),
            True,
            _(
                "It takes the shifted sensors for wear, or for health. Compare the inputs with the range of training, "
                "and learn anew with data from there."
            ),
        ),
    ),
    question(
        _(
            "On the same windows of the same engines, ridge regression has an RMSE of 16.0 cycles and your LSTM 15.8; "
            "another random start of the LSTM gives 16.2. What do you report?"
        ),
        (
            _("The LSTM is better by 0.2 cycles"),
            False,
            _("Another start moves it by 0.4. A difference smaller than that says nothing."),
        ),
        (
            _("Level: the simple model does as well, so the LSTM must still earn its place"),
            True,
            _("This is why the baseline comes first. Ridge is quick, can be read, and is easy to keep running."),
        ),
        (
            _("Recurrent networks are of no use for the remaining life of machines"),
            False,
            _("One figure on one data set does not show that. With more engines, or better settings, it may pay."),
        ),
        (
            _("15.8, because the best of all runs shows what the network is really able to do"),
            False,
            _("The best run on the test set was chosen with the test set. Report the mean and how far runs spread."),
        ),
    ),
]
