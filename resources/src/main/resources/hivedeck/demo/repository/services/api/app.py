"""The order API."""

from services.api.orders import create_order, find_order


def routes():
    return {
        ("POST", "/orders"): create_order,
        ("GET", "/orders/{id}"): find_order,
    }
