"""The three cases of chapter 10 measured in full: the energy of a steel mill, lead times, spare parts.

    python -m course_lib.experiments.planning_run

writes results/planning_run.json. All three are split in time. It needs Keras with TensorFlow, scikit-learn and the real
data; about 5 minutes on two cores.

Energy: the demand one hour ahead, from the last 24 hours; RMSE, MAE [kWh] and the extra cost [EUR a day] on the last
fifth of the year. SimpleRNN with 64 units on both engines from the same three starts, 20 epochs, the weights of the
epoch with the lowest error on the validation hours. Deliveries: mean absolute error [days] for the orders of each
year, learned from what had been delivered before it, and for the last fifth of the orders, learned from what was known
then, from all earlier orders as if their lead time had been known, and from random rows. Parts: MASE, RMSE, MAE,
pieces forecast, and the cost [EUR] of a year of four ways to choose the level to which the shelf is filled up.
"""

import argparse
import sys
import time

import numpy as np

from course_lib import data, nn
from course_lib.experiments import RESULTS, versions, write_result
from course_lib.experiments.reference import keras_recurrent, numpy_recurrent
from course_lib.forecasting import newsvendor_quantity, stock_cost
from course_lib.remaining_life import rmse

COMMAND = "python -m course_lib.experiments.planning_run"
SEEDS = (0, 1, 2)
EPOCHS, BATCH, LENGTH = 20, 64, 24
TOO_LITTLE, TOO_MUCH = 0.30, 0.10  # EUR a kWh: bought at the last minute, sold back
MLP_EPOCHS = 30
FIRST_YEAR = 2009  # before it, too few deliveries were known
HOLDING, SHORTAGE = 1.0, 20.0  # EUR: a piece left at the end of a month, a piece that is missing
RECENT = 24  # months
LAST_YEAR = 12


def mae(y_true, y_pred):
    return float(np.mean(np.abs(y_true - y_pred)))


def boosting(loss="squared_error", categories=None, **options):
    """Gradient boosting of scikit-learn; `categories` tells which columns are codes."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(loss=loss, categorical_features=categories, random_state=0, **options)


# ---------------------------------------------------------------- energy
def energy_parts(source):
    """Return the windows of train, validation and test, scaled by the training hours."""
    parts = data.split_by_time(data.load("steel_energy", source=source))
    scaler = data.Standardizer().fit(parts[0])
    return [data.forecast_windows(scaler.transform(part), LENGTH) for part in parts]


def balance_cost(y_true, ordered):
    """The extra cost [EUR a day] of ordering other than what was needed, hour by hour [kWh]."""
    missing = y_true - ordered
    return float(24 * np.mean(np.where(missing > 0, TOO_LITTLE * missing, -TOO_MUCH * missing)))


def judged(y_true, y_pred):
    return {
        "rmse": round(rmse(y_true, y_pred), 2),
        "mae": round(mae(y_true, y_pred), 2),
        "eur_a_day": round(balance_cost(y_true, y_pred), 1),
    }


def train_rnn(make, parts, seed, epochs):
    """Train a SimpleRNN on the standardised demand; return its history [kWh] and how it was judged."""
    train, validation, test = parts
    mean, deviation = train.y.mean(), train.y.std()
    x, y = train.x.astype("float32"), ((train.y - mean) / deviation).astype("float32")
    model, rng, start = make("SimpleRNN", x.shape[1:], seed), np.random.default_rng(seed), time.perf_counter()

    def predicted(part):
        z = model.predict(part.x.astype("float32"), batch_size=512, verbose=0)
        return mean + deviation * np.ravel(z).astype("float64")

    history, answers = {"rmse": [], "val_rmse": []}, []
    for _epoch in range(epochs):
        order = rng.permutation(len(x))
        loss = model.fit(x[order], y[order], batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history["loss"][0]
        history["rmse"].append(round(deviation * float(np.sqrt(loss)), 2))
        history["val_rmse"].append(round(rmse(validation.y, predicted(validation)), 2))
        answers.append(predicted(test))
    best = int(np.argmin(history["val_rmse"]))
    seconds = round(time.perf_counter() - start)
    return {"seed": seed, "best_epoch": best + 1, "history": history, **judged(test.y, answers[best]),
            "about_seconds": seconds}  # fmt: skip


def measure_energy(source="real", seeds=SEEDS, epochs=EPOCHS, engines=("numpy", "keras"), log=print):
    from sklearn.linear_model import Ridge

    train, validation, test = parts = energy_parts(source)
    series = data.load("steel_energy", source=source)
    at = np.searchsorted(series.time, test.time)
    found = {
        "as now": judged(test.y, test.last),
        "as yesterday": judged(test.y, series.y[at - 24]),
        "as a week ago": judged(test.y, series.y[at - 168]),
        "ridge": judged(test.y, Ridge(10.0).fit(train.flat(), train.y).predict(test.flat())),
        "boosting": judged(test.y, boosting().fit(train.flat(), train.y).predict(test.flat())),
    }
    if test.expected is not None:
        found["the best possible"] = judged(test.y, test.expected)
    runs = {}
    for engine in engines:
        make = {"numpy": numpy_recurrent, "keras": keras_recurrent}[engine]
        for seed in seeds:
            runs.setdefault(f"SimpleRNN, {engine}", []).append(train_rnn(make, parts, seed, epochs))
            log("energy", engine, seed, runs[f"SimpleRNN, {engine}"][-1]["rmse"], flush=True)
    return {"windows": [len(part) for part in parts], "models": found, "runs": runs}


# ---------------------------------------------------------------- deliveries
def by_vendor(known, asked):
    """The median lead time [days] of each order's vendor; the median of all for a vendor not yet seen."""
    vendor = known.feature_names.index("vendor")
    medians = {code: np.median(known.y[known.x[:, vendor] == code]) for code in np.unique(known.x[:, vendor])}
    return np.array([medians.get(code, np.median(known.y)) for code in asked.x[:, vendor]])


def by_boosting(known, asked):
    codes = [bool(names) for names in known.categories]
    model = boosting("absolute_error", codes, learning_rate=0.05, max_iter=200)
    return model.fit(known.x, known.y).predict(asked.x)


def by_mlp(known, asked, seed=0):
    """Two hidden layers of 64 and 32 units on one column of 0 and 1 for each category."""
    known, asked = data.one_hot(known, asked)
    scaler = data.Standardizer().fit(known)
    x, z = (scaler.transform(part).x.astype("float32") for part in (known, asked))
    mean, deviation = known.y.mean(), known.y.std()
    layers = [nn.Dense(64, activation="relu"), nn.Dense(32, activation="relu"), nn.Dense(1)]
    model = nn.Sequential([nn.Input((x.shape[1],)), *layers], rng=seed)
    model.compile(optimizer=nn.Adam(1e-3), loss="mean_squared_error")
    target = ((known.y - mean) / deviation).astype("float32")
    model.fit(x, target, epochs=MLP_EPOCHS, batch_size=64, verbose=0, rng=seed)
    return mean + deviation * model.predict(z)[:, 0]


def compared(known, asked, seeds=SEEDS):
    """The mean absolute error [days] of each way to tell the lead times of `asked` from those of `known`."""
    answers = {
        "median": np.full(len(asked), np.median(known.y)),
        "median of the vendor": by_vendor(known, asked),
        "boosting": by_boosting(known, asked),
    }
    found = {name: round(mae(asked.y, y_pred), 1) for name, y_pred in answers.items()}
    found["MLP"] = [round(mae(asked.y, by_mlp(known, asked, seed)), 1) for seed in seeds]
    if asked.expected is not None:
        found["the best possible"] = round(mae(asked.y, asked.expected), 1)
    return found


def measure_deliveries(source="real", seeds=SEEDS, first_year=FIRST_YEAR, log=print):
    orders = data.load("shipments", source=source)
    year = orders.time.astype("datetime64[Y]").astype(int) + 1970
    years = {}
    for y in range(first_year, int(year.max()) + 1):
        asked, known = orders.rows(year == y), orders.delivered_before(f"{y}-01-01")
        years[str(y)] = {"orders": len(asked), "median_days": float(np.median(asked.y))}
        years[str(y)] |= {"share_of_0_days": round(float(np.mean(asked.y == 0)), 3), **compared(known, asked, seeds)}
        log("deliveries", y, years[str(y)], flush=True)
    test = data.split_by_time(orders)[2]
    past = orders.rows(orders.time < test.time[0])
    known = past.delivered_before(test.time[0])
    rows = np.random.default_rng(0).random(len(orders)) < 0.8
    return {
        "years": years,
        "last_fifth_from": str(test.time[0]),
        "orders": [len(past), len(known), len(test)],
        "what was known": compared(known, test, seeds),
        "what was known, without 0 days": compared(known, test.rows(test.y > 0), seeds),
        "all earlier orders": compared(past, test, seeds),
        "random rows": compared(orders.rows(rows), orders.rows(~rows), seeds),
    }


# ---------------------------------------------------------------- spare parts
def recent_demand(demand):
    """What a model sees of each part: the last 24 months, the mean of all, and the share of months with a demand."""
    return np.column_stack([demand[:, -RECENT:], demand.mean(axis=1), (demand > 0).mean(axis=1)])


def forecasts(past):
    """Return {name: (P, 1) or (P, H)}: the demand of each of the coming 12 months, from the past (P, M)."""
    months = range(past.shape[1] - LAST_YEAR, past.shape[1])
    x = np.concatenate([recent_demand(past[:, :t]) for t in months])
    y = np.concatenate([past[:, t] for t in months])
    found = {
        "always 0": np.zeros((len(past), 1)),
        "median": np.median(past, axis=1)[:, None],
        "mean": past.mean(axis=1)[:, None],
        "as a year ago": past[:, -LAST_YEAR:],
    }
    for loss, name in (("absolute_error", "boosting, absolute error"), ("poisson", "boosting, mean demand")):
        model = boosting(loss, learning_rate=0.05)
        found[name] = model.fit(x, y).predict(recent_demand(past))[:, None]
    return found


def year_on_the_shelf(level, demand):
    """The cost [EUR] and the missing pieces of one part, whose shelf is filled up to `level` each month."""
    orders = np.minimum(np.append(level, demand[:-1]), level)
    return stock_cost(orders, demand, HOLDING, SHORTAGE).sum(), np.maximum(demand - level, 0).sum()


def levels(past):
    """Return {name: (P,)}: four ways to choose the level of each part's shelf [pieces]."""
    return {
        "nothing": np.zeros(len(past)),
        "mean, rounded up": np.ceil(past.mean(axis=1)),
        "the most ever seen": past.max(axis=1),
        "newsvendor": np.array([newsvendor_quantity(one[-RECENT:], SHORTAGE, HOLDING) for one in past]),
    }


def measure_parts(source="real", log=print):
    past, future = (part.demand for part in data.load("spare_parts", source=source).split(LAST_YEAR))
    models, policies = {}, {}
    for name, forecast in forecasts(past).items():
        forecast = np.broadcast_to(forecast, future.shape)
        models[name] = {
            "mase": round(data.mase(future, forecast, past), 3),
            "rmse": round(rmse(future.ravel(), forecast.ravel()), 3),
            "mae": round(mae(future, forecast), 3),
            "pieces": round(float(forecast.sum())),
        }
        log("parts", name, models[name], flush=True)
    for name, level in levels(past).items():
        cost, missing = np.sum([year_on_the_shelf(*one) for one in zip(level, future, strict=True)], axis=0)
        policies[name] = {
            "eur": round(float(cost)),
            "missing": round(float(missing)),
            "pieces_on_the_shelf": round(float(level.sum())),
        }
        log("parts", name, policies[name], flush=True)
    return {"pieces": round(float(future.sum())), "models": models, "policies": policies}


def measure(source="real", log=print):
    import sklearn.ensemble  # first: the limit reaches only libraries that are there already  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # these models are small: more threads only wait for each other
        return {
            "source": source,
            "energy": measure_energy(source, log=log),
            "deliveries": measure_deliveries(source, log=log),
            "parts": measure_parts(source, log=log),
        }


def main():
    parser = argparse.ArgumentParser(prog=COMMAND, description="Measure the three cases of chapter 10 in full.")
    parser.add_argument("--out", default=str(RESULTS / "planning_run.json"), help="the file to write")
    out = parser.parse_args().out
    prices = {"too_little": TOO_LITTLE, "too_much": TOO_MUCH, "holding": HOLDING, "shortage": SHORTAGE}
    result = {
        "command": COMMAND,
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "seeds": list(SEEDS),
        "prices_eur": prices,
        "versions": versions("numpy", "keras", "scikit-learn"),
        **measure(),
    }
    write_result(result, out)


if __name__ == "__main__":
    sys.exit(main())
