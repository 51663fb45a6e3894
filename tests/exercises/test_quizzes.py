import pytest

from course_lib import exercises as ex
from course_lib.exercises.quizzes import question

QUESTIONS = [(chapter, k, one) for chapter, quiz in ex.QUIZZES.items() for k, one in enumerate(quiz)]


def test_five_questions_a_chapter_at_least_and_one_to_start():
    assert {chapter: len(quiz) for chapter, quiz in ex.QUIZZES.items()} == {
        0: 1,
        1: 5,
        2: 5,
        3: 5,
        4: 5,
        5: 6,
        6: 6,
        7: 6,
        8: 6,
        9: 6,
        10: 6,
        11: 6,
        12: 6,
    }


@pytest.mark.parametrize(("chapter", "k", "one"), QUESTIONS, ids=[f"{chapter}-{k}" for chapter, k, _one in QUESTIONS])
def test_a_question_has_a_reason_for_every_choice(chapter, k, one):
    assert 3 <= len(one.choices) <= 4
    assert len(one.why) == len(one.choices) == len(set(one.choices)) == len(set(one.why))
    assert 0 <= one.answer < len(one.choices)
    assert one.text.strip().endswith(("?", ".")) and all(len(why) > 30 for why in one.why)


@pytest.mark.parametrize("chapter", [chapter for chapter in ex.QUIZZES if chapter])
def test_neither_place_nor_length_gives_the_answer_away(chapter):
    quiz = ex.QUIZZES[chapter]
    places = [one.answer for one in quiz]
    assert len(set(places)) >= 3
    longest = [max(one.choices, key=len) == one.choices[one.answer] for one in quiz]
    assert sum(longest) <= 2


def test_a_question_needs_exactly_one_right_choice():
    with pytest.raises(ValueError, match="exactly one"):
        question("?", ("a", True, "x"), ("b", True, "y"))
    with pytest.raises(ValueError, match="exactly one"):
        question("?", ("a", False, "x"), ("b", False, "y"))


def test_the_numbers_in_the_quizzes_are_right():
    import numpy as np

    from course_lib import nn

    assert nn.conv_output_size(28, 5, 2) == 12 and nn.conv_output_size(28, 5, 1) == 24  # chapter 5
    window = np.array([[5.0, 5], [2, 1]])[None, :, :, None]
    dx = nn.max_pool2d_backward(np.full((1, 1, 1, 1), 0.8), nn.max_pool2d_forward(window)[1])
    assert dx.ravel().tolist() == [0.8, 0, 0, 0]
    assert (9 * 32 + 32, 9 * 32 * 64 + 64, 1600 * 64 + 64) == (320, 18_496, 102_464)  # chapter 6

    assert -np.log(0.01) == pytest.approx(4.6, abs=0.01) and -np.log(0.99) == pytest.approx(0.01, abs=1e-3)
    assert nn.sigmoid(np.array(-3.0)) == pytest.approx(0.047, abs=5e-4)
    np.testing.assert_allclose(nn.softmax(np.array([[2.0, 1, 0]])), nn.softmax(np.array([[102.0, 101, 100]])))
    assert 20 / 920 == pytest.approx(0.02, abs=0.002)
    assert np.ceil(10_000 / 32) == 313 and 10_000 % 32 == 16
    assert np.finfo("float32").max < np.exp(102.0) < np.finfo("float64").max
    largest = nn.softmax(np.array([1.0, 0.0, 0.0]))[0]  # softmax twice, the first one as sure as can be
    assert largest == pytest.approx(0.58, abs=0.005) and -np.log(largest) == pytest.approx(0.55, abs=0.005)


def test_the_numbers_in_the_quizzes_on_sequences_are_right():
    import numpy as np

    from course_lib import nn, remaining_life

    up, down = np.array([4.0, 5, 6, 7]), np.array([7.0, 6, 5, 4])
    for figure in (np.mean, np.std, np.min, np.max):
        assert figure(up) == figure(down)
    assert up.mean() == 5.5 and 50 * 24 == 1200
    assert 0.9**50 == pytest.approx(0.005, abs=5e-4)
    slope = nn.sigmoid(np.array(0.0)) * (1 - nn.sigmoid(np.array(0.0)))
    assert slope == 0.25
    model = nn.Sequential([nn.Input((30, 24)), nn.SimpleRNN(64)])
    longer = nn.Sequential([nn.Input((50, 24)), nn.SimpleRNN(64)])
    assert model.count_params() == longer.count_params() == 24 * 64 + 64 * 64 + 64 == 5696
    assert remaining_life.nasa_score([30], [40]) == pytest.approx(1.72, abs=0.005)
    assert np.exp(10 / 13) - 1 == pytest.approx(1.16, abs=0.005)


def test_every_training_engine_outlives_the_cap():
    import numpy as np

    from course_lib import data

    try:
        train, _test = data.load("turbofan", source="real")
    except data.DataUnavailable as reason:
        pytest.skip(str(reason))
    lives = np.bincount(train.groups)[1:]
    assert len(lives) == 100 and (lives.min(), lives.max()) == (128, 362)


def test_the_numbers_in_the_quiz_on_texts_are_right():
    import numpy as np

    from course_lib import nn, text

    texts = ["pump leaks", "oil leaks"]
    vocabulary = text.build_vocabulary(texts, min_count=1)  # row 1: no training text holds token 1
    assert not (vocabulary.encode(texts) == text.UNKNOWN).any()
    assert (text.build_vocabulary(texts, min_count=2).encode(texts) == text.UNKNOWN).any()
    layer = nn.Embedding(450, 16)
    layer(np.arange(40).reshape(2, 20))
    assert layer.count_params() == 7200
    layer.backward(np.ones((2, 20, 16), "float32"))
    assert np.count_nonzero(layer.gradients[0]) == 640
    assert 17 / 20 == 0.85
    a, b = (sorted(text.tokenize(one)) for one in ("pump stopped, motor runs", "motor stopped, pump runs"))
    assert a == b
    q, k = np.random.default_rng(0).standard_normal((2, 500, 1, 64))
    scores = (q @ k.T if q.ndim == 2 else q[:, 0] @ k[:, 0].T).ravel()
    assert scores.std() == pytest.approx(8, rel=0.02)


def test_the_numbers_in_the_quiz_on_forecasts_are_right():
    import numpy as np

    from course_lib import forecasting

    demand = np.array([0.0] * 7 + [2.0] * 3)
    error = {forecast: np.abs(demand - forecast).mean() for forecast in (0, 0.6, 1, 2)}
    assert error == pytest.approx({0: 0.6, 0.6: 0.84, 1: 1.0, 2: 1.4})
    assert demand.mean() == pytest.approx(0.6) and np.median(demand) == 0
    assert forecasting.newsvendor_quantity(np.arange(1, 11), 90, 10) == 9


def test_what_the_quiz_on_contenders_says_of_the_models_is_so():
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
    from sklearn.svm import SVC

    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = (x[:, 0] + x[:, 1] + 0.3 * rng.normal(size=200) > 0).astype(int)
    other_unit = x * [1, 1000, 1]

    def answers(model, x):
        return model.fit(x[:100], y[:100]).predict(x[100:])

    def forest():
        return RandomForestClassifier(20, random_state=0)

    np.testing.assert_array_equal(answers(forest(), x), answers(forest(), other_unit))
    assert (answers(SVC(), x) != answers(SVC(), other_unit)).any()

    degrees = np.linspace(20, 80, 200)[:, None]
    energy = HistGradientBoostingRegressor().fit(degrees, 3 * degrees[:, 0])
    assert energy.predict([[120.0]]) == energy.predict([[80.0]]) and energy.predict([[80.0]]) > 200

    svm = SVC(kernel="linear", tol=1e-8).fit(x, y)
    kept = (2 * y - 1) * svm.decision_function(x) < 1 + 1e-6
    assert 0 < kept.sum() < 150
    again = SVC(kernel="linear", tol=1e-8).fit(x[kept], y[kept])
    np.testing.assert_allclose(again.coef_, svm.coef_, atol=1e-5)
    np.testing.assert_allclose(again.intercept_, svm.intercept_, atol=1e-5)


def test_the_numbers_in_the_quiz_on_limits_are_right():
    import numpy as np

    from course_lib import complexity, nn, quantization

    model = nn.Sequential([
        nn.Input((28, 28, 1)), nn.Conv2D(32, 3), nn.MaxPooling2D(2), nn.Conv2D(64, 3), nn.MaxPooling2D(2), nn.Flatten(),
        nn.Dense(64), nn.Dense(10),
    ])  # fmt: skip
    weights = [layer.count_params() for layer in model.layers]
    flops = complexity.count_flops(model)
    assert sum(weights) == 121_930 and sum(flops) == pytest.approx(5e6, rel=0.02)
    assert np.round(100 * np.array(weights)[[5, 2]] / sum(weights)).tolist() == [84, 15]
    assert np.round(100 * np.array(flops)[[5, 2, 0]] / sum(flops)).tolist() == [4, 88, 8]
    assert flops[2] == 2 * 121 * 18_432 and flops[5] == 204_800

    def bfloat16(value):
        """Rounded to the nearest number whose lower 16 bits are 0; enough for values between 1 and 2."""
        bits = np.float32(value).view(np.uint32)
        return np.uint32((int(bits) + 0x8000) & 0xFFFF0000).view(np.float32)

    weight = np.float32(1)
    for _update in range(1000):
        weight = bfloat16(weight + np.float32(0.001))
    assert weight == 1 and bfloat16(1.0078) == 1 + 2**-7

    w = np.append(np.random.default_rng(0).uniform(-1, 1, 500), 100)
    q, scale = quantization.quantize(w)
    assert scale == pytest.approx(0.79, abs=0.005) and set(q[:-1].tolist()) == {-1, 0, 1} and q[-1] == 127
