"""`python -m modelops_bundle`."""

import sys

from modelops_bundle.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
