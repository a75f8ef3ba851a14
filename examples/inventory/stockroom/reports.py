"""Tables for people."""

from collections.abc import Mapping


def stock_table(stock: Mapping[str, int]) -> str:
    """Return one line for each article: how many there are, and of what."""
    return "\n".join(f"{pieces:6}  {sku}" for sku, pieces in sorted(stock.items()))
