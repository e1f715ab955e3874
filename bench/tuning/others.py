"""Optuna's and scikit-optimize's searches of a problem that the bench describes on the first line; it answers each trial with its value."""
import json
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def ask(values):
    print(json.dumps({"values": values}), flush=True)
    return json.loads(sys.stdin.readline())["value"]


def with_optuna(task):
    def objective(trial):
        values = {}
        for p in task["parameters"]:
            suggest = trial.suggest_int if p["kind"] == "integer" else trial.suggest_float
            values[p["name"]] = suggest(p["name"], p["min"], p["max"], log=p["scaling"] == "Logarithmic")
        return ask(values)

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=task["seed"]))
    study.optimize(objective, n_trials=task["budget"])


def with_skopt(task):
    from skopt import gp_minimize
    from skopt.space import Integer, Real

    def dimension(p):
        kind = Integer if p["kind"] == "integer" else Real
        return kind(p["min"], p["max"], prior="log-uniform" if p["scaling"] == "Logarithmic" else "uniform")

    names = [p["name"] for p in task["parameters"]]
    plain = lambda x: x.item() if hasattr(x, "item") else x
    gp_minimize(lambda x: ask(dict(zip(names, map(plain, x)))), [dimension(p) for p in task["parameters"]],
                n_calls=task["budget"], n_initial_points=10, random_state=task["seed"])


for line in iter(sys.stdin.readline, ""):
    task = json.loads(line)
    {"TPE": with_optuna, "GP": with_skopt}[task["sampler"]](task)
    print(json.dumps({"done": True}), flush=True)
