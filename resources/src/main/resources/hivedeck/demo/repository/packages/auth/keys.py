"""API keys."""

import hmac


def same(expected, presented):
    return hmac.compare_digest(expected, presented)
