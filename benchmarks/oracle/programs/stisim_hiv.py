"""HIV with a structured sexual network."""

# packages: stisim starsim
import starsim as ss
import stisim as sti

hiv = sti.HIV(beta_m2f=0.05, init_prev=0.1)
sim = ss.Sim(
    n_agents=300,
    start=2000,
    stop=2003,
    diseases=hiv,
    networks=[sti.StructuredSexual(), ss.MaternalNet()],
    demographics=[ss.Pregnancy(fertility_rate=20), ss.Deaths(death_rate=10)],
    interventions=[sti.HIVTest(test_prob_data=0.2, start=2000), sti.ART(coverage=0.5)],
    verbose=0,
)
sim.run()
