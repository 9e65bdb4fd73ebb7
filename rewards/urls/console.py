from django.urls import path

from rewards.models import RewardState
from rewards.views import books, catalogue, go_live, redemptions, setup

urlpatterns = [
    path("setup/", setup.setup, name="setup"),
    path("go-live/", go_live.go_live, name="go-live"),
    path("rewards/", catalogue.rewards, name="rewards"),
    path("rewards/new/", catalogue.add, name="reward-add"),
    path("rewards/<uuid:public_id>/", catalogue.change, name="reward"),
    path(
        "rewards/<uuid:public_id>/activate/",
        catalogue.set_state,
        {"state": RewardState.ACTIVE},
        name="reward-activate",
    ),
    path(
        "rewards/<uuid:public_id>/withdraw/",
        catalogue.set_state,
        {"state": RewardState.DRAFT},
        name="reward-withdraw",
    ),
    path(
        "rewards/<uuid:public_id>/archive/",
        catalogue.set_state,
        {"state": RewardState.ARCHIVED},
        name="reward-archive",
    ),
    path("rewards/<uuid:public_id>/duplicate/", catalogue.duplicate, name="reward-duplicate"),
    path("rewards/<uuid:public_id>/remove/", catalogue.remove, name="reward-remove"),
    path("rewards/<uuid:public_id>/up/", catalogue.move, {"up": True}, name="reward-up"),
    path("rewards/<uuid:public_id>/down/", catalogue.move, {"up": False}, name="reward-down"),
    path("books/", books.overview, name="books"),
    path("books/books.csv", books.download, name="books-csv"),
    path("redemptions/", redemptions.redemptions, name="redemptions"),
    path("redemptions/<uuid:public_id>/undo/", redemptions.undo, name="redemption-undo"),
    path("redemptions/<uuid:public_id>/redo/", redemptions.redo, name="redemption-redo"),
]
