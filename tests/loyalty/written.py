"""Every row of some tables, so that two ways of writing them can be compared column by column."""

from collections.abc import Callable, Sequence

from django.db import models, transaction

NOT_COMPARED = {"public_id"}

type Dump = dict[str, list[dict[str, object]]]


def dump(written: Sequence[type[models.Model]]) -> Dump:
    """Every row of the tables; rows name each other by their place, which no sequence can shift."""
    places = {
        model: {pk: n for n, pk in enumerate(model.objects.order_by("pk").values_list("pk", flat=True))}
        for model in written
    }

    def value(field: models.Field, row: models.Model) -> object:
        found = getattr(row, field.attname)
        target = type(row) if field.primary_key else field.related_model
        return places[target].get(found) if target in places else found

    return {
        model.__name__: [
            {field.name: value(field, row) for field in model._meta.concrete_fields if field.name not in NOT_COMPARED}
            for row in model.objects.order_by("pk")
        ]
        for model in written
    }


def rolled_back(book: Callable[[], object], written: Sequence[type[models.Model]]) -> Dump:
    """Return the rows as they are once something is booked, and take it back."""
    with transaction.atomic():
        book()
        rows = dump(written)
        transaction.set_rollback(True)
    return rows
