"""The `gatemate` command as a module: `python -m web`."""

from web.cli import main

main()
