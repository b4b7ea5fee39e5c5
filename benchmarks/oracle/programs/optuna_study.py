"""A study with samplers, a pruner and importances."""

# packages: optuna
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(trial):
    x = trial.suggest_float("x", -1, 1)
    kind = trial.suggest_categorical("kind", ["a", "b"])
    for step in range(3):
        trial.report(x * step, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return x**2 + (kind == "a")


for sampler in (optuna.samplers.TPESampler(seed=1), optuna.samplers.RandomSampler(seed=1)):
    study = optuna.create_study(sampler=sampler, pruner=optuna.pruners.MedianPruner())
    study.optimize(objective, n_trials=15)
    study.trials_dataframe()
optuna.create_study(storage="sqlite:///:memory:").optimize(objective, n_trials=2)
