import unittest
from datetime import date

from stockroom.movements import Movement, parse_movement, read_ledger


class ReadingMovements(unittest.TestCase):
    def test_a_delivery_has_a_price(self):
        movement = parse_movement("2025-03-03 in  tube-28      40 @ 3.20")
        self.assertEqual(movement, Movement(date(2025, 3, 3), "tube-28", 40, 3.2))

    def test_what_goes_out_is_negative_and_has_no_price(self):
        movement = parse_movement("2025-03-04 out tube-28 3")
        self.assertEqual(movement, Movement(date(2025, 3, 4), "tube-28", -3))

    def test_comments_and_blank_lines_are_for_people(self):
        self.assertEqual(read_ledger(["# March", "", "   ", "2025-03-04 out tube-28 3"])[0].quantity, -3)
