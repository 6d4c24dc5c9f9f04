"""Groups and grants of the sample city: years that are over, and in this one something in every state."""

from kub.sample.build import build

__all__ = ["build"]
