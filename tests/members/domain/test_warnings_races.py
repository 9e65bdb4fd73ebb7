"""Eight machines that look for what runs out at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from tests.members.domain.test_warnings import give, mails, warn
from tests.world import make_world


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_write_one_mail():
    world = make_world()
    give(world, 60)
    barrier, sent = Barrier(8), []

    def run() -> None:
        barrier.wait()
        sent.append(warn(world))
        connections.close_all()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(sent), len(mails()), connection.vendor) == ([0] * 7 + [1], 1, "postgresql")
