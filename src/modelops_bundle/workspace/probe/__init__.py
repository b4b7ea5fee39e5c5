"""Programs that run in the user's interpreter, by their file: standard library of Python 3.9 only.

Nothing of this package is imported there, and nothing here is imported by the program itself but
for the place of the files. What they report is data, and `codec.probe_json` trusts none of it.
"""
