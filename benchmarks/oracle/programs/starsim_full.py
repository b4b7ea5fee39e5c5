"""Several diseases with demographics, networks by name, a vaccine, and runs over seeds."""

# packages: starsim
import starsim as ss

pars = {
    "n_agents": 300,
    "start": 2000,
    "dur": 8,
    "diseases": [{"type": "sis", "beta": 0.1}, {"type": "sir", "beta": 0.05}],
    "networks": ["random", "mf"],
    "demographics": [ss.Births(birth_rate=20), ss.Deaths(death_rate=15)],
    "verbose": 0,
}
sim = ss.Sim(**pars)
sim.run()
sim.shrink()
msim = ss.MultiSim(ss.Sim(n_agents=100, dur=3, diseases="sis", networks="random", verbose=0))
msim.run(n_runs=2, parallel=False)
msim.reduce()
