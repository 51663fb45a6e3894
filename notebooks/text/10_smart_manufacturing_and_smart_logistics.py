# ---
# jupyter:
#   jupytext:
#     formats: notebooks///ipynb,notebooks/text///py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Chapter 10. Smart manufacturing and smart logistics
#
# **In 100 minutes you will** forecast the energy of a steel mill, promise delivery times, order spare parts, price
# each error in money, and see how such models fail.
#
# **You need first:** chapter 4 (training, validation, trees) and chapter 7 (recurrent networks).
#
# **To begin,** run the cells from the top: **Shift+Enter**, or *Run → Run All Cells*. Later cells need the earlier ones.

# %% [markdown]
# ## The question of the plant
#
# Three people of one company decide today about something that they will know only later:
#
# - The energy buyer of the mill: **how many kWh** for the next hour?
# - The sales office: **which day** do we promise for a delivery?
# - The store: **how many pieces** of each spare part on the shelf?
#
# Which of them needs a neural network? You will measure it, and the answer is different each time.

# %%
import textwrap
from dataclasses import replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from course_lib import data, exercises as ex, figures, forecasting, nn, planning_drawings, widgets
from course_lib.experiments import load_result
from course_lib.remaining_life import rmse

threads = threadpool_limits(1)  # small models: more threads would only wait for each other

# %% tags=["figure"]
figures.show(
    planning_drawings.decision_loop(),
    "A row of four boxes with arrows: what is known now, forecast, decision, cost in EUR. From the cost a dashed "
    "line leads back to what is known: the truth, after the label delay, to learn again.",
)

# %% [markdown]
# ### One template for every case
#
# Before you train anything, fill in eight lines. An empty line is a risk that nobody has looked at.
#
# | Line | Question |
# |---|---|
# | Decision | What does somebody do differently because of the number? When? |
# | Data | What is known **at that moment**? |
# | Label delay | When is the truth known? |
# | Metric in money | What does an error cost on each side? |
# | Baseline | What does one line of code reach? |
# | Model | What beats it, and by how much? |
# | Drift | What will change? Who notices? |
# | Fail-safe | What happens when the model is wrong or silent? |
#
# ### Smart manufacturing at large
#
# The same eight lines fit all the places where a plant learns from data:
#
# | Where | Decision | Typical data | In this course |
# |---|---|---|---|
# | Quality | scrap, rework or ship | pictures, sensors | [chapter 6](06_the_defect_classifier.ipynb) |
# | Machine failures | stop now or go on | a row of process data | [chapter 4](04_optimizers_and_training.ipynb) |
# | Maintenance | order the part, plan the stop | sensor sequences | [chapter 8](08_when_will_it_fail.ipynb) |
# | Maintenance log | whom to send | work orders, text | [chapter 9](09_reading_the_maintenance_log.ipynb) |
# | Energy | how much to buy, what to shift | meters, calendar | this chapter, case 1 |
# | Deliveries | which day to promise | orders, suppliers | this chapter, case 2 |
# | Stock | how many pieces to order | demand of the past | this chapter, case 3 |
# | Deep learning or not | which model, if any | all of these | [chapter 11](11_deep_learning_or_a_tree.ipynb) |

# %% [markdown]
# ## Case 1: the energy of the next hour
#
# | Line | The mill |
# |---|---|
# | Decision | order energy one hour ahead |
# | Data | demand of the last 24 hours [kWh], calendar |
# | Label delay | one hour |
# | Metric in money | 0.30 EUR for each kWh too little, 0.10 EUR for each kWh too much |
# | Baseline | as now; as yesterday; as a week ago; ridge |
# | Model | SimpleRNN, gradient boosting |
# | Drift | orders of the mill, new furnaces, holidays |
# | Fail-safe | "as now", and an alarm to the buyer |
#
# The prices are ours; put in those of your contract. We begin with a **simulated** mill. There we know something that
# nobody knows in life: the best possible forecast.

# %%
mill = data.load("steel_energy", source="simulated")
mill

# %% tags=["figure"]
week = slice(7 * 24, 14 * 24)
figures.show(
    planning_drawings.hours(
        mill.time[week], {"demand": mill.y[week], "best possible forecast": mill.expected[week]}, "demand [kWh]"
    ),
    "Demand of the simulated mill over one week. From Monday to Friday it jumps up in the morning, drops for a break "
    "at noon, and falls in two steps in the evening. Saturday is lower, Sunday is almost flat. The best possible "
    "forecast follows it closely, but not exactly.",
)

# %% [markdown]
# ### Exercise 1: windows that do not look into the future
#
# Write `lagged(series, length, horizon)`: the last `length` values, and the value `horizon` periods later.


# %% tags=["exercise"]
def lagged(series, length, horizon):
    ...  # your code


ex.lagged.check(lagged)

# %% [markdown]
# The library does the same with several columns, and adds the calendar of the hour to forecast: that one **is** known
# in advance. The split is a split **in time**: learn from the past, be judged on what comes after it.

# %%
def energy_windows(series):
    """Windows of 24 hours for training, validation and test, scaled by the training hours."""
    parts = data.split_by_time(series, (0.7, 0.1, 0.2))
    scaler = data.Standardizer().fit(parts[0])
    return [data.forecast_windows(scaler.transform(part), length=24, horizon=1) for part in parts]


train, validation, test = energy_windows(mill)

# %% tags=["nbval-check-output"]
print("windows", train.x.shape, "  calendar of the hour to forecast", train.known.shape)
print("training ends", train.time[-1], "  test begins", test.time[0])

# %% [markdown]
# ### What one line of code reaches
#
# The forecast to beat needs no training. It repeats what was one *season* $m$ before: $m = 1$ is "as now"
# (persistence), $m = 24$ "as yesterday", $m = 168$ "as a week ago".

# %% [markdown]
# $$ \hat y_{t+h} = y_{t+h-m} $$

# %% [markdown]
# If the forecast reaches further than one season, the last season comes again.
#
# ### Exercise 2: as one season before
#
# Write `seasonal_naive(series, season, horizon)`.


# %% tags=["exercise"]
def seasonal_naive(series, season, horizon):
    ...  # your code


ex.seasonal_naive.check(seasonal_naive)

# %% [markdown]
# **Guess first.** Which of the three is best for the next hour: as now, as yesterday, or as a week ago?
#
# <details><summary>Answer</summary>
#
# On the simulated mill, as a week ago: it knows the shifts **and** the weekend. "As now" misses every start and every
# end of a shift. On the real mill you will see something else.
#
# </details>

# %%
def simple_forecasts(series, train, test):
    """Forecasts [kWh] of the test hours: three without training, then ridge and boosting on the flat windows."""
    now = np.searchsorted(series.time, test.time)
    x, x_test = train.flat(), test.flat()
    return {
        "as now": series.y[now - 1],
        "as yesterday": series.y[now - 24],
        "as a week ago": series.y[now - 168],
        "ridge": Ridge(alpha=10.0).fit(x, train.y).predict(x_test),
        "boosting": HistGradientBoostingRegressor(random_state=0).fit(x, train.y).predict(x_test),
    }


forecasts = simple_forecasts(mill, train, test)

# %% [markdown]
# And a recurrent network: SimpleRNN with 64 units, the recipe of chapter 8. It reads the 24 hours one after the other.
# (About 5 seconds.)


# %%
def rnn_data(train):
    """Inputs and standardised targets for a network, in one random order, and how to undo the scaling."""
    mean, deviation = train.y.mean(), train.y.std()
    order = np.random.default_rng(0).permutation(len(train))
    x = train.x[order].astype("float32")
    return x, ((train.y[order] - mean) / deviation).astype("float32"), mean, deviation


def forecast_with(model, windows, mean, deviation):
    """Forecasts [kWh] of a model of either engine."""
    z = model.predict(windows.x.astype("float32"), batch_size=512, verbose=0)
    return mean + deviation * np.ravel(z).astype("float64")


def recurrent(x):
    model = nn.Sequential([nn.Input(x.shape[1:]), nn.SimpleRNN(64), nn.Dense(1)], rng=0)
    model.compile(optimizer=nn.Adam(1e-3, clipnorm=1.0), loss="mean_squared_error")
    return model


x_train, y_train, mean, deviation = rnn_data(train)
model = recurrent(x_train)
model.fit(x_train, y_train, epochs=12, batch_size=64, shuffle=False, verbose=0)
forecasts["SimpleRNN"] = forecast_with(model, test, mean, deviation)
for name, y_hat in forecasts.items():
    print(f"{name:14} RMSE {rmse(test.y, y_hat):5.1f} kWh")

# %% tags=["figure"]
figures.show(
    planning_drawings.bars(
        {name: rmse(test.y, y_hat) for name, y_hat in forecasts.items()},
        "RMSE on the test hours [kWh], simulated mill",
        ("best possible", rmse(test.y, test.expected)),
    ),
    "RMSE of six forecasts of the simulated mill as bars. As now is the longest, then yesterday, a week ago, ridge. "
    "SimpleRNN and boosting are the shortest and nearly reach the dashed line of the best possible forecast.",
)

# %% tags=["nbval-check-output"]
best = rmse(test.y, test.expected)
errors = {name: rmse(test.y, y_hat) for name, y_hat in forecasts.items()}
print(f"as now {errors['as now']:.1f} kWh, the best possible {best:.1f} kWh")
print("boosting within 15 % of the best possible:", bool(errors["boosting"] < 1.15 * best))
print("SimpleRNN within 30 %:", bool(errors["SimpleRNN"] < 1.3 * best))

# %% [markdown]
# Nobody can be better than the dashed line: what is left is chance. In life you do not see that line. So you compare
# with the baselines, and stop when more work brings less.

# %% [markdown]
# ### The real mill
#
# Now DAEWOO Steel in Gwangyang, Korea, the year 2018 (Sathishkumar et al., 2021). If the file is not on your computer,
# the cells run on another simulated mill.

# %% tags=["nbval-check-output", "real-data"]
mill = data.load("steel_energy", source="available")
train, validation, test = energy_windows(mill)
print(f"{len(mill):,} hours, {mill.y.min():.0f} to {mill.y.max():.0f} kWh, mean {mill.y.mean():.0f} kWh")
print("leaks found:", data.time_leaks(train, validation, test))

# %% tags=["figure", "real-data"]
figures.show(
    planning_drawings.hours(test.time[:168], {"demand of the real mill": test.y[:168]}, "demand [kWh]"),
    "Demand of the real mill over one week. On working days it rises in the morning to 200 to 450 kWh, with peaks of "
    "a single hour, and falls in the evening. No two days are alike.",
)

# %%
forecasts = simple_forecasts(mill, train, test)
x_train, y_train, mean, deviation = rnn_data(train)
model = recurrent(x_train)
start = model.get_weights()
monitor = widgets.TrainingMonitor()
monitor.fit(model, x_train, y_train, epochs=12, batch_size=64, shuffle=False)

# %%
monitor.wait()
forecasts["SimpleRNN, NumPy"] = forecast_with(model, test, mean, deviation)
print(f"RMSE {rmse(test.y, forecasts['SimpleRNN, NumPy']):.2f} kWh")

# %% [markdown]
# ### The same in Keras
#
# From the same start, with the same batches. Only the import changes. (About 20 seconds, with the time to load
# TensorFlow.)

# %%
import keras

twin = keras.Sequential([keras.layers.Input(x_train.shape[1:]), keras.layers.SimpleRNN(64), keras.layers.Dense(1)])
twin.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mean_squared_error")
twin.set_weights(start)
twin.fit(x_train, y_train, epochs=12, batch_size=64, shuffle=False, verbose=0)
forecasts["SimpleRNN, Keras"] = forecast_with(twin, test, mean, deviation)
for name, y_hat in forecasts.items():
    print(f"{name:17} RMSE {rmse(test.y, y_hat):5.1f} kWh")

# %% tags=["nbval-check-output", "real-data"]
found = {name: rmse(test.y, y_hat) for name, y_hat in forecasts.items()}
print(f"as now {found['as now']:.1f}, ridge {found['ridge']:.1f} kWh")
apart = abs(found["SimpleRNN, NumPy"] - found["SimpleRNN, Keras"])
print("NumPy and Keras apart by less than 0.5 kWh:", bool(apart < 0.5))
print("SimpleRNN below 45 kWh:", bool(found["SimpleRNN, NumPy"] < 45))
print("boosting below 43 kWh:", bool(found["boosting"] < 43))

# %% tags=["figure", "real-data"]
figures.show(
    planning_drawings.bars(found, "RMSE on the test hours [kWh], real mill"),
    "RMSE of seven forecasts of the real mill as bars. As yesterday and as a week ago are the longest, as now "
    "follows, ridge is far shorter, and SimpleRNN in NumPy and in Keras and boosting are the shortest, below half "
    "of as now.",
)

# %% [markdown]
# You should have seen: on the real mill "as a week ago" is no better than "as now". The plan changes from day to day.
# The network halves the error of "as now". So does boosting, which needs no recurrent layer: the 24 hours as one
# row are enough.
#
# The figures over three starts, 20 epochs, the epoch chosen by the validation hours:
# `python -m course_lib.experiments.planning_run`.

# %% tags=["nbval-check-output"]
full = load_result("planning_run")
energy = full["energy"]
for name, value in energy["models"].items():
    print(f"{name:17} RMSE {value['rmse']:6.2f} kWh   {value['eur_a_day']:5.0f} EUR a day")
for name, runs in energy["runs"].items():
    values, money = ([run[key] for run in runs] for key in ("rmse", "eur_a_day"))
    print(f"{name:17} RMSE {np.mean(values):6.2f} kWh   {np.mean(money):5.0f} EUR a day", end="")
    print(f"   (RMSE {min(values):.2f} to {max(values):.2f})")

# %% [markdown]
# ### Is that good?
#
# 40 kWh means nothing to somebody from another mill. Percent is no way out: one hour with a demand near 0 makes the
# percentage huge, and a demand of 0 divides by 0. Divide instead by the error that "as one season before" had in the
# **past** (Hyndman and Koehler, 2006):

# %% [markdown]
# $$ \text{MASE} = \frac{\frac{1}{H} \sum_h |y_h - \hat y_h|}{\frac{1}{M - m} \sum_{t=m+1}^{M} |y_t - y_{t-m}|} $$

# %% [markdown]
# Below 1: better than the naive forecast was.
#
# ### Exercise 3: an error without a unit
#
# Write `mase(y_true, y_pred, past, season)`.


# %% tags=["exercise"]
def mase(y_true, y_pred, past, season):
    ...  # your code


ex.mase.check(mase)

# %% tags=["nbval-check-output", "real-data"]
past = mill.y[mill.time < validation.time[0]][None]
for name in ("as now", "ridge", "boosting"):
    print(f"{name:9} MASE {data.mase(test.y[None], forecasts[name][None], past, period=1):.2f}")

# %% [markdown]
# ### In money
#
# Too little costs three times as much as too much. With the order $q$, the need $y$, and $c_+ = 0.30$, $c_- = 0.10$
# EUR for each kWh, an hour costs

# %% [markdown]
# $$ C = c_+ \max(y - q, 0) + c_- \max(q - y, 0) $$


# %%
def energy_cost(y, ordered, too_little=0.30, too_much=0.10):
    """The extra cost [EUR a day] of ordering other than what was needed."""
    return 24 * np.mean(too_little * np.maximum(y - ordered, 0) + too_much * np.maximum(ordered - y, 0))


for name, y_hat in forecasts.items():
    print(f"{name:17} {energy_cost(test.y, y_hat):5.0f} EUR a day")

# %% [markdown]
# **Guess first.** Should the buyer order exactly the forecast, or more?
#
# Try it on the **validation** hours: add the same surcharge to every forecast, and look for the cheapest.

# %%
y_hat = forecast_with(model, validation, mean, deviation)
surcharges = np.arange(-20, 41)
surcharge = int(surcharges[np.argmin([energy_cost(validation.y, y_hat + s) for s in surcharges])])
plain = forecasts["SimpleRNN, NumPy"]
print(f"cheapest surcharge on the validation hours: {surcharge} kWh")
print(f"test hours: {energy_cost(test.y, plain):.0f} EUR a day without it", end=", ")
print(f"{energy_cost(test.y, plain + surcharge):.0f} EUR with it")

# %% tags=["nbval-check-output", "real-data"]
cost = {name: energy_cost(test.y, one) for name, one in forecasts.items()}
gain = 1 - cost["SimpleRNN, NumPy"] / cost["as now"]
print("the network saves more than a third of the cost of 'as now':", bool(gain > 1 / 3))
print("boosting saves more than half:", bool(cost["boosting"] < 0.5 * cost["as now"]))
print("a surcharge pays:", bool(surcharge > 0 and energy_cost(test.y, plain + surcharge) < cost["SimpleRNN, NumPy"]))

# %% [markdown]
# More, a little. The forecast with the smallest squared error is the **mean**; the cheapest order lies above it,
# because too little is dearer. The next case says exactly where.
#
# And look at the two best again. Their RMSE is about the same, their cost is not: boosting is clearly cheaper. A few
# peaks that nobody can foresee rule the RMSE. The money is paid every hour, and in the ordinary hours boosting is
# closer.

# %% [markdown]
# ## Case 2: which day do we promise?
#
# | Line | Deliveries |
# |---|---|
# | Decision | the day that is promised to the customer |
# | Data | what is known at the order: vendor, mode, product, quantity, country, season |
# | Label delay | the lead time itself: **weeks to months** |
# | Metric in money | 900 EUR for each day late, 100 EUR for each day early |
# | Baseline | the median of all; the median of the vendor |
# | Model | gradient boosting, MLP |
# | Drift | vendors, ports, routes, how dates are recorded |
# | Fail-safe | the vendor's median; no promise for a new vendor without a person |
#
# ### First simulated: the truth is known

# %%
def lead_time_forecasts(known, asked):
    """The lead time [days] of the orders `asked`, from the deliveries `known`."""
    vendor = known.feature_names.index("vendor")
    medians = {code: np.median(known.y[known.x[:, vendor] == code]) for code in np.unique(known.x[:, vendor])}
    model = HistGradientBoostingRegressor(
        loss="absolute_error", categorical_features=[bool(names) for names in known.categories],
        learning_rate=0.05, max_iter=200, random_state=0,
    )  # fmt: skip
    return {
        "median": np.full(len(asked), np.median(known.y)),
        "median of the vendor": np.array([medians.get(v, np.median(known.y)) for v in asked.x[:, vendor]]),
        "boosting": model.fit(known.x, known.y).predict(asked.x),
        "MLP": mlp_forecast(known, asked),
    }


def mlp_forecast(known, asked):
    """Two hidden layers; each category becomes columns of 0 and 1."""
    known, asked = data.one_hot(known, asked)
    scaler = data.Standardizer().fit(known)
    x, x_asked = (scaler.transform(part).x.astype("float32") for part in (known, asked))
    middle, spread = known.y.mean(), known.y.std()
    layers = [nn.Dense(64, activation="relu"), nn.Dense(32, activation="relu"), nn.Dense(1)]
    network = nn.Sequential([nn.Input((x.shape[1],)), *layers], rng=0)
    network.compile(optimizer=nn.Adam(1e-3), loss="mean_squared_error")
    network.fit(x, ((known.y - middle) / spread).astype("float32"), epochs=30, batch_size=64, verbose=0, rng=0)
    return middle + spread * network.predict(x_asked)[:, 0]


def mae(y, y_hat):
    return np.mean(np.abs(y - y_hat))


def compared(known, asked):
    return {name: mae(asked.y, y_hat) for name, y_hat in lead_time_forecasts(known, asked).items()}


# %%
orders = data.load("shipments", source="simulated")
asked = data.split_by_time(orders)[2]
known = orders.delivered_before(asked.time[0])
errors = compared(known, asked)
for name, value in errors.items():
    print(f"{name:21} mean absolute error {value:5.1f} days")

# %% tags=["nbval-check-output"]
best = mae(asked.y, asked.expected)
print(f"the median of all {errors['median']:.1f} days, the best possible {best:.1f} days")
print("boosting and the MLP within 15 % of the best:", bool(max(errors["boosting"], errors["MLP"]) < 1.15 * best))

# %% [markdown]
# On the simulator both models work. It was made by a formula, and tomorrow follows the same formula.
#
# ### Then the real deliveries
#
# USAID's supply chain: medicines and tests for 40 countries, orders of ten years.

# %% tags=["nbval-check-output", "real-data"]
orders = data.load("shipments", source="available")
asked = data.split_by_time(orders)[2]
past = orders.rows(orders.time < asked.time[0])
known = past.delivered_before(asked.time[0])
print(f"{len(orders):,} deliveries, lead time {orders.y.min():.0f} to {orders.y.max():.0f} days")
print(f"on {asked.time[0]}: {len(past):,} orders were sent, the lead time of {len(known):,} was known")

# %% [markdown]
# **Guess first.** 11 inputs, 3,393 deliveries. How much better than the plain median will boosting and the network be?

# %%
errors = compared(known, asked)
for name, value in errors.items():
    print(f"{name:21} mean absolute error {value:5.1f} days")

# %% tags=["nbval-check-output", "real-data"]
print(f"median {errors['median']:.0f} days, median of the vendor {errors['median of the vendor']:.0f} days")
print("boosting from 60 to 70 days:", bool(60 < errors["boosting"] < 70))
both = min(errors["boosting"], errors["MLP"])
print("the vendor's median beats boosting and the MLP:", bool(errors["median of the vendor"] < both))

# %% [markdown]
# You should have seen: the models beat the median of all by 10 to 20 days. But **one line**, the median of each vendor,
# beats them. Before you believe it, look at the orders:

# %% tags=["nbval-check-output", "real-data"]
print(f"lead time of 0 days: {np.mean(known.y == 0):.0%} of the known, {np.mean(asked.y == 0):.0%} of the asked orders")
deliveries = full["deliveries"]
ways = ("median", "median of the vendor", "boosting", "MLP")
for orders_in in ("what was known", "what was known, without 0 days"):
    values = deliveries[orders_in]
    print(f"{orders_in:31}" + "".join(f"  {way} {np.mean(values[way]):.0f}" for way in ways) + "   days")

# %% [markdown]
# A third of the test orders was delivered "on the day of the order", all in one country by two vendors. It looks as if
# they were written down on delivery. The vendor's median had seen a few such lines and says 0. That was its whole lead:
# without these orders **all four ways are within 6 days**, and the median of all is hard to beat.
#
# Is that luck of this one split? Each year again, learned only from what had been delivered by then (`planning_run`):

# %% tags=["nbval-check-output"]
print(f"{'mean absolute error [days]':28}" + "".join(f"{year:>6}" for year in deliveries["years"]))
for way in ways:
    print(f"{way:28}" + "".join(f"{np.mean(value[way]):6.0f}" for value in deliveries["years"].values()))
print(f"{'median lead time':28}" + "".join(f"{value['median_days']:6.0f}" for value in deliveries["years"].values()))

# %% tags=["figure"]
figures.show(
    planning_drawings.by_year(
        [int(year) for year in deliveries["years"]],
        {way: [np.mean(value[way]) for value in deliveries["years"].values()] for way in ways},
        "mean absolute error [days]",
    ),
    "Mean absolute error of four ways to tell the lead time, for the orders of each year from 2009 to 2015. The "
    "lines cross again and again. No way is best in all years, and the error moves between about 20 and 85 days.",
)

# %% tags=["nbval-check-output"]
years = deliveries["years"].values()
winners = [min(ways, key=lambda way: np.mean(value[way])) for value in years]
for year, winner in zip(deliveries["years"], winners, strict=True):
    print(year, "best:", winner)

# %% [markdown]
# The winner changes from year to year, and each method has its bad year. That is **drift**: vendors come and go, routes
# change, and from 2014 on there are those orders of 0 days. No model of the past can know that.
#
# ### The label delay
#
# On the day of the promise, orders that are still on their way have no label. In the file all of them have one. Use
# them, and you learn from the future. That need not flatter you: measured, it does harm here.

# %% tags=["nbval-check-output"]
for split in ("what was known", "all earlier orders", "random rows"):
    values = deliveries[split]
    print(f"{split:19}" + "".join(f"  {way} {np.mean(values[way]):.0f}" for way in ways) + "   days")

# %% [markdown]
# The orders that were still on their way are the slow ones; a model that learns from them promises too late. What the
# plant can have is the first row.
#
# Now look at "random rows": boosting seems to be twice as good. Lines of one order, sent on the same day by the same
# vendor, are in both parts. It is the number that a hurried report would show.

# %% [markdown]
# ### Which day do you promise?
#
# Late costs nine times as much as early. Then do not promise the middle. Promise the day that is kept in 9 of 10 cases:
# the 0.9 **quantile**. There is a loss whose minimum is the quantile $q$ (Koenker and Bassett, 1978), the *pinball
# loss*:

# %% [markdown]
# $$ L_q = \frac{1}{N} \sum_n \max\big( q \, (y_n - \hat y_n), \; (q - 1)(y_n - \hat y_n) \big) $$

# %% [markdown]
# Too low by one day costs $q$, too high by one day $1 - q$.
#
# ### Exercise 4: the pinball loss
#
# Write `pinball_loss(y_true, y_pred, quantile)`.


# %% tags=["exercise"]
def pinball_loss(y_true, y_pred, quantile):
    ...  # your code


ex.pinball_loss.check(pinball_loss)

# %% [markdown]
# Two promises: one day for all, and boosting trained on the pinball loss. First on simulated orders, then on the real
# ones. 1000 times the loss is the cost in EUR here: 900 for a day late, 100 for a day early.


# %%
def promises(known, asked, quantile=0.9):
    """Two promises [days] for each order: the quantile of all known deliveries, and boosting for this quantile."""
    model = HistGradientBoostingRegressor(
        loss="quantile", quantile=quantile, categorical_features=[bool(names) for names in known.categories],
        learning_rate=0.05, max_iter=200, random_state=0,
    )  # fmt: skip
    return {
        "one for all": np.full(len(asked), np.quantile(known.y, quantile)),
        "boosting": model.fit(known.x, known.y).predict(asked.x),
    }


simulated = data.load("shipments", source="simulated")
s_asked = data.split_by_time(simulated)[2]
s_known = simulated.delivered_before(s_asked.time[0])
outcome = {}
for source, (k, a) in {"simulated": (s_known, s_asked), "real": (known, asked)}.items():
    for name, promise in promises(k, a).items():
        kept = np.mean(a.y <= promise)
        outcome[source, name] = 1000 * forecasting.pinball_loss(a.y, promise, 0.9)
        print(f"{source:9} {name:11} kept {kept:4.0%}, {outcome[source, name]:7,.0f} EUR an order")

# %% tags=["nbval-check-output", "real-data"]
print("simulated: boosting is cheaper:", bool(outcome["simulated", "boosting"] < outcome["simulated", "one for all"]))
print("real:      boosting is cheaper:", bool(outcome["real", "boosting"] < outcome["real", "one for all"]))

# %% [markdown]
# On the real orders the clever promise is **dearer** than one day for all. A model that is sure of yesterday's pattern
# pays nine times for each day that is late.

# %% [markdown]
# ## Case 3: spare parts
#
# | Line | Spare parts |
# |---|---|
# | Decision | the level to which each shelf is filled up every month |
# | Data | the demand of the last years, part by part |
# | Label delay | one month; and what nobody could buy is never seen |
# | Metric in money | 1 EUR for a piece held for a month, 20 EUR for a missing piece |
# | Baseline | nothing; the mean; the newsvendor's quantile of the last 24 months |
# | Model | boosting on the demand of all parts |
# | Drift | parts grow old, new ones come |
# | Fail-safe | a lower limit for parts that stop the line, whatever the model says |
#
# In most months nobody asks for a part. First simulated parts, whose true mean is known:

# %% tags=["nbval-check-output"]
parts = data.load("spare_parts", source="simulated")
quiet = np.mean(parts.demand == 0)
print(f"{len(parts):,} parts, {len(parts.months)} months, {quiet:.0%} of the months without demand")

# %% tags=["figure"]
busy = np.argsort(-(parts.demand > 0).mean(axis=1))[[30, 160, 330]]
figures.show(
    planning_drawings.some_parts(parts.demand, parts.months, busy),
    "Monthly demand of three simulated parts over four years. In the first a bar stands in about every second month, "
    "in the third only a few bars in four years. Most bars are one or two pieces high.",
)

# %% [markdown]
# **Guess first.** You know the **true** mean demand of each part and month. Somebody else forecasts 0 for everything.
# Who has the smaller MASE?

# %% tags=["nbval-check-output"]
past, future = parts.split(12)
zero = np.zeros_like(future.demand)
for name, forecast in {"the true mean": future.expected, "always 0": zero}.items():
    print(f"{name:13} MASE {data.mase(future.demand, forecast, past.demand):.3f}")

# %% [markdown]
# The forecast that says nothing beats the truth. Nothing is wrong with the program. The absolute error is smallest at
# the **median**, and the median of a part that is asked for in one month of four is 0. **This metric rewards ordering
# nothing.**
#
# ### The real car parts
#
# 2,674 parts, 51 months (Hyndman et al., 2008); the last 12 months are the test.

# %% tags=["nbval-check-output", "real-data"]
parts = data.load("spare_parts", source="available")
past, future = parts.split(12)
quiet = np.mean(parts.demand == 0)
print(f"{len(parts):,} parts, {len(parts.months)} months, {quiet:.0%} of the months without demand")

# %% [markdown]
# Boosting sees the last 24 months of a part, its mean, and how often it is asked for. Twice the same model, once
# trained on the absolute error, once on the mean demand (`poisson`).


# %%
def recent_demand(demand):
    return np.column_stack([demand[:, -24:], demand.mean(axis=1), (demand > 0).mean(axis=1)])


seen = past.demand
x = np.concatenate([recent_demand(seen[:, :t]) for t in range(27, 39)])
y = np.concatenate([seen[:, t] for t in range(27, 39)])
month_by_month = {
    "always 0": np.zeros_like(future.demand),
    "as a year ago": seen[:, -12:],
    "mean of the past": np.repeat(seen.mean(axis=1)[:, None], 12, axis=1),
}
for loss, name in (("absolute_error", "boosting, absolute error"), ("poisson", "boosting, mean demand")):
    booster = HistGradientBoostingRegressor(loss=loss, learning_rate=0.05, random_state=0).fit(x, y)
    month_by_month[name] = np.repeat(booster.predict(recent_demand(seen))[:, None], 12, axis=1)

# %% tags=["nbval-check-output", "real-data"]
for name, forecast in month_by_month.items():
    score = data.mase(future.demand, forecast, seen)
    print(f"{name:25} MASE {score:.2f}   forecast {forecast.sum():6,.0f} of {future.demand.sum():,.0f} pieces")

# %% [markdown]
# You should have seen: boosting, told to keep the absolute error small, **learned to forecast 0 for every part**. It
# did what we asked. The one that is right about the pieces has the worst MASE.
#
# It happens to large models, too. Figures that others published for these data (Shchur et al., 2023, a comparison of
# automatic forecasting programs; their preparation of the data may differ a little; our line is the last one):
#
# | Method | MASE |
# |---|---|
# | AutoETS | 1.133 |
# | AutoARIMA | 1.118 |
# | Temporal Fusion Transformer | 0.751 |
# | DeepAR, a recurrent network | 0.749 |
# | AutoPyTorch, after four hours | 0.746 |
# | **always 0** | **0.746** |

# %% [markdown]
# ### The question that the store asks
#
# Not "how many pieces on average?", but "**to which level do I fill the shelf?**" A newspaper seller has the same
# question each morning. One more piece is worth it while the chance that it is needed, times the cost of missing it, is
# larger than the chance that it stays, times the cost of holding it. So the level is the smallest $Q$ with

# %% [markdown]
# $$ P(D \le Q) \ge \frac{c_s}{c_s + c_o} $$

# %% [markdown]
# $D$ is the demand, $c_s$ the cost of a missing piece, $c_o$ that of a piece too many (Arrow, Harris and Marschak,
# 1951). It is the quantile again: a cost on two sides always asks for a quantile, never for the mean.
#
# On paper: $c_s = 20$, $c_o = 1$, so the share is $20 / 21 = 0.952$. In 20 months the demand was 15 times 0, 3 times 1,
# once 2, once 4. The shares up to 0, 1, 2 are 0.75, 0.90, 0.95; so $Q = 4$.

# %% tags=["nbval-check-output"]
print(f"{forecasting.newsvendor_quantity([0] * 15 + [1] * 3 + [2, 4], cost_short=20, cost_over=1):.0f} pieces")

# %% [markdown]
# ### Exercise 5: how many?
#
# Write `newsvendor_quantity(demand, cost_short, cost_over)`.


# %% tags=["exercise"]
def newsvendor_quantity(demand, cost_short, cost_over):
    ...  # your code


ex.newsvendor_quantity.check(newsvendor_quantity)

# %% [markdown]
# What is left stays on the shelf for the next month, and costs again. With the order $o_t$ and the demand $y_t$:

# %% [markdown]
# $$ \text{left}_t = \max(\text{left}_{t-1} + o_t - y_t, \; 0) $$

# %% [markdown]
# $$ C_t = c_o \, \text{left}_t + c_s \max(y_t - \text{left}_{t-1} - o_t, \; 0) $$

# %% [markdown]
# ### Exercise 6: the cost of each month
#
# Write `stock_cost(orders, demand, holding, shortage)`.


# %% tags=["exercise"]
def stock_cost(orders, demand, holding, shortage):
    ...  # your code


ex.stock_cost.check(stock_cost)

# %% [markdown]
# Now a year of all parts, for four ways to choose the level. Each month the store orders what was taken.


# %%
def year_of(level, demand, holding=1.0, shortage=20.0):
    """The cost [EUR] of a year in which one part is filled up to `level` each month."""
    orders = np.minimum(np.append(level, demand[:-1]), level)
    return forecasting.stock_cost(orders, demand, holding, shortage).sum()


levels = {
    "nothing (the best MASE)": np.zeros(len(seen)),
    "the mean, rounded up": np.ceil(seen.mean(axis=1)),
    "the most ever seen": seen.max(axis=1),
    "newsvendor, last 24 months": np.array([forecasting.newsvendor_quantity(one[-24:], 20, 1) for one in seen]),
}
money = {name: sum(map(year_of, level, future.demand)) for name, level in levels.items()}

# %% tags=["nbval-check-output", "real-data"]
for name, value in money.items():
    print(f"{name:27} {value:8,.0f} EUR a year")

# %% [markdown]
# Ordering nothing, the winner by MASE, costs two and a half times as much as the newsvendor's line. No network was
# needed, only the right question.
#
# One part in detail:

# %% tags=["figure", "real-data"]
k = int(np.argsort(-future.demand.sum(axis=1))[150])
tried = np.arange(0, 13)
missing_cost = [20 * np.maximum(future.demand[k] - level, 0).sum() for level in tried]
held_cost = [year_of(float(level), future.demand[k]) - lost for level, lost in zip(tried, missing_cost, strict=True)]
chosen = forecasting.newsvendor_quantity(future.demand[k], 20, 1)
figures.show(
    planning_drawings.cost_of_level(tried, held_cost, missing_cost, chosen, "level of the shelf [pieces]"),
    "Cost of a year of one part over the level of its shelf, from 0 to 12 pieces. At level 0 the whole cost is "
    "missing pieces. It falls with each piece, has its minimum where the arrow with the newsvendor's level points, "
    "and then rises slowly as more pieces are held.",
)

# %% [markdown]
# (The arrow knows the demand of the year: it shows that the rule finds the minimum. The table above used the past
# only.)
#
# ### Order, and pay
#
# 1. Play some days with the forecast as it is. What costs more, missing pieces or pieces left?
# 2. Move the safety until the cost turns green. Which prices move the best safety up?
# 3. The supplier needs the order 14 days ahead. What happens to the best safety, and to the lowest cost?
# 4. Choose the spare part. Compare in the table: which forecast has the smallest error, which the lowest cost?

# %%
widgets.ForecastAndCost()

# %% [markdown]
# You should have seen: the best safety grows with the price of a missing piece and with the horizon. The forecast
# "nothing" has the smallest error for the spare part and the highest cost.

# %% [markdown]
# ## Quiz

# %%
widgets.Quiz(10)

# %% [markdown]
# ## When this fails in the plant
#
# **The answer is among the inputs.** The meter of the mill also writes reactive energy and CO2. Give the model those of
# the hour to forecast, and it is wonderful:


# %%
def ridge_with(same_hour):
    series = data.load("steel_energy", source="available", measured=True)
    parts = data.split_by_time(series)
    scaler = data.Standardizer().fit(parts[0])
    scaled = [scaler.transform(part) for part in parts]
    windows = [data.forecast_windows(part) for part in scaled]
    inputs = [w.flat() for w in windows]
    if same_hour:  # reactive energy and CO2 of the hour that is to be forecast
        inputs = [np.column_stack([rows, part.x[24:, 1:4]]) for rows, part in zip(inputs, scaled, strict=True)]
    return rmse(windows[2].y, Ridge(alpha=10.0).fit(inputs[0], windows[0].y).predict(inputs[2]))


honest, leaking = ridge_with(same_hour=False), ridge_with(same_hour=True)

# %% tags=["nbval-check-output", "real-data"]
print(f"with the past only: {honest:.0f} kWh, with the same hour: {leaking:.0f} kWh")

# %% [markdown]
# In the plant this model cannot run: one hour before, nobody knows the CO2 of the hour. Ask of each column: **when**
# is it known? A result that is far too good is the alarm.
#
# **A holiday week.** The calendar says Monday, the plant stands still. In the simulated mill we repeat the Sunday of
# 23 December on Monday to Saturday, and let boosting forecast these six days:


# %%
DAY = np.timedelta64(1, "D")


def with_holidays(series, monday):
    """The series with the demand of the Sunday before on the six days from `monday` on."""
    day, demand, x = series.time.astype("datetime64[D]"), series.y.copy(), series.x.copy()
    for k in range(6):
        demand[day == monday + k * DAY] = series.y[day == monday - DAY]
    x[:, 0] = demand
    return replace(series, x=x, y=demand, expected=None)


monday = np.datetime64("2018-12-24")
mill = data.load("steel_energy", source="simulated")
s_train, s_validation, as_planned = energy_windows(mill)
closed = energy_windows(with_holidays(mill, monday))[2]
day = closed.time.astype("datetime64[D]")
week = (day >= monday) & (day < monday + 6 * DAY)
booster = HistGradientBoostingRegressor(random_state=0).fit(s_train.flat(), s_train.y)
holiday = {"boosting": booster.predict(closed.flat()), "as now": closed.last}
ordinary = rmse(as_planned.y[week], booster.predict(as_planned.flat())[week])
print(f"boosting, an ordinary week     RMSE {ordinary:6.1f} kWh")
for name, y_hat in holiday.items():
    print(f"{name:8}, the holiday week     RMSE {rmse(closed.y[week], y_hat[week]):6.1f} kWh")

# %% tags=["figure"]
figures.show(
    planning_drawings.hours(
        closed.time[week][:72], {"demand": closed.y[week][:72], "boosting": holiday["boosting"][week][:72]}, "[kWh]"
    ),
    "Three days of the holiday week. The demand stays low all day. The forecast of boosting jumps up every morning, "
    "as if the shift began, and falls again when nothing happens.",
)

# %% [markdown]
# Nothing is easier to forecast than a plant that stands still. But the model has learned "on Monday at eight the shift
# begins". The fail-safe of the template: compare the mean error of the last 24 hours with the usual one, and order "as
# now" while it is more than double.

# %%
usual = mae(s_validation.y, booster.predict(s_validation.flat()))
error = np.abs(holiday["boosting"] - closed.y)
recent = np.array([error[max(t - 24, 0) : t].mean() if t else 0.0 for t in range(len(error))])
alarm = recent > 2 * usual
holiday["boosting, guarded"] = np.where(alarm, holiday["as now"], holiday["boosting"])
guarded = rmse(closed.y[week], holiday["boosting, guarded"][week])
print(f"boosting, guarded: RMSE {guarded:.1f} kWh")

# %% tags=["nbval-check-output"]
alone = rmse(closed.y[week], holiday["boosting"][week])
print("the holiday more than doubles the error:", bool(alone > 2 * ordinary))
print("the guard takes away more than half of it:", bool(guarded < 0.5 * alone))
print("first alarm:", closed.time[week][np.argmax(alarm[week])])
print("alarms in all other weeks:", int(alarm[~week].sum()))

# %% [markdown]
# Remedy: the plant's own calendar among the inputs, a guard like this one, and a person who can overrule it.
#
# **A supplier that is late for all.** The ports are full, and ships take 40 days more in the last third of the time.
# The same models as above:

# %% tags=["nbval-check-output"]
for drift in (0.0, 40.0):
    changed = data.simulate_shipments(drift=drift)
    later = data.split_by_time(changed)[2]
    found = compared(changed.delivered_before(later.time[0]), later)
    good = bool(found["boosting"] < 15)
    print(f"ships {drift:2.0f} days later: median {found['median']:.0f} days, boosting below 15 days: {good}")

# %% [markdown]
# Notice it: keep the error of each week, and draw it. Half of the labels come only after a month or two, so count the
# open orders that are already overdue as well: they tell earlier.
#
# **Dates that cannot be.** In the real file some goods came **before** they were ordered. The loader counts and leaves
# out such lines. If you build your own table, it is refused:

# %% tags=["nbval-check-output"]
try:
    replace(changed, y=np.where(np.arange(len(changed)) == 7, -3.0, changed.y))
except ValueError as problem:
    print(*textwrap.wrap(str(problem), 100), sep="\n")

# %% tags=["nbval-check-output", "real-data"]
for reason, count in orders.dropped.items():
    print(f"left out, {reason}: {count:,} lines")

# %% [markdown]
# Would you have noticed? An average hides them. And ask what is left: is an order without a date a random one?
# Remedy: count what you drop, and show the number with every result.
#
# **A forecast that changes the world.** When the store orders by the forecast, nobody sees any more what would have
# been sold: an empty shelf sells nothing, and next year's forecast learns "no demand". Remedy: write down what was
# asked for, not only what was sold.

# %% [markdown]
# ## Summary
#
# - Fill in the eight lines before you train: decision, data, label delay, money, baseline, model, drift, fail-safe.
# - Energy: network and boosting halve the error of "as now". Boosting is simpler, and cheaper in money.
# - Deliveries: a median is hard to beat. The winner changes with the years, and a random split hides it.
# - Spare parts: a metric can reward doing nothing. Ask in money, and order a quantile.
# - A cost on two sides asks for a quantile, never for the mean.
#
# ### Glossary
#
# | English | Chinese | Meaning |
# |---|---|---|
# | forecast | 预测 | a statement about what is not known yet |
# | horizon | 预测步长 | how far ahead |
# | seasonal naive forecast | 季节性朴素预测 | as one season before |
# | lead time | 交货期 | days from the order to the delivery |
# | label delay | 标签延迟 | time until the truth is known |
# | quantile | 分位数 | the value that is not exceeded in a given share of cases |
# | pinball loss | 分位数损失 | the loss whose minimum is a quantile |
# | newsvendor problem | 报童问题 | how many to order when too few and too many both cost |
# | intermittent demand | 间歇性需求 | demand with mostly zeros |
# | drift | 数据漂移 | the world changes after the training |
# | fail-safe | 故障安全 | what happens when the model is wrong or silent |
#
# **Next:** [Chapter 11, Deep learning or a tree?](11_deep_learning_or_a_tree.ipynb) The same question for all kinds of data.
