import subprocess
import sys
import unittest


def stockroom(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "stockroom", *arguments], capture_output=True, text=True, check=True
    ).stdout


class CommandLine(unittest.TestCase):
    def test_stock_shows_what_is_left_of_march(self):
        self.assertIn("    35  tube-28\n", stockroom("stock", "data/march.ledger"))

    def test_value_is_in_euros_and_cents(self):
        self.assertRegex(stockroom("value", "data/march.ledger"), r"^\d+\.\d\d\n$")
