"""The school's contact network."""

from __future__ import annotations

import starsim as ss

from .contacts import contacts_per_day


def school_network(*, classes_meet: bool) -> ss.RandomNet:
    """A network that is drawn anew each day; everybody meets the same number on average."""
    return ss.RandomNet(n_contacts=ss.poisson(contacts_per_day(classes_meet=classes_meet)), dur=0)
