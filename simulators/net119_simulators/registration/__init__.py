"""People who register and their accounts: what they do, by whichever way, and by the API."""

from net119_simulators.registration.account import ApiAccount
from net119_simulators.registration.acts import Account, Applicant, Shown
from net119_simulators.registration.applicant import ApiApplicant
from net119_simulators.registration.urls import CallPageKeys, MailedKeys, keys_in, secret_of

__all__ = [
    "Account",
    "ApiAccount",
    "ApiApplicant",
    "Applicant",
    "CallPageKeys",
    "MailedKeys",
    "Shown",
    "keys_in",
    "secret_of",
]
