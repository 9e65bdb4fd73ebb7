"""A business's page for everybody, and its members' own pages."""

from uuid import uuid4

from loyalty.domain.actors import Actor
from loyalty.models import Channel
from rewards.domain import redemptions
from tests.permissions import Row, business, everybody, members
from tests.world import NOW, World


def reward(world: World) -> dict[str, object]:
    return business(world) | {"reward": world.reward.public_id}


def others_reward(world: World) -> dict[str, object]:
    return business(world) | {"reward": world.other_reward.public_id}


def voucher(world: World) -> dict[str, object]:
    """A voucher of the member, taken online."""
    world.purchase(6000)
    taken = redemptions.redeem(
        reward=world.reward, account=world.member.account, key=str(uuid4()), at=NOW,
        by=Actor(Channel.PORTAL, world.member_user),
    )  # fmt: skip
    return business(world) | {"voucher": taken.voucher.public_id}


def no_voucher(world: World) -> dict[str, object]:
    return business(world) | {"voucher": uuid4()}


ROWS = [
    Row("members:home", business, expect=everybody()),
    Row("members:manifest", business, expect=everybody()),
    Row("members:app-icon", lambda world: business(world) | {"size": 192}, expect=everybody()),
    Row("members:app-icon", lambda world: business(world) | {"size": 193}, expect=everybody(404)),
    Row("members:dashboard", business, expect=members()),
    Row("members:dates", business, expect=members()),
    Row("members:dates-warnings", business, method="post", data={"wanted": "no"}, expect=members(302)),
    Row("members:dates-warnings", business, expect=everybody(405)),
    Row("members:activity", business, expect=members()),
    Row("members:statement", business, expect=members()),
    Row("members:statement-print", business, expect=members()),
    Row("members:statement-csv", business, expect=members()),
    Row("members:card", business, expect=members()),
    Row("members:rewards", business, expect=members()),
    Row("members:redeem", reward, method="post", data={"key": str(uuid4())}, expect=members(422)),
    Row("members:redeem", reward, expect=everybody(405)),
    Row("members:redeem", others_reward, method="post", data={"key": str(uuid4())}, expect=members(404)),
    Row("members:vouchers", business, expect=members()),
    Row("members:voucher", voucher, expect=members()),
    Row("members:voucher", no_voucher, expect=members(404)),
    Row("members:voucher-cancel", voucher, method="post", expect=members(302)),
    Row("members:voucher-cancel", no_voucher, method="post", expect=members(404)),
    Row("members:profile", business, expect=members()),
    Row("members:profile", business, method="post", expect=members(422)),
    Row("members:phone", business, expect=members()),
    Row("members:phone", business, method="post", expect=members(422)),
    Row("members:phone-code", business, expect=members(302)),
    Row("members:phone-code", business, method="post", data={"code": "000000"}, expect=members(302)),
    Row("members:phone-remove", business, method="post", expect=members(302)),
]
