"""`python -m postroom`: the command line."""

import sys

from postroom.cli import main

if __name__ == "__main__":
    sys.exit(main())
