"""Sentences with a number or a comparison that no run here can refute, each with the reason.

The words stand in one sentence of the chapter; an entry without its sentence fails the test. NOT_TESTED and FALSE are
debts: `test_claims.py` lets their numbers fall only.
"""

SETTING = "setting of the example"
DEFINITION = "definition"
ADVICE = "advice"
CITED = "cited"
DURATION = "duration: test_run.py holds the whole chapter to its limit"
EXPLANATION = "explanation of a result that is tested"
NOT_TESTED = "not yet tested"
FALSE = "does not hold, to be written anew"
REASONS = (SETTING, DEFINITION, ADVICE, CITED, DURATION, EXPLANATION, NOT_TESTED, FALSE)

EVERYWHERE = {"Loading TensorFlow takes 5 to 20 seconds": DURATION, "(About ": DURATION}

EXEMPT = {
    "00": {
        SETTING: (
            "The camera above the line takes 40 pictures a second",
            "A spindle has run for 3,000 hours",
            "A supplier promised delivery in 20 days",
            "The last orders took between 9 and 61",
            "nobody can look at 40 pictures a second",
            "In 3 minutes a belt moved 6 m",
        ),
        DEFINITION: ("This is the smallest training of all",),
        DURATION: ("It takes 5 to 20 seconds",),
        ADVICE: (
            "The truth arrives late or never",
            "you never see how long it would have lasted",
            "Two pictures of the same board, one in each part",
        ),
    },
    "01": {
        SETTING: ('A rule such as "stop above 80 °C"', "A plant has more than one bearing"),
        DEFINITION: ("A neuron does two things, always in this order",),
    },
    "02": {
        SETTING: (
            "three wheels have 5, 3 and 1 mm left",
            "the network gives 0.9, 0.2 and 0.5 to three parts",
            "a good part is taken out and inspected by hand: 10 EUR",
            "the customer finds it and sends the part back: 190 EUR",
            "We simulate 200,000 parts",
            "Somebody typed 50 mm instead of 5.0 mm",
            "In the week after a tool change there are more defects",
            "Logistics raises the cost of a return from 190 to 990 EUR",
        ),
        DEFINITION: ("The weights do not change $p$ directly",),
        # 0.5 a thousand times is 9e-302, which 64 bits hold.
    },
    "03": {
        SETTING: (
            "For 13 weights that is fine",
            "the smallest network there is",
            "A larger network, a batch of 32",
            "both sensors read 10 standard deviations lower",
        ),
        ADVICE: ("A check that never fails is worth nothing", "So check gradients in 64 bits, and train in 32"),
    },
    "04": {
        SETTING: (
            "Here they are 1 and 10, so it is ten times narrower",
            "We try it on the smallest useful model",
            "65 °C instead of a number around 0",
            "With a million parts that is slow",
            "with the gradient of all 400 bearings",
            "Here are the same 400 bearings, sorted by label",
            "We ask three models about every point of the plane",
            "the new one reads 1 K more",
        ),
        DEFINITION: (
            "The first half of this chapter",
            "The second half does the job on the real data",
            "With two weights the valley has a curvature in each direction",
            "The usual choice lies between 16 and 256",
            "The weights of the best validation epoch are kept",
            "A decision tree asks one question after the other",
        ),
        ADVICE: (
            "We can also look for the cheapest threshold on the validation rows",
            "Never on the test rows",
            'The lesson of this section is not "trees are better"',
            "let a network prove that it is better",
        ),
        DURATION: ("This takes about 15 seconds", "This takes about 20 seconds"),
    },
    "06": {
        SETTING: (
            "An engineer needs a minute for each map",
            "4,000 maps, 8 epochs",
            "A pattern that is missed lets a broken machine run on: 400 EUR",
            "A false alarm costs an engineer's look: 60 EUR",
            "sends the engineer to a wrong machine: 100 EUR",
            "Someone exports 0, 1, 2 instead of 0, 0.5, 1",
        ),
        DEFINITION: ("A covered square is a picture the network has never seen",),
    },
    "07": {
        SETTING: (
            "A laser weld is filmed in 60 pictures",
            "Longer than in training",
            "The LSTM above has never seen more than 60 pictures",
            "The network learned from temperatures around 65 °C",
        ),
    },
    "08": {
        SETTING: (
            "The target is divided by 125",
            "Which age is best is chosen on the training engines as well",
            "The spare part takes 40 cycles to come",
            "and an engine it has never seen",
        ),
        DEFINITION: ("That is what ridge can do only with a fixed weight",),
        ADVICE: (
            "A network is worth something only if it beats what is simple",
            "100 test engines, used again and again",
        ),
        CITED: (
            "The data are the best known ones for this question",
            "Everybody who uses these data caps the target",
            "There are papers with figures below 13",
        ),
    },
    "09": {
        DEFINITION: ('Number 7 is not "more" than number 3',),
        ADVICE: (
            "100 % is a warning.",
            "And have the same texts labelled twice",
            "An accuracy near 100 % is a warning",
        ),
        CITED: ("GPT-3.5 had read very much of it before",),
        EXPLANATION: (
            "With 500 phrases they cannot learn what the words mean",
            "what helps is not a larger network on the same 502 phrases",
        ),
    },
    "10": {
        SETTING: (
            "SimpleRNN with 64 units, the recipe of chapter 8",
            "It reads the 24 hours one after the other",
            "Boosting sees the last 24 months of a part",
            "Twice the same model, once trained on the absolute error",
            "The supplier needs the order 14 days ahead",
            "ships take 40 days more in the last third of the time",
        ),
        DEFINITION: (
            "The forecast to beat needs no training",
            "40 kWh means nothing to somebody from another mill",
            "The fail-safe of the template",
        ),
        CITED: ("Now DAEWOO Steel in Gwangyang, Korea", "Figures that others published for these data"),
    },
    "11": {
        SETTING: (
            "The same 300 readings of bearings, three models",
            "start with few pictures and move the line to the right",
            "Your controller has 100 kB for the model",
            "The test is used ten times",
            "The forest gets a part it has never seen",
        ),
        DURATION: ("The table is made by `python -m course_lib.experiments.deep_or_tree` (15 minutes)",),
        ADVICE: (
            "In two years somebody must train it again",
            "Always begin with the simple one",
            "you then know what the other one is worth",
            "It answers as surely as ever",
        ),
    },
    "12": {
        SETTING: (
            "on the board line that has thousands of pictures",
            "It has ten pictures of each defect",
            "The camera of line 3 has a small chip",
            "Against TensorFlow, for five pictures of noise",
        ),
        ADVICE: ("Line 2 can start with ten pictures of each defect", "Line 2, ten pictures: the hardest limit"),
        DEFINITION: ("one layer further than training needs it",),
        # 256 pictures: NumPy 92 ms, compiled 27 ms, but Keras's predict 108 ms
    },
    "13": {
        SETTING: (
            "A bad joint that leaves the plant costs 400 EUR",
            "A false alarm costs 6 EUR",
            "You have two hours, and the answer is one page",
            "Your network on the 40 torques",
            "the recipe (40 epochs) was settled while looking at this test",
            "From the same start, with the same number of steps",
        ),
    },
}


def exempt(number, texts):
    """`{words: (reason, every)}` of a chapter, with the words of EVERYWHERE that it holds."""
    own = {words: (reason, False) for reason, some in EXEMPT.get(number, {}).items() for words in some}
    return own | {words: (why, True) for words, why in EVERYWHERE.items() if any(words in text for text in texts)}
