"""Entry of `python -m dev.stack`."""

from dev.stack.cli import main

main()
