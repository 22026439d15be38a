"""Every optimisation has a switch, and every switch an optimisation."""

from wasm2py.codegen.function import Choices
from wasm2py.codegen.module import choices_for
from wasm2py.options import PASS_SWITCHES, SWITCHES, Options
from wasm2py.passes import PASSES


def test_every_pass_has_a_switch_of_its_name() -> None:
    assert {each.name for each in PASSES} == set(PASS_SWITCHES)


def test_every_other_switch_changes_what_the_code_generator_does() -> None:
    rest = set(SWITCHES) - set(PASS_SWITCHES)
    assert choices_for(Options()) == Choices()
    changed = [choices_for(Options(disabled_passes=(name,))) for name in sorted(rest)]
    assert len({Choices(), *changed}) == len(rest) + 1


def test_level_0_has_none_of_them_but_nests_control() -> None:
    optimisations = tuple(set(SWITCHES) - {"nested-control"})
    assert choices_for(Options(optimize=0)) == choices_for(Options(disabled_passes=optimisations))
    assert all(each.level > 0 for each in PASSES)
