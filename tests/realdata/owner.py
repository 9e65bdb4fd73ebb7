"""An owner who brings a file in through the pages, and the worker behind them."""

from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.domain import imports
from loyalty.models import Balance, BatchState, ImportBatch, StaffRole
from loyalty.queries.verify import verify
from loyalty.tasks import work_on_import


@dataclass
class Owner:
    """The owner at the browser, without JavaScript."""

    client: Client
    role: StaffRole

    def url(self, name: str, **kwargs: object) -> str:
        return reverse(f"loyalty:{name}", kwargs={"business": self.role.business.slug, **kwargs})

    def upload(self, name: str, content: bytes, **answers: object) -> ImportBatch:
        """Upload a file and answer the questions about its columns: the guess, but for the answers given."""
        page = self.client.get(self.url("imports"))
        form = {"key": page.context["form"].initial["key"], "file": SimpleUploadedFile(name, content)}
        self._landed(self.client.post(self.url("imports"), form))
        batch = ImportBatch.objects.get(public_id=form["key"])
        self._work(batch)
        columns_page = self.client.get(self.url("import-columns", batch=batch.public_id))
        given = columns_page.context["form"].initial | answers
        data = {field: value for field, value in given.items() if value not in (None, False)}
        self._landed(self.client.post(self.url("import-columns", batch=batch.public_id), data))
        self._work(batch)
        assert batch.state == BatchState.READY, batch.error
        return batch

    def press(self, button: str, batch: ImportBatch) -> None:
        """Press a button of the import's page."""
        self._landed(self.client.post(self.url(f"import-{button}", batch=batch.public_id)))
        batch.refresh_from_db()

    def book_purchases(self, batch: ImportBatch) -> None:
        """Start, and be the worker until all purchases are booked and no return is yet."""
        self.press("start", batch)
        assert batch.state == BatchState.RUNNING
        while not batch.counts.get("returns") and imports.step(batch_id=batch.pk, clock=timezone.now):
            purchases = batch.report["purchases"]["receipts"] + batch.report["walk_ins"]["receipts"]
            batch.refresh_from_db()
            if batch.position >= purchases:
                return

    def finish(self, batch: ImportBatch) -> None:
        self._work(batch)
        assert batch.state == BatchState.DONE, batch.error

    def _work(self, batch: ImportBatch) -> None:
        work_on_import.func(batch.pk)
        batch.refresh_from_db()

    def _landed(self, response: HttpResponse) -> HttpResponse:
        assert response.status_code == 302, response.context["form"].errors
        page = self.client.get(response.url)
        assert page.status_code == 200
        return page

    def points(self) -> int:
        """All points of the business's customers."""
        return sum(Balance.objects.filter(account__business=self.role.business).values_list("amount", flat=True))

    def faults(self) -> list[str]:
        """All that is wrong with the business's books."""
        if connection.vendor == "postgresql":
            # What a test has not committed, PostgreSQL has not counted: it would plan for empty tables.
            connection.cursor().execute("ANALYZE")
        return [fault for finding in verify(self.role.business) for fault in finding.faults]
