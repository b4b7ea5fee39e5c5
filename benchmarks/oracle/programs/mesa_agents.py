"""Agents that give each other money on a grid, with what is collected of them."""

# packages: mesa
import mesa
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid


class Money(CellAgent):
    def __init__(self, model, cell):
        super().__init__(model)
        self.cell = cell
        self.wealth = 1

    def step(self):
        self.cell = self.cell.neighborhood.select_random_cell()
        others = [a for a in self.cell.agents if a is not self]
        if others and self.wealth:
            self.random.choice(others).wealth += 1
            self.wealth -= 1


class MoneyModel(mesa.Model):
    def __init__(self, n=20, seed=1):
        super().__init__(seed=seed)
        self.grid = OrthogonalMooreGrid((5, 5), torus=True, random=self.random)
        self.datacollector = mesa.DataCollector(agent_reporters={"wealth": "wealth"})
        for _ in range(n):
            Money(self, self.grid.select_random_empty_cell())

    def step(self):
        self.datacollector.collect(self)
        self.agents.shuffle_do("step")


model = MoneyModel()
for _ in range(10):
    model.step()
model.datacollector.get_agent_vars_dataframe()
mesa.batch_run(MoneyModel, {"n": [5, 6]}, max_steps=3, number_processes=1, display_progress=False)
