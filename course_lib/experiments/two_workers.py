"""Data parallelism by TensorFlow's own engine: several processes train one network, each on its part of every batch.

    python -m course_lib.experiments.two_workers

starts two worker processes on this computer that talk over local ports (tf.distribute.MultiWorkerMirroredStrategy),
and one process that trains alone on the same batches. Every worker takes its rows of each batch, the gradients are
added up over the workers (an all-reduce), and all take the same step. It writes results/two_workers.json: the losses of
each worker and of the single process, how far the gradients are from those of the whole batch, the seconds for a step
and the bytes that each worker sends. It needs TensorFlow; about one minute on two cores.

A worker that dies ends the others within a minute, with a message; nothing is written then.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from course_lib.experiments import RESULTS, versions, write_result
from course_lib.language import _

COMMAND = "python -m course_lib.experiments.two_workers"
BATCH, STEPS, WORKERS, RATE = 64, 20, 2, 0.05
PATIENCE = 45  # seconds that a worker waits for the others in one step
LOST = 3  # the exit code of a worker that has lost another one


def batches(dtype):
    """The pictures and labels of simulated wafer maps, the same in every process: x (N, 28, 28, 1), y (N,)."""
    from course_lib import data

    maps = data.simulate_wafer_maps(per_class=32, rng=0)
    order = np.random.default_rng(0).permutation(len(maps))
    return maps.x[order].astype(dtype), maps.y[order]


def rows_of(step, worker, workers, samples):
    """Return the row numbers of `worker` in this step: its part of the batch of all."""
    part = BATCH // workers
    first = step * BATCH + worker * part
    return np.arange(first, first + part) % samples


def train(worker, workers, steps, dtype="float32", tell=lambda step: None):
    """Train the network of chapter 6 as one of several workers (or alone); return losses, first gradient, seconds.

    The loss of each step is that of the whole batch, before the step.
    """
    import keras
    import tensorflow as tf

    from course_lib.experiments.reference import numpy_network, reference_layers

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.config.set_floatx(dtype)
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if workers > 1 else tf.distribute.get_strategy()
    x, y = batches(dtype)
    with strategy.scope():
        model = keras.Sequential(reference_layers(keras.layers, 10))
        model.set_weights(numpy_network(10, 0).get_weights())  # the same start everywhere
        optimizer = keras.optimizers.SGD(RATE)
        optimizer.build(model.trainable_variables)

    def loss_and_gradients(x_part, y_part):
        with tf.GradientTape() as tape:
            each = keras.losses.sparse_categorical_crossentropy(y_part, model(x_part, training=True))
            loss = tf.reduce_sum(each) / BATCH  # of the whole batch: the parts of the workers then add up
        return loss, tape.gradient(loss, model.trainable_variables)

    def added_up(values):
        return tf.nest.map_structure(lambda value: strategy.reduce("SUM", value, axis=None), values)

    @tf.function
    def gradients_of_all(x_part, y_part):
        return added_up(strategy.run(loss_and_gradients, args=(x_part, y_part))[1])

    @tf.function
    def step_of_all(x_part, y_part):
        def one(x_part, y_part):
            loss, gradients = loss_and_gradients(x_part, y_part)
            # the optimizer adds the gradients up over the workers before it takes its step
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            return loss

        return added_up(strategy.run(one, args=(x_part, y_part)))

    losses, seconds, gradients = [], [], None
    for step in range(steps):
        rows = rows_of(step, worker, workers, len(x))
        part = tf.constant(x[rows]), tf.constant(y[rows])
        if gradients is None:
            gradients = np.concatenate([np.ravel(g) for g in gradients_of_all(*part)])
        start = time.perf_counter()
        losses.append(float(step_of_all(*part)))
        seconds.append(time.perf_counter() - start)
        tell(step)
    return np.array(losses), gradients, np.array(seconds)


def work(out, worker, workers, steps, dtype):
    """What a worker process does: train, and leave the result in the file `out`. Ends with LOST if another is gone."""
    progress = {"step": -1, "since": time.monotonic()}

    def tell(step):
        if step == 0:
            print(_("worker {worker} of {workers}: first step done").format(worker=worker, workers=workers), flush=True)
        progress.update(step=step, since=time.monotonic())

    def lost(reason):
        done = progress["step"] + 1
        print(
            _("Worker {worker} stops after {done} steps: another worker is gone ({reason}). Start again.").format(
                worker=worker, done=done, reason=reason
            ),
            file=sys.stderr,
            flush=True,
        )
        os._exit(LOST)  # a thread of TensorFlow may still wait for the other, and would hold the process

    def watch():
        while True:
            time.sleep(1)
            patience = PATIENCE if progress["step"] >= 0 else 4 * PATIENCE  # the first step waits for TensorFlow, too
            if time.monotonic() - progress["since"] > patience:
                lost(_("no answer for {seconds} seconds").format(seconds=patience))

    threading.Thread(target=watch, daemon=True).start()
    import tensorflow as tf

    try:
        losses, gradients, seconds = train(worker, workers, steps, dtype, tell)
    except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.InternalError) as e:
        lost(type(e).__name__)
    np.savez(out, losses=losses, gradients=gradients, seconds=seconds)
    sys.stdout.flush()
    os._exit(0)  # the strategy's shutdown would wait for the others


@contextlib.contextmanager
def processes(folder, workers, steps, dtype="float32", stdout=None):
    """Start the worker processes; yields them, and ends those that are left."""
    ports = [free_port() for _worker in range(workers)]
    addresses = [f"127.0.0.1:{port}" for port in ports]
    started = []
    try:
        for worker in range(workers):
            cluster = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": worker}}
            more = {"TF_CONFIG": json.dumps(cluster)} if workers > 1 else {}
            command = [sys.executable, "-m", "course_lib.experiments.two_workers", "--worker", str(worker)]
            command += ["--workers", str(workers), "--steps", str(steps), "--dtype", dtype]
            command += ["--out", str(folder / f"{worker}.npz")]
            quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
            started.append(
                subprocess.Popen(command, env={**os.environ, **quiet, **more}, stdout=stdout, stderr=subprocess.PIPE)
            )
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stderr.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(workers, steps, dtype="float32"):
    """Train with so many worker processes; return [{"losses", "gradients", "seconds"}, ...], one for each.

    Raises RuntimeError, with what the workers said, if one of them ends early; the others are ended then.
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with processes(folder, workers, steps, dtype) as started:
            waiting, deadline = set(range(workers)), None
            while waiting:
                time.sleep(0.1)
                ended = {worker for worker in waiting if started[worker].poll() is not None}
                if any(started[worker].returncode for worker in ended) and deadline is None:
                    deadline = time.monotonic() + PATIENCE + 5  # time for the others to notice it by themselves
                waiting -= ended
                if deadline is not None and (not waiting or time.monotonic() > deadline):
                    raise RuntimeError(told(started))
        results = []
        for worker in range(workers):
            with np.load(folder / f"{worker}.npz") as found:
                results.append({name: found[name] for name in found.files})
        return results


def told(started):
    """What became of the workers, in words."""
    lines = []
    for worker, process in enumerate(started):
        if process.poll() is None:
            process.kill()
            process.wait()
        said = process.stderr.read().decode(errors="replace").strip().splitlines()[-1:]
        lines.append(
            _("worker {worker} ended with code {code}. {said}").format(
                worker=worker, code=process.returncode, said=" ".join(said)
            )
        )
    return _("The training was stopped, nothing was written: {each}").format(each=" ".join(lines))


def measure(workers=WORKERS, steps=STEPS, dtype="float32"):
    """Return the comparison of several workers with one process, as plain numbers."""
    together, (alone,) = run(workers, steps, dtype), run(1, steps, dtype)
    largest = np.abs(alone["gradients"]).max()
    parameters = alone["gradients"].size
    return {
        "workers": workers,
        "steps": steps,
        "batch": BATCH,
        "dtype": dtype,
        "parameters": int(parameters),
        "losses": [one["losses"].tolist() for one in together],
        "losses, one process": alone["losses"].tolist(),
        "losses identical on all workers": bool(
            all((one["losses"] == together[0]["losses"]).all() for one in together)
        ),
        "largest difference to one process": float(np.abs(together[0]["losses"] - alone["losses"]).max()),
        "gradient, largest relative difference": float(
            np.abs(together[0]["gradients"] - alone["gradients"]).max() / largest
        ),
        "about milliseconds a step": {
            "workers": round(1000 * float(np.median(together[0]["seconds"][2:])), 1),
            "one process": round(1000 * float(np.median(alone["seconds"][2:])), 1),
        },
        "bytes that each worker sends in a step (ring)": int(
            2 * (workers - 1) / workers * parameters * np.dtype(dtype).itemsize
        ),
    }


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Train one network with several worker processes.")
    parser.add_argument("--workers", type=int, default=WORKERS, help="how many processes")
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32", help="the numbers to train with")
    parser.add_argument("--out", default=str(RESULTS / "two_workers.json"), help="the file to write")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)  # set for the processes that it starts
    options = parser.parse_args()
    if BATCH % options.workers or options.workers < 1 or options.steps < 3:
        parser.error(_("--workers must divide {batch}, and --steps must be at least 3").format(batch=BATCH))
    if options.worker is not None:
        work(options.out, options.worker, options.workers, options.steps, options.dtype)
    try:
        result = measure(options.workers, options.steps, options.dtype)
    except RuntimeError as error:
        sys.exit(str(error))
    write_result({"command": COMMAND, "versions": versions("numpy", "keras"), **result}, options.out)
    for name in list(result)[7:]:
        print(f"{name}: {result[name]}")


if __name__ == "__main__":
    sys.exit(main())
