"""The three recurrent cells as (forward, backward, loops), and what to put in."""

from course_lib import nn
from course_lib.nn import recurrent

CELLS = {  # forward, backward, loops, names of the inputs, blocks of columns, layer
    "SimpleRNN": (
        nn.simple_rnn_forward,
        nn.simple_rnn_backward,
        nn.simple_rnn_loops,
        ("x", "W_xh", "W_hh", "b_h", "h0"),
        1,
        nn.SimpleRNN,
    ),
    "LSTM": (
        nn.lstm_forward,
        nn.lstm_backward,
        nn.lstm_loops,
        ("x", "W_x", "W_h", "b", "h0", "c0"),
        4,
        nn.LSTM,
    ),
    "GRU": (nn.gru_forward, nn.gru_backward, nn.gru_loops, ("x", "W_x", "W_h", "b", "h0"), 3, nn.GRU),
}
STATE_ACTIVATIONS = list(recurrent.IN_PLACE)


def cell_inputs(kind, rng, N=3, T=5, D=2, H=4, dtype="float64", layout=lambda a: a):
    """Random inputs of a cell as a dict, in the order of its arguments."""
    names, blocks = CELLS[kind][3:5]
    columns = blocks * H
    shapes = [(N, T, D), (D, columns), (H, columns), (2, columns) if kind == "GRU" else (columns,), (N, H), (N, H)]
    scale = [1, D**-0.5, H**-0.5, 0.5, 1, 1]
    return {
        name: layout((s * rng.standard_normal(shape)).astype(dtype))
        for name, shape, s in zip(names, shapes, scale, strict=False)
    }


def random_mask(rng, N, T):
    """Any pattern; the first sequence has no real step at all, the second starts with a masked one."""
    mask = rng.random((N, T)) < 0.6
    mask[:1] = False
    mask[1:2, 0] = False
    return mask
