import unittest

from stockroom.reports import stock_table


class StockTable(unittest.TestCase):
    def test_articles_are_sorted_and_numbers_stand_below_each_other(self):
        self.assertEqual(stock_table({"tube-28": 35, "chain-9": 1}), "     1  chain-9\n    35  tube-28")
