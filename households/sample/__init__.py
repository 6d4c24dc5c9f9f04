"""A sample city of invented families: two lists as offices hand them over, and the true links."""

from households.sample.city import SampleFiles, generate

__all__ = ["SampleFiles", "generate"]
