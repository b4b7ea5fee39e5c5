"""A bank's queue, with a resource, a store, a container and an interruption."""

# packages: simpy
import simpy
import simpy.rt
from simpy.util import start_delayed


def customer(env, counter, cash):
    with counter.request(priority=1) as request:
        yield request | env.timeout(3)
        yield cash.get(1)
        try:
            yield env.timeout(2)
        except simpy.Interrupt:
            yield env.timeout(1)


env = simpy.Environment()
counter = simpy.PreemptiveResource(env, capacity=1)
cash = simpy.Container(env, 100, init=50)
store = simpy.FilterStore(env)
processes = [env.process(customer(env, counter, cash)) for _ in range(5)]
start_delayed(env, customer(env, counter, cash), delay=2)
store.put({"x": 1})
store.get(lambda item: item["x"] == 1)
env.run(until=50)
fast = simpy.rt.RealtimeEnvironment(factor=0.0001, strict=False)
fast.process(customer(fast, simpy.PreemptiveResource(fast), simpy.Container(fast, 9, init=9)))
fast.run()
