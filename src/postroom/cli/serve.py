"""`postroom serve`: run the server until it is told to stop."""

import argparse

from postroom.cli import Commands, options


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("serve", help="run the server")
    options.add_settings(parser)
    parser.add_argument("--listen", metavar="HOST:PORT", help="where to listen")
    parser.add_argument(
        "--demo", action="store_true", default=None, help="seed a demo company into empty data"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal."""
    settings = options.settings(
        arguments,
        {"server": {"listen": arguments.listen}, "demo": {"enabled": arguments.demo}},
    )
    from postroom import app  # what it imports takes its time, and other errors come first

    return app.serve(settings)
