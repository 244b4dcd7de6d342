from services.api.orders import create_order, find_order


def test_an_order_is_found_again():
    status, order = create_order({"items": [1, 2]})
    assert status == 201
    assert find_order(order["id"]) == (200, order)
