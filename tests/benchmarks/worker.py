"""One process of a benchmark: it builds its contestants, then runs the one that is asked for and answers its time.

    python -m tests.benchmarks.worker ENGINE THREADS LENGTH WORKLOAD...

THREADS 0 is the engine's own choice; LENGTH is "long" or "short" (only what a learner would write).

Each engine and each thread setting has a process of its own, because thread numbers are fixed when a library starts;
the parent asks them in turn, so that a busy machine slows all contestants alike.
"""

import importlib
import json
import os
import sys
import time
from types import SimpleNamespace

SHORT = ("fit", "train_on_batch", "tf.function", "predict", "call of a tf.function")
INFERENCES = {"predict": 5, "compiled": 200}  # calls per measurement; NumPy's predict counts as compiled


def numpy_contestants(workload):
    """Return {name: (function, how many steps or calls it makes)}."""
    import numpy as np

    from course_lib import nn

    batch = workload.BATCH
    x, y = workload.data(np.random.default_rng(0), batch * workload.BATCHES)
    model = workload.model(nn)
    model.compile("adam", workload.LOSS)

    def train_on_batch():
        for a in range(0, len(x), batch):
            model.train_on_batch(x[a : a + batch], y[a : a + batch])

    def predict():
        for _call in range(INFERENCES["compiled"]):
            model.predict(x[:1])

    return {
        "fit": (lambda: model.fit(x, y, batch_size=batch, verbose=0), workload.BATCHES),
        "train_on_batch": (train_on_batch, workload.BATCHES),
        "predict": (predict, INFERENCES["compiled"]),
    }


def tensorflow_contestants(workload):
    """Return {name: (function, how many steps or calls it makes)}."""
    import keras
    import numpy as np
    import tensorflow as tf

    batch = workload.BATCH
    x, y = workload.data(np.random.default_rng(0), batch * workload.BATCHES)
    engine = SimpleNamespace(Sequential=keras.Sequential, **{n: getattr(keras.layers, n) for n in dir(keras.layers)})

    def compiled(**options):
        model = workload.model(engine)
        model.compile("adam", workload.LOSS, **{"jit_compile": False, **options})
        return model

    def fit(model):
        return lambda: model.fit(x, y, batch_size=batch, verbose=0)

    on_batch = compiled()

    def train_on_batch():
        for a in range(0, len(x), batch):
            on_batch.train_on_batch(x[a : a + batch], y[a : a + batch])

    def custom_step(jit):
        model = compiled()
        loss_of, optimizer = keras.losses.get(workload.LOSS), keras.optimizers.Adam()
        optimizer.build(model.trainable_variables)
        batches = [tuple(map(tf.constant, (x[a : a + batch], y[a : a + batch]))) for a in range(0, len(x), batch)]

        @tf.function(jit_compile=jit)
        def step(xs, ys):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(loss_of(ys, model(xs, training=True)))
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            return loss

        def run():
            for xs, ys in batches:
                loss = step(xs, ys)
            float(loss)  # wait for the last step

        return run

    def predict():
        for _call in range(INFERENCES["predict"]):
            on_batch.predict(x[:1], verbose=0)

    def call(jit):
        model = compiled()
        forward = tf.function(lambda one: model(one, training=False), jit_compile=jit)

        def run():
            for _call in range(INFERENCES["compiled"]):
                forward(tf.constant(x[:1])).numpy()

        return run

    training = {
        "fit": fit(compiled()),
        "fit, XLA": fit(compiled(jit_compile=True)),
        "fit, steps_per_execution=32": fit(compiled(steps_per_execution=32)),
        "train_on_batch": train_on_batch,
        "tf.function": custom_step(False),
        "tf.function, XLA": custom_step(True),
    }
    return {name: (run, workload.BATCHES) for name, run in training.items()} | {
        "predict": (predict, INFERENCES["predict"]),
        "call of a tf.function": (call(False), INFERENCES["compiled"]),
        "call of a tf.function, XLA": (call(True), INFERENCES["compiled"]),
    }


def versions(engine):
    import numpy as np

    if engine == "numpy":
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"NumPy {np.__version__} ({blas.get('name', '?')} {blas.get('version', '')})"
    import keras
    import tensorflow as tf

    return f"TensorFlow {tf.__version__}, Keras {keras.__version__}"


def main(engine, threads, length, workloads):
    answers = sys.stdout
    sys.stdout = sys.stderr  # nothing but answers may reach the parent
    if engine == "tensorflow" and threads:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    build = {"numpy": numpy_contestants, "tensorflow": tensorflow_contestants}[engine]
    contestants = {name: build(importlib.import_module(f"tests.benchmarks.{name}")) for name in workloads}
    if length == "short":
        contestants = {name: {k: runs[k] for k in SHORT if k in runs} for name, runs in contestants.items()}
    for runs in contestants.values():
        for run, _count in runs.values():
            run()  # compile, and warm the caches
    ready = {"versions": versions(engine), "contestants": {name: list(runs) for name, runs in contestants.items()}}
    print(json.dumps(ready), file=answers, flush=True)
    for line in sys.stdin:
        workload, name = json.loads(line)
        run, count = contestants[workload][name]
        wall, processor = time.perf_counter(), time.process_time()
        run()
        taken = time.perf_counter() - wall, time.process_time() - processor
        print(json.dumps([seconds / count for seconds in taken]), file=answers, flush=True)
    os._exit(0)  # TensorFlow takes seconds to say goodbye


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:])
