import unittest
from datetime import date

from stockroom.movements import Movement
from stockroom.pricing import average_cost, stock_value

DAY = date(2025, 3, 3)


class Prices(unittest.TestCase):
    def test_two_deliveries_are_averaged_by_pieces(self):
        movements = [Movement(DAY, "tube-28", 1, 3.0), Movement(DAY, "tube-28", 3, 4.0)]
        self.assertEqual(average_cost(movements, "tube-28"), 3.75)

    def test_only_what_is_left_has_a_value(self):
        movements = [Movement(DAY, "tube-28", 10, 3.5), Movement(DAY, "tube-28", -6)]
        self.assertEqual(stock_value(movements), 14.0)
