"""Deep Learning on the Factory Floor: the library behind the course.

`course_lib.nn` is the NumPy reference, `parity` compares it with TensorFlow, `data` loads and simulates,
`exercises` checks the learner's code, `widgets` are the moving pictures and `figures` the still ones.
Importing this package loads none of them.
"""

__version__ = "0.1.0"
