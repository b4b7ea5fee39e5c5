"""A posterior sampled with several moves and a backend in memory."""

# packages: emcee
import emcee
import numpy as np

moves = [(emcee.moves.StretchMove(), 0.5), (emcee.moves.DEMove(), 0.5)]
sampler = emcee.EnsembleSampler(10, 2, lambda p: -0.5 * np.sum(p**2), moves=moves)
sampler.run_mcmc(np.random.default_rng(1).normal(size=(10, 2)), 50)
sampler.get_chain(flat=True)
emcee.autocorr.integrated_time(sampler.get_chain(), quiet=True)
