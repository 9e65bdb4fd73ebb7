"""The bytes that are hashed, and the seal on where an answer came from."""

import pytest

from members.engine.records import canonical, chain_hash, data_types, seal, text_hash


def test_facts_are_written_in_one_way_only():
    assert canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})


def test_numbers_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def test_a_hash_depends_on_the_facts_and_on_the_hash_before():
    first = chain_hash("", {"a": 1})
    assert first == "7395dc66860499cb2b8970e17094ec53ed1ff54e7067ad619f884917096166b0"
    assert len({first, chain_hash("", {"a": 2}), chain_hash(first, {"a": 1})}) == 3


def test_a_seal_tells_nothing_without_its_salt_and_proves_all_with_it():
    one, other = seal("s1", ip="203.0.113.7", user_agent="Firefox"), seal("s2", ip="203.0.113.7", user_agent="Firefox")
    assert one != other
    assert one == seal("s1", ip="203.0.113.7", user_agent="Firefox")
    assert one != seal("s1", ip="203.0.113.8", user_agent="Firefox")
    assert one != seal("s1", ip="203.0.113.7", user_agent="Chrome")


def test_an_address_is_one_address_however_it_is_written():
    assert seal("s", ip="2001:DB8::1", user_agent="") == seal("s", ip="2001:db8:0:0:0:0:0:1", user_agent="")
    assert seal("s", ip=None, user_agent="") != seal("s", ip="2001:db8::1", user_agent="")


def test_a_channel_needs_its_address():
    assert data_types({"name": False}, "email") == [
        {"type": "email", "required": True},
        {"type": "name", "required": False},
    ]
    assert data_types({"purchases": True}, "none") == [{"type": "purchases", "required": True}]


def test_a_text_has_one_hash():
    assert text_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
