"""Calculus, equations, matrices, printing and numerical functions."""

# packages: sympy mpmath
import sympy as sp

x, y = sp.symbols("x y")
sp.integrate(sp.sin(x) * sp.exp(x), x)
sp.solve([x**2 + y - 2, x - y], [x, y])
sp.dsolve(sp.Function("f")(x).diff(x) - x)
sp.Matrix([[1, 2], [3, 4]]).eigenvals()
sp.lambdify(x, sp.sqrt(x), "math")(2.0)
sp.latex(sp.Sum(1 / x**2, (x, 1, sp.oo)).doit())
sp.series(sp.cos(x), x, 0, 4)
sp.limit(sp.sin(x) / x, x, 0)
sp.N(sp.pi, 30)
sp.factor(x**4 - 1)
sp.simplify("(x**2 - 1)/(x - 1)")
sp.ccode(sp.sin(x))
