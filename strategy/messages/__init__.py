"""Messages of strategies, by subject; each module registers its kinds. None carries an agency's text."""

from strategy.messages import consultation, public_comments, rounds, threads, writing

__all__ = ["consultation", "public_comments", "rounds", "threads", "writing"]
