"""A COVID epidemic with testing and a vaccine, then its own plots' data."""

# packages: covasim
import covasim as cv

sim = cv.Sim(
    pop_size=500,
    n_days=40,
    pop_type="hybrid",
    interventions=[
        cv.test_prob(symp_prob=0.2, asymp_prob=0.01),
        cv.vaccinate_prob("pfizer", days=5, prob=0.3),
    ],
    analyzers=[cv.age_histogram()],
    verbose=0,
)
sim.run()
sim.make_transtree()
sim.to_json()
cv.Scenarios(
    sim=cv.Sim(pop_size=100, n_days=10, verbose=0),
    metapars={"n_runs": 1},
    scenarios={"baseline": {"name": "b", "pars": {}}},
).run(verbose=0, debug=True)
