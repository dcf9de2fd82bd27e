"""The verbs of solutions."""

from solutions.services.submission import save_draft, submit_solution
from solutions.services.verification import return_solution, verify_solution, version_of, withdraw_solution

__all__ = ["return_solution", "save_draft", "submit_solution", "verify_solution", "version_of", "withdraw_solution"]
