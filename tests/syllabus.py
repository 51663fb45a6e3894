"""What the course promises to cover, and where: the table in the README is made from this list.

    python -m tests.syllabus          writes the table into README.md, between its two marks

`test_syllabus.py` fails when a name here is not there (formula, function, test, widget, exercise), and when the README
holds another table.
"""

import sys
from dataclasses import dataclass

from tests.environment import NOTEBOOKS, ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- coverage: made by `python -m tests.syllabus` -->", "<!-- end of coverage -->"


@dataclass(frozen=True)
class Topic:
    """One line: a formula shown in the chapter, NumPy code, the test against TensorFlow, a widget, an exercise."""

    title: str
    chapter: str  # "01"
    formula: str  # as the chapter displays it
    numpy: str  # in course_lib
    tensorflow: str  # file::test, in tests
    widget: str | None
    exercise: str | None


TOPICS = [
    Topic("Forward propagation", "01", r"y = f(x W + b)", "nn.dense_forward",
          "parity/test_functions.py::test_dense", "NeuronBench", "dense_forward"),
    Topic("Activations", "01", r"\text{ReLU}(z) = \max(0, z)", "nn.relu",
          "parity/test_functions.py::test_activations", "StraightOrBent", "relu"),
    Topic("Mean squared error", "02", r"L = \frac{1}{N} \sum_{n} (\hat{y}_n - y_n)^2", "nn.mean_squared_error",
          "parity/test_functions.py::test_losses", "LossExplorer", "mean_squared_error"),
    Topic("Cross-entropy", "02", r"L = \frac{1}{N} \sum_n - \log p_{n, t_n}", "nn.sparse_categorical_crossentropy",
          "parity/test_functions.py::test_losses", "LossExplorer", "sparse_categorical_crossentropy"),
    Topic("Backpropagation: dL/dW, dL/db", "03", r"dW = x^\top \, dy", "nn.dense_backward",
          "parity/test_models.py::test_compare", "BackpropStepper", "dense_backward"),
    Topic("Finite differences", "03",
          r"\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2 h}",
          "nn.numerical_gradient", "parity/test_models.py::test_compare", "GradientChecker", "numerical_gradient"),
    Topic("Gradient descent, SGD", "04", r"w \leftarrow w - \eta \, \frac{dL}{dw}", "nn.SGD",
          "parity/test_models.py::test_500_steps_of_training_are_keras_steps", "OptimizerRace", "sgd_step"),
    Topic("Momentum", "04", r"m \leftarrow \mu \, m - \eta \, g, \qquad w \leftarrow w + m", "nn.SGD",
          "parity/test_models.py::test_500_steps_of_training_are_keras_steps", "OptimizerRace", "momentum_step"),
    Topic("RMSprop", "04",
          r"v \leftarrow \rho \, v + (1 - \rho) \, g^2, \qquad w \leftarrow w - \frac{\eta \, g}{\sqrt{v + \epsilon}}",
          "nn.RMSprop", "parity/test_models.py::test_500_steps_of_training_are_keras_steps", "OptimizerRace",
          "rmsprop_step"),
    Topic("Adam", "04",
          r"\alpha = \eta \, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}, \qquad w \leftarrow w - \frac{\alpha \, m}"
          r"{\sqrt{v} + \epsilon}",
          "nn.Adam", "parity/test_models.py::test_500_steps_of_training_are_keras_steps", "OptimizerRace", "adam_step"),
    Topic("Convolution", "05", r"y_{nijf} = \sum_u \sum_v \sum_c x_{n,\; is+u,\; js+v,\; c} \, W_{uvcf} + b_f",
          "nn.conv2d_forward", "parity/test_images.py::test_drawn_convolutions", "KernelExplorer", "conv2d"),
    Topic("Max pooling", "05", r"y_{nijc} = \max_{u, v} \; x_{n,\; is+u,\; js+v,\; c}", "nn.max_pool2d_forward",
          "parity/test_images.py::test_drawn_poolings", "PoolingExplorer", "max_pool"),
    Topic("Average pooling", "05", r"y_{nijc} = \frac{1}{k_h k_w} \sum_u \sum_v x_{n,\; is+u,\; js+v,\; c}",
          "nn.average_pool2d_forward", "parity/test_images.py::test_drawn_poolings", "PoolingExplorer",
          "average_pool"),
    Topic("Fully connected layers", "01", r"h = \text{ReLU}(x W_1 + b_1), \qquad y = \text{sigmoid}(h W_2 + b_2)",
          "nn.Dense", "parity/test_models.py::test_compare", "NeuronBench", "parameter_count"),
    Topic("The CNN for 28x28x1 and 10 classes", "06", r"L = -\frac{1}{N} \sum_n \log p_{n, t_n}", "nn.Sequential",
          "parity/test_images.py::test_the_ten_class_network_trains_alike", "NetworkInspector", "summary_numbers"),
    Topic("Recurrent networks: hidden, recurrent, output layer", "07",
          r"h_t = f(x_t W_{xh} + h_{t-1} W_{hh} + b_h)", "nn.simple_rnn_forward",
          "parity/test_recurrent.py::test_states_and_all_gradients", "UnrolledNetwork", "rnn_forward"),
    Topic("Vanishing gradients, LSTM", "07",
          r"c_t = f_t \cdot c_{t-1} + i_t \cdot g_t, \qquad h_t = o_t \cdot \tanh(c_t)",
          "nn.lstm_forward",
          "parity/test_recurrent.py::test_500_steps_of_training_are_keras_steps", "GateExplorer",
          "lstm_step"),
    Topic("Predictive maintenance", "08", r"\text{RMSE} = \sqrt{ \frac{1}{N} \sum_n (\hat y_n - y_n)^2 }",
          "remaining_life.alarm_policy", "parity/test_recurrent.py::test_compare_models", "RemainingLifeMonitor",
          "alarm_cost"),
    Topic("Language: embedding", "09",
          r"y_{n,t} = \text{onehot}(\text{token}_{n,t}) \, W = W_{\text{token}_{n,t}}", "nn.embedding_forward",
          "parity/test_embedding.py::test_the_rows_of_an_embedding_and_its_gradient", "TokenExplorer",
          "embedding_forward"),
    Topic("Attention", "09", r"y = A v, \qquad A = \text{softmax}\left( \frac{q \, k^T}{\sqrt{d}} \right)",
          "nn.attention_forward", "parity/test_embedding.py::test_attention_and_all_its_gradients",
          "AttentionPicture", "attention"),
    Topic("Smart manufacturing: energy of the next hour", "10", r"\hat y_{t+h} = y_{t+h-m}",
          "forecasting.seasonal_naive", "parity/test_recurrent.py::test_compare_models", "ForecastAndCost", "lagged"),
    Topic("Smart logistics: deliveries and spare parts", "10", r"P(D \le Q) \ge \frac{c_s}{c_s + c_o}",
          "forecasting.newsvendor_quantity", "parity/test_models.py::test_compare", "ForecastAndCost",
          "newsvendor_quantity"),
    Topic("Decision trees", "11", r"G(t) = \frac{N_L}{N} G_L + \frac{N_R}{N} G_R", "classical.grow_tree",
          "test_classical.py::test_a_tree_is_that_of_scikit_learn", "WhichOneWins", "best_split"),
    Topic("Support vector machines", "11", r"L = \frac{1}{N} \sum_n \max(0, \; 1 - y_n s_n)", "classical.hinge_loss",
          "parity/test_functions.py::test_the_hinge_loss", "WhichOneWins", "hinge_loss"),
    Topic("Limits: little data", "06",
          r"\text{balanced accuracy} = \frac{1}{K} \sum_k \frac{M_{kk}}{\sum_a M_{ka}}",
          "data.augment.augment", "test_data_hunger.py::test_a_small_run_has_the_form_of_the_shipped_result",
          "DataHunger", "balanced_accuracy"),
    Topic("Limits: complexity", "12",
          r"\text{conv: } 2 \, k_h k_w \, C F \, H' W', \qquad \text{dense: } 2 \, D M", "complexity.count_flops",
          "test_complexity.py::test_the_products_are_those_of_tensorflow", "NetworkInspector", "flops"),
    Topic("Limits: compute, int8", "12",
          r"\text{scale} = \frac{\max |w|}{127}, \qquad q = \text{round}\left( \frac{w}{\text{scale}} \right), \qquad "
          r"w \approx \text{scale} \cdot q",
          "quantization.quantize", "test_export.py::test_the_same_answers_from_tensorflow_lite", "PrecisionBench",
          "quantize"),
    Topic("Limits: float formats", "12", r"|\tilde x - x| \le 2^{-(m + 1)} |x|", "precision.round_mantissa",
          "test_precision.py::test_bfloat16_is_the_cast_of_tensorflow_bit_by_bit", "PrecisionBench", None),
    Topic("Limits: several machines", "12", r"g = \frac{\sum_k n_k \, g_k}{\sum_k n_k}", "parallel.average_gradients",
          "test_two_workers.py::test_two_processes_train_as_one", None, "average_gradients"),
]  # fmt: skip


def functions_of(path):
    """The names of the test functions of a file in `tests`."""
    import ast

    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def notebook(number):
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    return path


def row(topic):
    """The line of the table for a topic."""
    file, test = topic.tensorflow.split("::")
    kind = "scikit-learn" if "scikit" in test else "TensorFlow"
    return "| " + " | ".join([
        topic.title,
        f"[{int(topic.chapter)}](notebooks/{notebook(topic.chapter).name})",
        f"${topic.formula}$".replace("|", r"\vert "),
        f"`{topic.numpy}`",
        f"{kind}: [{test.removeprefix('test_').replace('_', ' ')}](tests/{file})",
        f"`{topic.widget}`" if topic.widget else "-",
        f"`{topic.exercise}`" if topic.exercise else "-",
    ]) + " |"  # fmt: skip


def table():
    """The table as Markdown."""
    head = ["Topic", "Chapter", "Formula", "NumPy", "Checked against", "Widget", "Exercise"]
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *map(row, TOPICS)])


def in_readme():
    """The table that stands in the README."""
    text = README.read_text(encoding="utf-8")
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def main():
    text = README.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
