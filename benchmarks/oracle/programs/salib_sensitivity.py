"""Sensitivity of the Ishigami function by several methods."""

# packages: SALib
from SALib import ProblemSpec
from SALib.analyze import fast, morris, sobol
from SALib.sample import fast_sampler
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami

problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-3.14, 3.14]] * 3}
values = sobol_sample.sample(problem, 64)
sobol.analyze(problem, Ishigami.evaluate(values))
values = morris_sample.sample(problem, 16)
morris.analyze(problem, values, Ishigami.evaluate(values))
values = fast_sampler.sample(problem, 128)
fast.analyze(problem, Ishigami.evaluate(values))
spec = ProblemSpec({**problem, "outputs": ["Y"]})
spec.sample_latin(64).evaluate(Ishigami.evaluate).analyze_rbd_fast()
