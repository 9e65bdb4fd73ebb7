"""Addresses of the till."""

from django.urls import URLPattern, path

from members.views.counter import enrol, home, member, moving, sales, till, vouchers, walk_in

urlpatterns: list[URLPattern] = [
    path("", home.home, name="counter-home"),
    path("new/", enrol.enrol, name="counter-enrol"),
    path("walk-in/", walk_in.walk_in, name="counter-walk-in"),
    path("walk-in/preview/", walk_in.preview, name="counter-walk-in-preview"),
    path("till/", till.switch, name="counter-till"),
    path("till/lock/", till.lock, name="counter-lock"),
    path("till/in-use/", till.in_use, name="counter-in-use"),
    path("sales/<uuid:sale>/", sales.receipt, name="counter-sale"),
    path("sales/<uuid:sale>/undo/", sales.undo, name="counter-sale-undo"),
    path("sales/<uuid:sale>/refund/", sales.refund, name="counter-refund"),
    path("sales/<uuid:sale>/refund/preview/", sales.preview_refund, name="counter-refund-preview"),
    path("sales/<uuid:sale>/move/", moving.find_right, name="counter-move-find"),
    path("sales/<uuid:sale>/move/<uuid:account>/", moving.move, name="counter-move"),
    path("sales/<uuid:sale>/move-back/", moving.move_back, name="counter-move-back"),
    path("vouchers/<uuid:voucher>/", vouchers.show, name="counter-voucher"),
    path("vouchers/<uuid:voucher>/use/", vouchers.use, name="counter-voucher-use"),
    path("vouchers/<uuid:voucher>/undo/", vouchers.undo, name="counter-voucher-undo"),
    path("vouchers/<uuid:voucher>/redo/", vouchers.redo, name="counter-voucher-redo"),
    path("<uuid:account>/", member.show, name="counter-member"),
    path("<uuid:account>/preview/", member.preview, name="counter-preview"),
    path("<uuid:account>/rewards/<uuid:reward>/", member.hand_out, name="counter-hand-out"),
]
