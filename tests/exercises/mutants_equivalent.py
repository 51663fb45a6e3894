"""The mutants that do the same as a right answer on every input that the statement allows, and why.

`EQUIVALENT[exercise]` maps a reason to the changes it holds for, each as "function: old -> new"; `#2` is the second
such change of that function. `python -m tests.exercises.mutants` also compares each of them with the solution on the
inputs of `wide_inputs.py`, which is how far the equality is shown.
"""

OVERWRITTEN = "every element is written afterwards, so what stood there before does not matter"
NOT_NEEDED = "only what does not depend on this value is read afterwards"
SIZE = "only the size of the array is read, not its values"
LAST_AXIS = "the array has so many axes that both numbers name its last axis"
VECTORS = "with vectors of one axis .T does nothing, and a @ b is b @ a"
SEAM = "at the seam both formulas give the same number"
SYMMETRIC = "the two may change places: a square, an absolute value or a count of agreement follows"
CLIP = "np.clip is minimum(maximum(.)), and the bounds are in order: the middle one of three numbers stays the same"
ONE_ELEMENT = "this axis or tuple has one element, so the first is the last, or its elements are equally long"
BETWEEN = "a threshold lies between two values, so no value is equal to it"
NOISE = "it only decides between equally good splits whose impurities differ in the last digit by rounding"
NEGATIVE = "NumPy takes any negative size in reshape as 'what is left'"
FORM = "another type or a copy with the same numbers, which the checker accepts"
ROW_FACTOR = "a positive factor of a row cancels when the row is divided by its length"
ZERO = "the number 0 becomes an array at the first addition"
RESTORED = "x is changed in place, but each element is put back before the next"
ROUNDED = "9550 itself is 30000 / pi, rounded: the tolerance of this exercise allows a ten-thousandth"
SQUARE = "W_hh is square, so both axes are equally long"
ANY_NUMBER = "the state is its author's own business, and this entry is never read"
ARRAYS = "the cases hand in float arrays, so there is nothing to convert"
UNREACHED = "`gradients` is a list, so this line is never reached"
NO_POSITIVES = "with a single positive among both there is no hit, so 0 is divided by 1 or by 2"
WARNING = "it only silences a warning"
BORDER = "for a kernel not wider than its step both ways give ceil(n / s)"
FIRST_ONLY = "each window writes to a pixel of its own, once"
OFFSET = "all costs grow by the same amount, so the same threshold is the cheapest"
AGAIN = "the same value is tried or written twice, or the first one replaces it completely"
NOTHING = "adding or subtracting 0 changes nothing; a product or a sum makes the copy"
TINY = "1e-300 is lost beside any norm but 0"
CAPPED = "the life left is never negative"
CONSTANT = "a sensor that never changes has s = 0 to the last digit in the cases; the statement asks for no more"
AXES = "swapaxes(1, 2) is swapaxes(2, 1)"
COUNTS = "the counts of the words are not used when texts are encoded"
NONE_HIDDEN = "every text has a real token, so nothing is filled"
LENGTH = "a row of counts that is not 0 has at least the length 1, and a row of 0 stays 0 whatever it is divided by"
FROM_THE_END = "a negative index counts from the end, which is the same place"
LONGER = "what is too long is cut off or comes after the first that is enough"
LAST_SHARE = "the largest demand has the share 1, so the loop always returns"
SCALED = "all costs are divided by the same number, so the same quantity is the cheapest"
CENTS = "rounding here only makes up for the last digits; to whole cents the costs of neighbours differ"
PIECES = "pieces are whole, so what is less than 1 is 0"
BOTH_ORDERS = "the threshold is the mean of the two, in any order"
SQUARED = "the shares are squared, and both signs turn together"
TREE = "with one column, chance could only choose between equally good splits"
SIGNS = "y is 1 or -1, so y is 1 / y"
SAME_LOSS = "scikit-learn's loss and the mean by hand are the same number"
DIAGONAL = "only the diagonal is read, where both divisions agree"
ALL_KINDS = "every layer that comes here is dense"
CHECKED = "the course's function only tests its input here"
ZERO_MAP = "an image of zeros stays 0 whatever it is divided by"
IN_RANGE = "|w| / max |w| * 127 is at most 127, so nothing is clipped"
FACTORS = "a product may be turned round"

EQUIVALENT = {
    "units_check": {
        ROUNDED: [
            "power_by_handbook: 9550 -> 9551",
            "power_by_handbook: 9550 -> 9549",
        ],
    },
    "neuron_output": {
        VECTORS: [
            "neuron_dot: w.T @ x -> x @ w.T",
            "neuron_dot: w.T @ x -> w @ x",
            "neuron_dot: w.T @ x -> w.T @ x.T",
            "neuron_tanh: np.dot(x, w) -> np.dot(w, x)",
        ],
    },
    "parameter_count": {
        SIZE: [
            "count_by_arrays: np.zeros((a, b)) -> np.ones((a, b))",
            "count_by_arrays: np.zeros(b) -> np.ones(b)",
        ],
    },
    "relu": {
        SEAM: [
            "relu_where: z > 0 -> z >= 0",
            "relu_mask: y < 0 -> y <= 0",
        ],
        CLIP: [
            "relu_clip: np.clip(z, 0, None) -> np.clip(0, z, None)",
        ],
    },
    "mean_squared_error": {
        SYMMETRIC: [
            "mean_squared_error: y_pred - y_true -> y_true - y_pred",
            "mse_sum: y_true - y_pred -> y_pred - y_true",
            "mse_norm: y_pred - y_true -> y_true - y_pred",
            (
                "mse_loop: zip(y_true.flatten(), y_pred.flatten(), strict=True) "
                "-> zip(y_pred.flatten(), y_true.flatten(), strict=True)"
            ),
        ],
    },
    "softmax": {
        LAST_AXIS: [
            "softmax: z.max(axis=-1, keepdims=True) -> z.max(axis=1, keepdims=True)",
            "softmax: e.sum(axis=-1, keepdims=True) -> e.sum(axis=1, keepdims=True)",
            "softmax_transposed: z.max(axis=1) -> z.max(axis=-1)",
            "softmax_log: z.max(axis=-1) -> z.max(axis=1)",
            "softmax_log: -1 -> 1",
        ],
    },
    "sparse_categorical_crossentropy": {
        LAST_AXIS: [
            (
                "sparse_categorical_crossentropy: logits.max(axis=1, keepdims=True) "
                "-> logits.max(axis=-1, keepdims=True)"
            ),
            (
                "sparse_categorical_crossentropy: np.exp(z).sum(axis=1, keepdims=True) "
                "-> np.exp(z).sum(axis=-1, keepdims=True)"
            ),
            "entropy_logaddexp: np.logaddexp.reduce(logits, axis=1) -> np.logaddexp.reduce(logits, axis=-1)",
            (
                "entropy_onehot: np.sum(np.exp(logits - m), axis=1, keepdims=True) "
                "-> np.sum(np.exp(logits - m), axis=-1, keepdims=True)"
            ),
        ],
    },
    "plant_cost": {
        FORM: [
            "cost_mean: (y_prob >= threshold).astype(int) -> y_prob >= threshold",
        ],
    },
    "dense_backward": {
        OVERWRITTEN: [
            "dense_backward_loop: np.zeros_like(x) -> np.ones_like(x)",
        ],
        VECTORS: [
            "dense_backward_loop: W @ dy[n] -> W @ dy[n].T",
            "dense_backward_transposes: np.ones(len(dy)) @ dy -> np.ones(len(dy)).T @ dy",
        ],
    },
    "two_layer_gradients": {
        VECTORS: [
            "two_layers_by_sample: x[n] @ W1 -> x[n].T @ W1",
            "two_layers_by_sample: h @ W2 -> h.T @ W2",
            "two_layers_by_sample: W2 @ dy -> W2 @ dy.T",
        ],
    },
    "numerical_gradient": {
        FORM: [
            "value: np.asarray(y) -> y",
            "value: y.item() -> y",
        ],
        OVERWRITTEN: [
            "numerical_gradient: np.zeros_like(x) -> np.ones_like(x)",
            "numerical_flat: np.zeros(x.size) -> np.ones(x.size)",
            "numerical_in_place_and_back: np.zeros_like(x) -> np.ones_like(x)",
        ],
        RESTORED: [
            "numerical_gradient: x, h = (as_float('x', x).copy(), positive('h', h)) -> (left out)",
            "numerical_gradient: as_float('x', x).copy() -> as_float('x', x)",
            "value: x.copy() -> x",
        ],
        ARRAYS: [
            "value: y = np.asarray(y) -> (left out)",
        ],
    },
    "sgd_step": {
        OVERWRITTEN: [
            "sgd_loop: np.zeros_like(w) -> np.ones_like(w)",
        ],
    },
    "momentum_step": {
        FORM: [
            "earlier: np.zeros_like(start) if isinstance(start, np.ndarray) else start -> np.zeros_like(start)",
        ],
        ANY_NUMBER: [
            "momentum_with_default: 1 -> 2",
            "momentum_with_default: 1 -> 0",
        ],
    },
    "rmsprop_step": {
        FORM: [
            "earlier: np.zeros_like(start) if isinstance(start, np.ndarray) else start -> np.zeros_like(start)",
        ],
        ANY_NUMBER: [
            "rmsprop_other_form: 1 -> 2 #3",
            "rmsprop_other_form: 1 -> 0 #3",
        ],
    },
    "adam_step": {
        FORM: [
            "earlier: np.zeros_like(start) if isinstance(start, np.ndarray) else start -> np.zeros_like(start)",
        ],
    },
    "f1_score": {
        SYMMETRIC: [
            "f1_loop: zip(y_true, y_pred, strict=True) -> zip(y_pred, y_true, strict=True)",
            (
                "f1_sklearn: sklearn.metrics.f1_score(y_true, y_pred, zero_division=0.0) "
                "-> sklearn.metrics.f1_score(y_pred, y_true, zero_division=0.0)"
            ),
        ],
        NO_POSITIVES: [
            "f1_inverse_mean: 1 -> 2",
        ],
        WARNING: [
            (
                "f1_sklearn: sklearn.metrics.f1_score(y_true, y_pred, zero_division=0.0) "
                "-> sklearn.metrics.f1_score(y_true, y_pred)"
            ),
        ],
    },
    "cross_correlate": {
        OVERWRITTEN: [
            "cross_correlate: np.zeros((height, width)) -> np.ones((height, width))",
        ],
        ONE_ELEMENT: [
            "correlate_with_library: 0 -> -1 #2",
            "correlate_with_library: 0 -> -1 #3",
        ],
    },
    "output_size": {
        FORM: [
            "size_with_border: int(np.ceil(n / strides)) -> np.ceil(n / strides)",
            "size_with_border: int(np.ceil(n / strides)) -> np.ceil(n / strides) #2",
        ],
        BORDER: [
            "size_with_border: 0 -> -1 #2",
            "size_with_border: if kernel_size < strides: -> (left out)",
            "size_with_border: if kernel_size < strides: -> if True:",
            "size_with_border: if kernel_size < strides: -> if False:",
            "size_with_border: kernel_size < strides -> kernel_size <= strides",
            "size_with_border: kernel_size < strides -> kernel_size > strides",
            "size_with_border: kernel_size < strides -> kernel_size >= strides",
        ],
    },
    "conv2d": {
        OVERWRITTEN: [
            "conv_loops: np.zeros((N, Ho, Wo, F)) -> np.ones((N, Ho, Wo, F))",
        ],
        NEGATIVE: [
            "conv_rows: 1 -> 2 #3",
            "conv_rows: 1 -> 2 #4",
        ],
    },
    "max_pool": {
        OVERWRITTEN: [
            "max_pool: np.zeros((len(x), height, width, x.shape[3])) -> np.ones((len(x), height, width, x.shape[3]))",
        ],
    },
    "average_pool": {
        OVERWRITTEN: [
            (
                "average_pool: np.zeros((len(x), height, width, x.shape[3])) "
                "-> np.ones((len(x), height, width, x.shape[3]))"
            ),
        ],
        ONE_ELEMENT: [
            "average_pixels: 0 -> -1 #2",
        ],
    },
    "max_pool_backward": {
        FORM: [
            (
                "pool_back_divmod: int(np.argmax(x[n, i * pool_size:, j * pool_size:, c][:pool_size, :pool_"
                "size])) "
                "-> np.argmax(x[n, i * pool_size:, j * pool_size:, c][:pool_size, :pool_size])"
            ),
        ],
        FIRST_ONLY: [
            "pool_back_loops: dx[place] += dy[n, i, j, c] -> dx[place] = dy[n, i, j, c]",
        ],
    },
    "conv2d_backward": {
        OVERWRITTEN: [
            "conv2d_backward: np.zeros(W.shape) -> np.ones(W.shape)",
        ],
        NOT_NEEDED: [
            "conv_back_library: np.zeros(W.shape[3]) -> np.ones(W.shape[3])",
        ],
    },
    "summary_numbers": {
        ONE_ELEMENT: [
            "summary_numbers: 0 -> -1 #4",
            "summary_numbers: 0 -> -1 #5",
            "summary_numbers: 0 -> -1 #8",
            "summary_numbers: 0 -> -1 #9",
            "summary_numbers: 0 -> -1 #10",
            "summary_numbers: 0 -> -1 #11",
        ],
        FORM: [
            (
                "summary_array: np.array(summary_step_by_step(layers, input_shape)) "
                "-> summary_step_by_step(layers, input_shape)"
            ),
        ],
    },
    "flatten": {
        NEGATIVE: [
            "flatten: 1 -> 2",
        ],
        FORM: [
            "flatten_product: np.reshape(x, (N, H * W * C)).copy() -> np.reshape(x, (N, H * W * C))",
        ],
    },
    "confusion_matrix": {
        FORM: [
            "matrix_add_at: matrix.astype(int) -> matrix",
        ],
    },
    "best_threshold": {
        FORM: [
            "threshold_sorted: scores.tolist() -> scores",
        ],
        OFFSET: [
            "threshold_sorted: 0.0 -> 1.0",
        ],
        AGAIN: [
            "threshold_from_above: set(scores) -> scores",
        ],
    },
    "occlusion_map": {
        OVERWRITTEN: [
            (
                "occlusion_map: np.zeros((image.shape[0] // patch, image.shape[1] // patch)) "
                "-> np.ones((image.shape[0] // patch, image.shape[1] // patch))"
            ),
        ],
        NOTHING: [
            "occlusion_put_back: image + 0 -> image - 0",
        ],
        RESTORED: [
            "occlusion_put_back: image + 0 -> image",
        ],
    },
    "rnn_step": {
        LAST_AXIS: [
            "step_stacked: np.concatenate([x_t, h], axis=1) -> np.concatenate([x_t, h], axis=-1)",
        ],
        OVERWRITTEN: [
            "step_by_sample: np.zeros_like(h) -> np.ones_like(h)",
        ],
        VECTORS: [
            "step_by_sample: x_t[n] @ W_xh[:, k] -> W_xh[:, k] @ x_t[n]",
            "step_by_sample: x_t[n] @ W_xh[:, k] -> x_t[n].T @ W_xh[:, k]",
            "step_by_sample: x_t[n] @ W_xh[:, k] -> x_t[n] @ W_xh[:, k].T",
            "step_by_sample: h[n] @ W_hh[:, k] -> W_hh[:, k] @ h[n]",
            "step_by_sample: h[n] @ W_hh[:, k] -> h[n].T @ W_hh[:, k]",
            "step_by_sample: h[n] @ W_hh[:, k] -> h[n] @ W_hh[:, k].T",
        ],
    },
    "rnn_forward": {
        OVERWRITTEN: [
            "rnn_forward: np.zeros((N, T, len(W_hh))) -> np.ones((N, T, len(W_hh)))",
        ],
        VECTORS: [
            "forward_by_sequence: W_xh.T @ x_t -> W_xh.T @ x_t.T",
            "forward_by_sequence: W_hh.T @ h -> W_hh.T @ h.T",
        ],
        SQUARE: [
            "forward_appended: 0 -> 1",
            "forward_appended: 0 -> -1",
        ],
    },
    "rnn_backward": {
        OVERWRITTEN: [
            "rnn_backward: np.zeros(x.shape) -> np.ones(x.shape)",
            "backward_all_dz_first: np.zeros_like(h) -> np.ones_like(h)",
            "backward_by_sequence: 0 * x -> 0 / x",
            "backward_by_sequence: 0 -> 1",
            "backward_by_sequence: 0 -> -1",
        ],
        VECTORS: [
            "backward_by_sequence: W_xh @ dz -> W_xh @ dz.T",
            "backward_by_sequence: W_hh @ dz -> W_hh @ dz.T",
        ],
        ONE_ELEMENT: [
            "rnn_backward: 0 -> -1",
        ],
        ZERO: [
            "backward_by_sequence: 0 * W_xh -> 0",
            "backward_by_sequence: 0 * W_hh -> 0",
            "backward_by_sequence: 0 * W_hh[0] -> 0",
            "backward_by_sequence: 0 * db -> 0",
            "backward_by_sequence: 0 * db -> 0 #2",
        ],
        SQUARE: [
            "backward_by_sequence: 0 -> -1 #5",
        ],
    },
    "gradient_bound": {
        VECTORS: [
            "bound_eigenvalues: W_hh.T @ W_hh -> W_hh @ W_hh.T",
        ],
    },
    "clip_by_norm": {
        SEAM: [
            "clip_flat: length > clipnorm -> length >= clipnorm",
            "clip_copies: total > clipnorm ** 2 -> total >= clipnorm ** 2",
        ],
        UNREACHED: [
            "clip_by_norm: if not isinstance(gradients, (list, tuple)): -> (left out)",
            "clip_by_norm: if not isinstance(gradients, (list, tuple)): -> if False:",
            "clip_by_norm: clip_by_norm([gradients], clipnorm) -> clip_by_norm(clipnorm, [gradients])",
            "clip_by_norm: 0 -> 1",
            "clip_by_norm: 0 -> -1",
        ],
        ARRAYS: [
            "clip_by_norm: gradients = [as_float('gradients', g) for g in gradients] -> (left out)",
        ],
        TINY: [
            "clip_minimum: length + 1e-300 -> length - 1e-300",
        ],
    },
    "lstm_step": {
        LAST_AXIS: [
            (
                "lstm_step: np.split(x_t @ W_x + h @ W_h + b, 4, axis=1) "
                "-> np.split(x_t @ W_x + h @ W_h + b, 4, axis=-1)"
            ),
        ],
        ONE_ELEMENT: [
            "lstm_library: 0 -> -1",
            "lstm_library: 0 -> -1 #2",
        ],
    },
    "capped_rul": {
        OVERWRITTEN: [
            "capped_rul: np.zeros(len(engine)) -> np.ones(len(engine))",
        ],
        CLIP: [
            "rul_backwards: np.clip(rul, 0, cap) -> np.clip(0, rul, cap)",
        ],
        FORM: [
            (
                "rul_last_index: np.array([rows[engine == number].max() for number in engine]) "
                "-> [rows[engine == number].max() for number in engine]"
            ),
        ],
        SEAM: [
            "rul_last_index: last - rows > cap -> last - rows >= cap",
        ],
        AGAIN: [
            "capped_rul: np.unique(engine) -> engine",
        ],
        CAPPED: [
            "rul_backwards: 0 -> -1",
        ],
    },
    "scale": {
        OVERWRITTEN: [
            "scale_by_column: np.zeros(train.shape) -> np.ones(train.shape)",
            "scale_by_column: np.zeros(other.shape) -> np.ones(other.shape)",
        ],
        SYMMETRIC: [
            "scale_in_place: train - m -> m - train",
        ],
        CONSTANT: [
            "scale: deviation > 1e-09 -> deviation >= 1e-09",
            "scale: 1e-09 -> 0.0",
        ],
    },
    "make_windows": {
        LAST_AXIS: [
            (
                "windows_index: (engine[rows] == engine[rows[:, :1]]).all(axis=1) "
                "-> (engine[rows] == engine[rows[:, :1]]).all(axis=-1)"
            ),
        ],
        AXES: [
            (
                "windows_view: np.lib.stride_tricks.sliding_window_view(sensors, length, axis=0).swapaxes(1"
                ", 2) "
                "-> np.lib.stride_tricks.sliding_window_view(sensors, length, axis=0).swapaxes(2, 1)"
            ),
        ],
    },
    "nasa_score": {
        SEAM: [
            "nasa_score: d < 0 -> d <= 0",
            "score_loop: d < 0 -> d <= 0",
            "score_masks: d < 0 -> d <= 0",
            "score_masks: d >= 0 -> d > 0",
            "score_turned: early > 0 -> early >= 0",
        ],
    },
    "alarm_cost": {
        NOT_NEEDED: [
            "alarm_library: np.ones(len(cycle)) -> np.zeros(len(cycle))",
        ],
        ONE_ELEMENT: [
            "alarm_library: 0 -> -1",
            "alarm_library: 0 -> -1 #2",
        ],
    },
    "encode": {
        FORM: [
            "encode_lists: np.array(rows) -> rows",
        ],
        COUNTS: [
            "encode_library: (0,) * len(tokens) -> (0,)",
            "encode_library: (0,) * len(tokens) -> len(tokens)",
            "encode_library: 0 -> 1",
            "encode_library: 0 -> -1",
        ],
    },
    "embedding_forward": {
        OVERWRITTEN: [
            (
                "rows_loops: np.zeros((tokens.shape[0], tokens.shape[1], W.shape[1])) "
                "-> np.ones((tokens.shape[0], tokens.shape[1], W.shape[1]))"
            ),
        ],
    },
    "embedding_backward": {
        NOT_NEEDED: [
            "gradient_library: np.zeros((V, dy.shape[2])) -> np.ones((V, dy.shape[2]))",
        ],
    },
    "masked_mean": {
        LAST_AXIS: [
            "masked_mean: mask.sum(axis=1, keepdims=True) -> mask.sum(axis=-1, keepdims=True)",
            "mean_product: mask.sum(axis=1, keepdims=True) -> mask.sum(axis=-1, keepdims=True)",
        ],
        NEGATIVE: [
            "mean_where: 1 -> 2 #3",
        ],
        OVERWRITTEN: [
            "mean_loop: np.zeros((x.shape[0], x.shape[2])) -> np.ones((x.shape[0], x.shape[2]))",
        ],
        FORM: [
            (
                "mean_masked_array: np.ma.masked_array(x, hidden).mean(axis=1).filled(0.0) "
                "-> np.ma.masked_array(x, hidden).mean(axis=1)"
            ),
        ],
        NONE_HIDDEN: [
            "mean_masked_array: 0.0 -> 1.0",
        ],
    },
    "tf_idf": {
        LAST_AXIS: [
            "tf_idf: (z ** 2).sum(axis=1, keepdims=True) -> (z ** 2).sum(axis=-1, keepdims=True)",
            "tf_idf_norm: np.linalg.norm(z, axis=1, keepdims=True) -> np.linalg.norm(z, axis=-1, keepdims=True)",
            "tf_idf_of_shares: counts.sum(axis=1, keepdims=True) -> counts.sum(axis=-1, keepdims=True)",
            "tf_idf_of_shares: np.sum(z ** 2, axis=1) -> np.sum(z ** 2, axis=-1)",
        ],
        OVERWRITTEN: [
            "tf_idf_loops: np.zeros((N, V)) -> np.ones((N, V))",
        ],
        ROW_FACTOR: [
            (
                "tf_idf_of_shares: counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) "
                "-> counts * np.maximum(counts.sum(axis=1, keepdims=True), 1)"
            ),
            "tf_idf_of_shares: counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) -> counts",
            "tf_idf_of_shares: counts.sum(axis=1, keepdims=True) -> counts.mean(axis=1, keepdims=True)",
            "tf_idf_of_shares: counts.sum(axis=1, keepdims=True) -> counts.sum(axis=None, keepdims=True)",
            "tf_idf_of_shares: 1 -> 2 #2",
        ],
        LENGTH: [
            "tf_idf: 0 -> 1 #2",
            "tf_idf: 1 -> 2 #5",
            "tf_idf_loops: 0 -> 1 #2",
            "tf_idf_norm: 1 -> 2 #5",
        ],
    },
    "attention": {
        LAST_AXIS: [
            "attention: scores.max(axis=2, keepdims=True) -> scores.max(axis=-1, keepdims=True)",
            "attention: e.sum(axis=2, keepdims=True) -> e.sum(axis=-1, keepdims=True)",
        ],
        VECTORS: [
            "attention_loops: np.dot(q[n, i], k[n, j]) -> np.dot(k[n, j], q[n, i])",
        ],
        AXES: [
            "attention_exp: np.swapaxes(k, -1, -2) -> np.swapaxes(k, -2, -1)",
        ],
    },
    "lagged": {
        FROM_THE_END: [
            "windows_view: len(x) - horizon -> -horizon",
            "windows_columns: len(series) - length -> -length",
        ],
    },
    "seasonal_naive": {
        FORM: [
            "naive_loop: np.array(forecast) -> forecast",
            "naive_grow: np.array(longer[len(series):]) -> longer[len(series):]",
        ],
        FROM_THE_END: [
            "seasonal_naive: len(series) - season -> -season",
            "naive_loop: len(series) - season -> -season",
        ],
        LONGER: [
            "naive_tile: horizon / season -> horizon * season",
            "naive_tile: horizon / season -> horizon",
        ],
    },
    "mase": {
        SYMMETRIC: [
            "mase: past[season:] - past[:-season] -> past[:-season] - past[season:]",
            "mase: y_true - y_pred -> y_pred - y_true",
            "mase_loop: y - f -> f - y",
            "mase_loop: zip(y_true, y_pred, strict=True) -> zip(y_pred, y_true, strict=True)",
            "mase_loop: past[t] - past[t - season] -> past[t - season] - past[t]",
            (
                "mase_each: mean_absolute_error(past[season:], past[:-season]) "
                "-> mean_absolute_error(past[:-season], past[season:])"
            ),
            "mase_each: y_true - y_pred -> y_pred - y_true",
            (
                "mase_library: data.mase(y_true[None], y_pred[None], past[None], season) "
                "-> data.mase(y_pred[None], y_true[None], past[None], season)"
            ),
            "mase_roll: past - np.roll(past, season) -> np.roll(past, season) - past",
            "mase_roll: mean_absolute_error(y_true, y_pred) -> mean_absolute_error(y_pred, y_true)",
        ],
    },
    "pinball_loss": {
        SEAM: [
            "pinball_loop: y >= f -> y > f",
            "pinball_where: d > 0 -> d >= 0",
        ],
        VECTORS: [
            (
                "pinball_where: np.where(d > 0, quantile, 1 - quantile) @ np.abs(d) "
                "-> np.abs(d) @ np.where(d > 0, quantile, 1 - quantile)"
            ),
            (
                "pinball_where: np.where(d > 0, quantile, 1 - quantile) @ np.abs(d) "
                "-> np.where(d > 0, quantile, 1 - quantile).T @ np.abs(d)"
            ),
            (
                "pinball_where: np.where(d > 0, quantile, 1 - quantile) @ np.abs(d) "
                "-> np.where(d > 0, quantile, 1 - quantile) @ np.abs(d).T"
            ),
        ],
    },
    "newsvendor_quantity": {
        LONGER: [
            "newsvendor_quantity: 1 -> 2 #2",
        ],
        LAST_SHARE: [
            "quantity_loop: max(demand) -> min(demand)",
            "quantity_loop: max(demand) -> demand",
        ],
        CENTS: [
            (
                "quantity_cheapest: np.sum(cost_short * np.maximum(demand - q, 0) + cost_over * np.maximum("
                "q - demand, 0)).round(6) "
                "-> np.sum(cost_short * np.maximum(demand - q, 0) + cost_over * np.maximum(q - demand, 0))"
            ),
            "quantity_cheapest: 6 -> 7",
            "quantity_cheapest: 6 -> 5",
        ],
        SCALED: [
            (
                "quantity_cheapest: np.sum(cost_short * np.maximum(demand - q, 0) + cost_over * np.maximum("
                "q - demand, 0)) "
                "-> np.mean(cost_short * np.maximum(demand - q, 0) + cost_over * np.maximum(q - demand, 0))"
            ),
        ],
    },
    "stock_cost": {
        OVERWRITTEN: [
            "stock_cost: np.zeros(len(demand)) -> np.ones(len(demand))",
            "stock_array: np.zeros_like(demand) -> np.ones_like(demand)",
        ],
        SEAM: [
            "stock_array: left < 0 -> left <= 0",
        ],
        PIECES: [
            "stock_array: 0 -> 1 #2",
        ],
    },
    "gini": {
        VECTORS: [
            "gini_bincount: p @ p -> p.T @ p",
            "gini_bincount: p @ p -> p @ p.T",
        ],
        FORM: [
            "gini_counter: y.tolist() -> y",
        ],
    },
    "best_split": {
        BETWEEN: [
            "best_split: x <= t -> x < t",
            "best_split: x <= t -> x < t #2",
            "best_split: x > t -> x >= t",
            "best_split: x > t -> x >= t #2",
            "split_loop: x < t -> x <= t",
            "split_loop: x > t -> x >= t",
            "split_list: x <= one -> x < one",
            "split_list: x <= one -> x < one #2",
            "split_list: x > one -> x >= one",
            "split_list: x > one -> x >= one #2",
            "split_sklearn: x <= t -> x < t",
            "split_sklearn: x > t -> x >= t",
        ],
        NOISE: [
            "best_split: impurities <= min(impurities) + 1e-12 -> impurities < min(impurities) + 1e-12",
            "best_split: min(impurities) + 1e-12 -> min(impurities)",
            "best_split: 1e-12 -> 0.0",
            "split_loop: g < best_g - 1e-12 -> g <= best_g - 1e-12",
            "split_loop: best_g - 1e-12 -> best_g",
            "split_loop: 1e-12 -> 0.0",
            "split_sorted: 12 -> 13",
            "split_sorted: 12 -> 11",
            "split_list: 10 -> 11",
            "split_list: 10 -> 9",
        ],
        FORM: [
            "split_loop: x.tolist() -> x",
            "split_list: int(np.argmin(np.round(g, 10))) -> np.argmin(np.round(g, 10))",
        ],
        VECTORS: [
            (
                "split_sklearn: tree.impurity[1:] @ tree.n_node_samples[1:] "
                "-> tree.n_node_samples[1:] @ tree.impurity[1:]"
            ),
            (
                "split_sklearn: tree.impurity[1:] @ tree.n_node_samples[1:] "
                "-> tree.impurity[1:].T @ tree.n_node_samples[1:]"
            ),
            (
                "split_sklearn: tree.impurity[1:] @ tree.n_node_samples[1:] "
                "-> tree.impurity[1:] @ tree.n_node_samples[1:].T"
            ),
        ],
        BOTH_ORDERS: [
            "split_loop: zip(values[:-1], values[1:], strict=True) -> zip(values[1:], values[:-1], strict=True)",
        ],
        SQUARED: [
            "split_sorted: np.bincount(y) - left -> left - np.bincount(y)",
        ],
        TREE: [
            (
                "split_sklearn: DecisionTreeClassifier(max_depth=1, random_state=0) "
                "-> DecisionTreeClassifier(max_depth=1)"
            ),
            "split_sklearn: 0 -> 1",
        ],
    },
    "hinge_loss": {
        CLIP: [
            "hinge_clip: np.clip(1 - scores * y, 0, None) -> np.clip(0, 1 - scores * y, None)",
        ],
        SIGNS: [
            "hinge_clip: scores * y -> scores / y",
            "hinge_clip: -np.sign(m) * y -> -np.sign(m) / y",
        ],
        SAME_LOSS: [
            "hinge_sklearn: sklearn_hinge(y, scores) if len(set(y)) == 2 else wrong.mean() -> wrong.mean()",
            "hinge_sklearn: len(set(y)) -> set(y)",
            "hinge_sklearn: 2 -> 3",
            "hinge_sklearn: 2 -> 0",
        ],
    },
    "balanced_accuracy": {
        LAST_AXIS: [
            "balanced_accuracy: matrix.sum(axis=1) -> matrix.sum(axis=-1)",
            "balanced_shares: matrix.any(axis=1) -> matrix.any(axis=-1)",
            "balanced_shares: matrix.sum(axis=1, keepdims=True) -> matrix.sum(axis=-1, keepdims=True)",
        ],
        NEGATIVE: [
            "balanced_sklearn: 1 -> 2",
        ],
        NOT_NEEDED: [
            "balanced_loop: matrix[k].sum() -> matrix[k].mean()",
        ],
        DIAGONAL: [
            "balanced_shares: matrix.sum(axis=1, keepdims=True) -> matrix.sum(axis=1)",
        ],
        FORM: [
            "balanced_sklearn: np.indices(matrix.shape).reshape(2, -1) -> np.indices(matrix.shape)",
        ],
        WARNING: [
            "balanced_sklearn: warnings.simplefilter('ignore') -> (left out)",
            "balanced_sklearn: warnings.simplefilter('ignore') -> warnings",
        ],
    },
    "paired_difference": {
        SYMMETRIC: [
            "difference_loop: v - mean -> mean - v",
            "difference_variance: a - b -> b - a",
            "difference_sem: a - b -> b - a #2",
            "difference_covariance: np.cov(a, b) -> np.cov(b, a)",
        ],
    },
    "flops": {
        ONE_ELEMENT: [
            "flops: 0 -> -1 #4",
            "flops: 0 -> -1 #5",
            "flops: 0 -> -1 #8",
            "flops: 0 -> -1 #9",
            "flops: 0 -> -1 #10",
            "flops_array: 0 -> -1 #5",
            "flops_array: 0 -> -1 #7",
        ],
        NOT_NEEDED: [
            "flops_of_weights: 0 -> 1",
            "flops_of_weights: 0 -> -1",
            "flops_of_weights: 0 -> 1 #2",
            "flops_of_weights: 0 -> -1 #2",
            "flops_of_weights: 0 -> 1 #3",
            "flops_of_weights: 0 -> -1 #3",
            "flops_of_weights: 0 -> 1 #4",
            "flops_of_weights: 0 -> -1 #4",
        ],
        ALL_KINDS: [
            "flops_array: if layer[0] == 'dense': -> if True:",
        ],
    },
    "saliency": {
        LAST_AXIS: [
            "saliency: np.abs(image_gradient(dx)).max(axis=3) -> np.abs(image_gradient(dx)).max(axis=-1)",
            "saliency_images: np.max(np.abs(image), axis=2) -> np.max(np.abs(image), axis=-1)",
        ],
        OVERWRITTEN: [
            "saliency_loop: np.zeros((N, H, W)) -> np.ones((N, H, W))",
        ],
        CHECKED: [
            "saliency: image_gradient(dx) -> dx",
        ],
        ZERO_MAP: [
            "saliency: 1 -> 2 #2",
            "saliency_extremes: 1 -> 2 #4",
        ],
    },
    "quantize": {
        CLIP: [
            (
                "quantize: np.clip(np.rint(w / scale), -LARGEST, LARGEST) "
                "-> np.clip(-LARGEST, np.rint(w / scale), LARGEST)"
            ),
        ],
        OVERWRITTEN: [
            "quantize_loop: np.zeros(w.shape, dtype=np.int8) -> np.ones(w.shape, dtype=np.int8)",
        ],
        FORM: [
            "quantize_loop: np.float64(scale) -> scale",
        ],
        IN_RANGE: [
            "quantize_reciprocal: np.rint(w * 127 / largest).clip(-128, 127) -> np.rint(w * 127 / largest)",
            "quantize_reciprocal: 128 -> 129",
            "quantize_reciprocal: 128 -> 127",
            "quantize_reciprocal: 127 -> 128 #2",
        ],
    },
    "int8_dense": {
        FORM: [
            "int8_dense: q_x.astype(np.int32) -> q_x",
            "int8_dense: q_W.astype(np.int32) -> q_W",
            "dense_einsum: q_x.astype(np.int64) -> q_x",
            "dense_einsum: q_W.astype(np.int64) -> q_W",
        ],
        OVERWRITTEN: [
            "dense_loop: np.zeros((N, M)) -> np.ones((N, M))",
        ],
    },
    "average_gradients": {
        FORM: [
            "average_shares: np.array(sizes) -> sizes",
            "average_shares: np.stack(gradients) -> gradients",
        ],
        FACTORS: [
            "average_gradients: zip(sizes, gradients, strict=True) -> zip(gradients, sizes, strict=True)",
        ],
        ONE_ELEMENT: [
            "average_loop: 0 -> -1",
        ],
        AGAIN: [
            "average_running: 0.0 -> 1.0",
        ],
    },
}
