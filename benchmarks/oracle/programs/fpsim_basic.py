"""Family planning over some years."""

# packages: fpsim starsim
import fpsim as fp

sim = fp.Sim(n_agents=200, start=2000, stop=2003, location="senegal", verbose=0)
sim.run()
