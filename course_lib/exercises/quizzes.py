"""The quizzes: a question, its choices, and for every choice why it is right or what it mixes up.

Chapter 0 has one question, to learn how a quiz works; chapters 1 to 4 have five each. Those of the later chapters,
six each, are in the files `quizzes_*.py` beside.
"""

from course_lib.exercises.question import question
from course_lib.exercises.quizzes_choosing import CONTENDERS
from course_lib.exercises.quizzes_images import CLASSIFIER, SEEING
from course_lib.exercises.quizzes_limits import LIMITS
from course_lib.exercises.quizzes_plant import FORECASTS
from course_lib.exercises.quizzes_sequences import MEMORY, REMAINING_LIFE
from course_lib.exercises.quizzes_texts import LOGBOOK
from course_lib.language import _

START = [
    question(
        _(
            "A table has one row for each shift of a press: 12 sensor values, and whether the press failed. 40 rows "
            "are failures. You want to know when the next one comes near. What do you try first?"
        ),
        (
            _("A deep network with many layers, because more layers always see more"),
            False,
            _("With 40 failures a deep network learns them by heart. Many layers pay when there is a lot of data."),
        ),
        (
            _("A convolutional network, because sensors give signals"),
            False,
            _(
                "A convolution looks for patterns among neighbours, in an image or over time. Columns of a table have "
                "none."
            ),
        ),
        (
            _("A decision tree or boosting, and a small network to compare"),
            True,
            _(
                "Both learn from small tables, and a small tree can be read. Chapter 4 measures it on 10,000 rows: "
                "level on the raw columns, the trees clearly ahead once an engineer adds three good ones."
            ),
        ),
        (
            _("Nothing: without a million samples machine learning is useless"),
            False,
            _("Forty failures are few, but classical methods often find a useful rule in small tables."),
        ),
    ),
]

FORWARD = [
    question(
        _(
            "A layer takes 6 sensor values of each machine and has 4 units. You hand it 32 machines at once. "
            "Which shapes do W and the result have?"
        ),
        (
            _("W (4, 6), result (4, 32)"),
            False,
            _(
                "That is the form W x with one machine a column, as in many textbooks. Here, as in Keras, a machine is "
                "a row."
            ),
        ),
        (
            _("W (6, 4), result (32, 4)"),
            True,
            _("(32, 6) times (6, 4) gives (32, 4): a row for each machine, a column for each unit."),
        ),
        (
            _("W (32, 4), result (6, 4)"),
            False,
            _("W must not depend on how many machines are asked at once: the same weights serve 1 or 1000 machines."),
        ),
        (
            _("W (6, 4), result (6, 4)"),
            False,
            _("W is right, but the result has one row for each machine, and there are 32."),
        ),
    ),
    question(
        _(
            "Two dense layers follow each other without an activation between them. What can they do that one layer "
            "cannot?"
        ),
        (
            _("Draw a boundary with one bend"),
            False,
            _("A bend needs something bent in between, such as ReLU. Straight after straight stays straight."),
        ),
        (
            _("Nothing: together they are one dense layer"),
            True,
            _("(x W1 + b1) W2 + b2 = x (W1 W2) + (b1 W2 + b2): one matrix and one bias again."),
        ),
        (
            _("Separate any two classes, given enough units"),
            False,
            _(
                "That needs an activation. Without one the boundary stays one straight line, however many units there "
                "are."
            ),
        ),
    ),
    question(
        _(
            "A neuron watches temperature and vibration: y = sigmoid(w1 x1 + w2 x2 + b). You change only b. "
            "What happens to the line where y = 0.5?"
        ),
        (
            _("It turns"),
            False,
            _("The weights turn the line: it stands at a right angle to (w1, w2). The bias has no direction."),
        ),
        (
            _("It stays, only the values of y change"),
            False,
            _("On the line w1 x1 + w2 x2 + b = 0. When b changes, other points fulfil that."),
        ),
        (
            _("It becomes curved"),
            False,
            _(
                "One neuron always has a straight line: sigmoid(z) is 0.5 where the weighted sum z is 0, and nowhere "
                "else."
            ),
        ),
        (
            _("It moves without turning"),
            True,
            _("The bias shifts the line: it says how easily the neuron reports, whatever the direction."),
        ),
    ),
    question(
        _("All inputs of a neuron with ReLU are so that w x + b = -3 for every machine. What does it give?"),
        (
            _("0 for every machine"),
            True,
            _(
                "ReLU gives 0 for every negative sum. Such a unit is silent; chapter 3 shows that it also stops "
                "learning."
            ),
        ),
        (
            _("-3 for every machine"),
            False,
            _("That would be the linear activation. ReLU cuts off everything below 0."),
        ),
        (
            _("3 for every machine"),
            False,
            _("That would be the absolute value. ReLU does not turn the sign, it gives 0."),
        ),
        (
            _("A small number near 0, such as 0.05"),
            False,
            _("That would be the sigmoid: sigmoid(-3) = 0.047. ReLU gives exactly 0."),
        ),
    ),
    question(
        _("A colleague wants to hand the network 64 machines at once instead of 32. What must change in the network?"),
        (
            _("W needs twice as many rows"),
            False,
            _("The rows of W stand for the inputs of one machine, not for the machines."),
        ),
        (
            _("b must become longer"),
            False,
            _("b has one entry for each unit. Every machine meets the same units."),
        ),
        (
            _("Nothing"),
            True,
            _("x (64, D) times W (D, M) works as before. Weights and biases do not know the size of the batch."),
        ),
        (
            _("It must be trained again"),
            False,
            _("Each row is calculated alone with the same weights. Two batches of 32 give the same numbers."),
        ),
    ),
]

LOSSES = [
    question(
        _('A camera gives probability 0.99 for "good", but the part is defective. What does the cross-entropy say?'),
        (
            _("About 0.01"),
            False,
            _("That would be the loss if the part were good: -log 0.99 = 0.01."),
        ),
        (
            _("About 1, because the prediction is wrong"),
            False,
            _("That is the count of mistakes. Cross-entropy also asks how sure the wrong prediction was."),
        ),
        (
            _("About 4.6"),
            True,
            _(
                "-log 0.01 = 4.6, and it grows without limit as the 0.01 shrinks. Sure and wrong is the most expensive "
                "way to be wrong."
            ),
        ),
    ),
    question(
        _(
            "In another plant a missed crack costs 900 EUR and a false stop 20 EUR. How should the threshold for the "
            "alarm be chosen?"
        ),
        (
            _("Low: alarm on a small suspicion"),
            True,
            _("Many cheap stops are worth one crack found. With honest probabilities alarm from 20 / 920 = 0.02 on."),
        ),
        (
            _("At 0.5, because the network is then right most often"),
            False,
            _("Most often right is not cheapest: 0.5 is best only when both mistakes cost the same."),
        ),
        (
            _("High: alarm only when the network is sure"),
            False,
            _("That saves stops and lets cracks pass. It would fit if a stop cost more than a crack."),
        ),
        (
            _("It does not matter once the loss is small"),
            False,
            _(
                "The loss knows nothing of money. Where predictions are unsure, the threshold decides which mistake "
                "you make."
            ),
        ),
    ),
    question(
        _("The scores (logits) for three classes are (2, 1, 0). You add 100 to all three. What does softmax do?"),
        (
            _("All shares grow"),
            False,
            _("They cannot all grow: the shares of a row add up to 1."),
        ),
        (
            _("The first class gets almost everything"),
            False,
            _("That happens when you multiply the scores by 100: then the differences grow. Adding keeps them."),
        ),
        (
            _("It overflows in any case"),
            False,
            _(
                "exp(102) still fits into 64 bits, though not into 32. And once the largest score is subtracted, both "
                "cases are (0, -1, -2): nothing overflows."
            ),
        ),
        (
            _("Nothing changes"),
            True,
            _("exp(z + 100) = exp(z) exp(100), and the factor cancels: only the differences between scores count."),
        ),
    ),
    question(
        _(
            "You predict the wear of a tool in micrometres. One of 200 measured values is wrong by a typing error "
            "(5000 instead of 50). With which loss does this one value pull hardest at the network?"
        ),
        (
            _("Mean absolute error"),
            False,
            _(
                "Its pull is the same for every error, large or small: the typing error counts, but no more than "
                "others."
            ),
        ),
        (
            _("Mean squared error"),
            True,
            _(
                "The error is squared, and its gradient grows with the error: one wild value can outweigh all the "
                "others."
            ),
        ),
        (
            _("Both pull equally"),
            False,
            _("Compare an error of 1 with one of 1000: absolute 1 to 1000, squared 1 to 1,000,000."),
        ),
    ),
    question(
        _(
            "You write softmax by hand as the last line of a network for three classes, and give its shares to a loss "
            "with from_logits=True. What happens?"
        ),
        (
            _("It trains, but badly"),
            True,
            _(
                "Softmax is applied twice: the loss takes the shares for scores. They lie between 0 and 1, so after "
                "the second softmax no class can get more than 0.58, and the loss never falls below 0.55."
            ),
        ),
        (
            _("An error tells you at once"),
            False,
            _(
                "The shapes fit and all numbers are valid, so nothing complains. (Keras warns you, but only if the "
                "softmax is its own.)"
            ),
        ),
        (
            _("Nothing, from_logits=True is only faster"),
            False,
            _("It says what the numbers are: scores before the softmax. With shares the loss becomes another one."),
        ),
        (
            _("The loss becomes NaN"),
            False,
            _("From scores the loss is safe for all numbers. It stays finite, and wrong."),
        ),
    ),
]

BACKPROPAGATION = [
    question(
        _("What does one entry of dL/dW, say 0.3 for the weight of the vibration sensor, tell you?"),
        (
            _("The sensor explains 30 % of the failures"),
            False,
            _("A gradient is no share of anything. It depends on the units and on where the weights stand now."),
        ),
        (
            _("The weight should become 0.3"),
            False,
            _("The gradient is a direction and a slope, not a destination."),
        ),
        (
            _("The weight is 0.3 too large, so 0.3 must be subtracted at the next step"),
            False,
            _("It says the weight should shrink, but not by how much: the slope changes on the way."),
        ),
        (
            _("If this weight grows a little, the loss grows 0.3 times as much"),
            True,
            _("That is a slope: change of loss divided by change of weight, for a small change. So shrink the weight."),
        ),
    ),
    question(
        _("Why does backpropagation keep the inputs of each layer from the way forward?"),
        (
            _("To repeat the way forward if a step fails"),
            False,
            _("Nothing is repeated. The kept numbers are needed in the formulas of the gradients."),
        ),
        (
            _("Because dL/dW is made of them"),
            True,
            _(
                "dL/dW = x^T dy: how much a weight matters depends on what it was multiplied with. So memory grows "
                "with depth."
            ),
        ),
        (
            _("To compare them with the next batch"),
            False,
            _("Each batch has its own; they are dropped after the step."),
        ),
    ),
    question(
        _(
            "A ReLU unit in the first layer has a negative sum for all samples. What does gradient descent do to its "
            "weights?"
        ),
        (
            _("They are not changed"),
            True,
            _("Where z < 0 the slope of ReLU is 0, so the gradient is 0 for every sample. The unit is called dead."),
        ),
        (
            _("They grow until the unit speaks"),
            False,
            _("For that a gradient would have to reach them, and ReLU lets none through below 0."),
        ),
        (
            _("They shrink to 0"),
            False,
            _("Nothing pulls at them in either direction. They stay where they are."),
        ),
        (
            _("They follow the average of the other units"),
            False,
            _("Each unit has its own gradient; there is no averaging between units."),
        ),
    ),
    question(
        _("The loss is the mean over a batch of 32. Where on the way back do we divide by 32?"),
        (
            _("In every layer, when dW and db are calculated"),
            False,
            _(
                "Then the gradients would be divided twice: the loss has done it already. In the layers the samples "
                "add up."
            ),
        ),
        (
            _("Nowhere, the optimizer takes care of it"),
            False,
            _("The optimizer sees only the finished gradients and does not know how large the batch was."),
        ),
        (
            _("Once, in the gradient of the loss"),
            True,
            _("The mean is part of the loss, so its derivative holds 1/32. Everything after it is carried along."),
        ),
    ),
    question(
        _(
            "You check your gradient with finite differences in float64. With h = 1e-5 the two agree to 1e-10, "
            "with h = 1e-13 only to 1e-3. What is the reason?"
        ),
        (
            _("The gradient is wrong, and the first agreement to ten digits was luck with the random numbers"),
            False,
            _("Ten digits do not agree by luck. The measurement is what changed."),
        ),
        (
            _("f(x + h) and f(x - h) agree in nearly all digits, and their difference is mostly rounding"),
            True,
            _(
                "float64 has 16 digits. The difference keeps few of them, and dividing by the tiny 2 h enlarges their "
                "rounding error."
            ),
        ),
        (
            _("The step is too large for a bent function"),
            False,
            _("That is the other end: a large h cuts across the bend. Smaller h is better there, down to about 1e-5."),
        ),
        (
            _("h is smaller than the learning rate"),
            False,
            _("The learning rate plays no part in measuring a slope."),
        ),
    ),
]

TRAINING = [
    question(
        _("The loss rises from step to step and soon shows NaN. What do you change first?"),
        (
            _("Train longer, until it settles"),
            False,
            _("Each step makes it worse: the weights jump across the valley to a higher point each time."),
        ),
        (
            _("A larger network"),
            False,
            _("Size is not the trouble. The steps are longer than the valley is wide."),
        ),
        (
            _("A smaller learning rate"),
            True,
            _(
                "Above 2 / lambda_max, with lambda_max the largest curvature of the loss, each step jumps across the "
                "valley and ends higher."
            ),
        ),
    ),
    question(
        _("3.4 % of the machines in a table fail. A model reports 96.6 % accuracy on new data. What do you know?"),
        (
            _("It is a good model: hardly any mistakes"),
            False,
            _("A model that never warns makes just as few mistakes and is of no use."),
        ),
        (
            _("It finds 96.6 % of the failures"),
            False,
            _("That would be the recall. Accuracy counts good machines too, and they are nearly all."),
        ),
        (
            _("It overfits"),
            False,
            _("For that you would compare training and validation. One number does not tell."),
        ),
        (
            _("Almost nothing"),
            True,
            _(
                "A model that never warns has the same accuracy. Ask for recall, precision or F1 of the failures, or "
                "for the cost."
            ),
        ),
    ),
    question(
        _("The training loss falls all the time; the validation loss falls for 20 epochs and then rises. What is it?"),
        (
            _("Overfitting"),
            True,
            _(
                "The network begins to learn the training machines by heart. Stop near epoch 20, take a smaller "
                "network, add dropout, or get more data."
            ),
        ),
        (
            _("A learning rate that is too large"),
            False,
            _("Then the training loss would jump or rise too. It falls well here."),
        ),
        (
            _("A bug in the validation: it should follow the training loss"),
            False,
            _("It need not. It is measured on machines the network has not seen, and that is its worth."),
        ),
        (
            _("Too few epochs"),
            False,
            _("More epochs lead further away: the validation loss is already rising."),
        ),
    ),
    question(
        _("Each machine gives 50 rows in your table. How do you split into training and test?"),
        (
            _("Shuffle all rows and take 20 % for the test"),
            False,
            _(
                "Then rows of one machine are on both sides. The network can recognise the machine, and the test looks "
                "better than it is."
            ),
        ),
        (
            _("All rows of a machine go to one side"),
            True,
            _("The test asks what you want to know: how it does on a machine it has never seen."),
        ),
        (
            _("The first 40 rows of each machine for training, the last 10 for the test"),
            False,
            _(
                "Every machine is still on both sides. That answers another question: the same machines, a little "
                "later."
            ),
        ),
    ),
    question(
        _(
            "Two networks train for one epoch on 10,000 rows: one in mini-batches of 32, one with all rows at once. "
            "Why is the first usually better after it?"
        ),
        (
            _("The gradient of 32 rows is more accurate"),
            False,
            _("It is less accurate, and that is fine: roughly downhill is enough for a step."),
        ),
        (
            _("Small batches need no learning rate"),
            False,
            _("They do. The noise of small batches even asks for a smaller one near the end."),
        ),
        (
            _("It has seen each row more often"),
            False,
            _("In an epoch each row comes once, in both cases."),
        ),
        (
            _("It has made 313 steps instead of one"),
            True,
            _(
                "10,000 / 32 = 312.5, so 313 steps, the last with 16 rows. Each is only roughly right, but together "
                "they get further than one exact step. They take longer: a cell of chapter 4 measures the speed."
            ),
        ),
    ),
]

QUIZZES = {
    0: START,
    1: FORWARD,
    2: LOSSES,
    3: BACKPROPAGATION,
    4: TRAINING,
    5: SEEING,
    6: CLASSIFIER,
    7: MEMORY,
    8: REMAINING_LIFE,
    9: LOGBOOK,
    10: FORECASTS,
    11: CONTENDERS,
    12: LIMITS,
}
