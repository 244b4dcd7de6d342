"""Brings events of orders to those who wait for them."""


def deliver(events, send):
    for event in events:
        send(event)
