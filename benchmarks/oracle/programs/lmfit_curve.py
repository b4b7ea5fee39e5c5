"""A curve fitted by a model and by a function, with confidence intervals and a report."""

# packages: lmfit
import lmfit
import numpy as np
from lmfit.models import GaussianModel, LinearModel

x = np.linspace(-3, 3, 60)
y = np.exp(-(x**2)) + 0.1 * x + np.random.default_rng(1).normal(0, 0.01, x.size)
model = GaussianModel() + LinearModel()
fit = model.fit(y, model.make_params(amplitude=1, center=0, sigma=1, slope=0, intercept=0), x=x)
fit.fit_report()
lmfit.minimize(lambda p: y - p["a"].value, lmfit.create_params(a=1.0), method="nelder")
fit.params.dumps()
