"""What the stock is worth."""

from collections.abc import Sequence

from stockroom.ledger import stock_on_hand
from stockroom.movements import Movement


def average_cost(movements: Sequence[Movement], sku: str) -> float:
    """Return the average price of one delivered piece, in euros and cents."""
    deliveries = [movement for movement in movements if movement.sku == sku and movement.quantity > 0]
    pieces = sum(delivery.quantity for delivery in deliveries)
    paid = sum(delivery.quantity * (delivery.unit_cost or 0) for delivery in deliveries)
    return round(paid / pieces, 2)


def stock_value(movements: Sequence[Movement]) -> float:
    """Return what everything on the shelf cost, in euros and cents."""
    stock = stock_on_hand(movements)
    return round(sum(pieces * average_cost(movements, sku) for sku, pieces in stock.items()), 2)
