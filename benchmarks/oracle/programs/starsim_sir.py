"""An SIR epidemic on a random network."""

# packages: starsim
import starsim as ss

sim = ss.Sim(
    n_agents=500,
    start=2000,
    stop=2010,
    diseases=ss.SIR(beta=0.1, init_prev=0.05),
    networks=ss.RandomNet(n_contacts=4),
    verbose=0,
)
sim.run()
assert len(sim.results.sir.n_infected) > 1
sim.to_df()
