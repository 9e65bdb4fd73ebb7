"""Bad input everywhere: every page, every form and every field, sent what no honest browser sends.

Nothing is listed here: addresses come from the URL resolver, forms and fields from the pages themselves. A page that is
added is asked from its first day. The commit tier sends each field a value or two, the same in every build; the nightly
tier sends more, others each night; `./regulars test --values 0 tests/fuzz` sends every value to every field as every
actor.
"""
