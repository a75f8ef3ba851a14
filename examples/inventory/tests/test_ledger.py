import unittest
from datetime import date

from stockroom.ledger import NotInStock, stock_on_hand
from stockroom.movements import Movement

DAY = date(2025, 3, 3)


class StockOnHand(unittest.TestCase):
    def test_deliveries_add_and_uses_subtract(self):
        movements = [Movement(DAY, "chain-9", 6, 14.9), Movement(DAY, "chain-9", -5)]
        self.assertEqual(stock_on_hand(movements), {"chain-9": 1})

    def test_nobody_can_take_what_is_not_there(self):
        with self.assertRaisesRegex(NotInStock, "2025-03-03: 2 chain-9 too many"):
            stock_on_hand([Movement(DAY, "chain-9", -2)])
