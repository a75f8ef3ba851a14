"""What lies on the shelf."""

from collections.abc import Iterable

from stockroom.movements import Movement


class NotInStock(Exception):
    """More pieces went out than there were."""


def stock_on_hand(movements: Iterable[Movement]) -> dict[str, int]:
    """Return the pieces of each article after all movements, in the order of first delivery."""
    stock: dict[str, int] = {}
    for movement in movements:
        left = stock.get(movement.sku, 0) + movement.quantity
        if left < 0:
            raise NotInStock(f"{movement.day}: {-left} {movement.sku} too many went out")
        stock[movement.sku] = left
    return stock
