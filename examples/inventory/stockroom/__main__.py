"""The command: `python3 -m stockroom stock|value LEDGER`."""

import argparse
from pathlib import Path

from stockroom.ledger import stock_on_hand
from stockroom.movements import read_ledger
from stockroom.pricing import stock_value
from stockroom.reports import stock_table


def main() -> None:
    """Read the arguments, print the answer."""
    parser = argparse.ArgumentParser(prog="stockroom")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (("stock", "what lies on the shelf"), ("value", "what it is worth")):
        command = commands.add_parser(name, help=purpose)
        command.add_argument("ledger", type=Path)
    arguments = parser.parse_args()

    movements = read_ledger(arguments.ledger.read_text().splitlines())
    if arguments.command == "stock":
        print(stock_table(stock_on_hand(movements)))
    elif arguments.command == "value":
        print(f"{stock_value(movements):.2f}")


if __name__ == "__main__":
    main()
