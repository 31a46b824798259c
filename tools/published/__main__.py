"""``python -m localism``: the command ``localism``."""

import sys

from localism.bot.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
