"""Random model code that imports and runs, what it really registers, and the comparison."""
