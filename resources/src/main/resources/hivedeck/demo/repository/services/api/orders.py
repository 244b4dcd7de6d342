"""Orders as the API sees them."""

ORDERS = {}


def create_order(body):
    order_id = len(ORDERS) + 1
    ORDERS[order_id] = {"id": order_id, "items": body["items"]}
    return 201, ORDERS[order_id]


def find_order(order_id):
    order = ORDERS.get(order_id)
    return (200, order) if order else (404, None)
