"""Who held a role when, and what a class is called."""

from datetime import UTC, datetime, timedelta

from tests.builders import NOON, a_deployment, a_model_change, a_model_version, an_organization
from vedette_server.domain.deployments import Role

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)

ORGANIZATION = an_organization()
FIRST, SECOND, THIRD = (a_model_version(ORGANIZATION, name=f"v{number}") for number in (1, 2, 3))
DEPLOYMENT = a_deployment(
    ORGANIZATION,
    changes=(
        a_model_change(FIRST, valid_from=NOON),
        a_model_change(THIRD, role=Role.SHADOW, valid_from=NOON + HOUR),
        a_model_change(SECOND, valid_from=NOON + 2 * HOUR),
        a_model_change(None, role=Role.SHADOW, valid_from=NOON + 3 * HOUR),
    ),
)


def test_a_change_holds_from_its_very_moment_on() -> None:
    change = NOON + 2 * HOUR
    assert DEPLOYMENT.holder_at(Role.CHAMPION, change - INSTANT) == FIRST.id
    assert DEPLOYMENT.holder_at(Role.CHAMPION, change) == SECOND.id
    assert DEPLOYMENT.holder_at(Role.CHAMPION, change + 1000 * HOUR) == SECOND.id


def test_before_the_first_change_the_first_holder_held() -> None:
    assert DEPLOYMENT.holder_at(Role.CHAMPION, NOON - 1000 * HOUR) == FIRST.id
    assert DEPLOYMENT.holder_at(Role.CHAMPION, datetime(1, 1, 1, tzinfo=UTC)) == FIRST.id
    assert DEPLOYMENT.holder_at(Role.SHADOW, NOON) == THIRD.id


def test_roles_do_not_disturb_each_other() -> None:
    assert DEPLOYMENT.holder_at(Role.CHAMPION, NOON + HOUR) == FIRST.id
    assert DEPLOYMENT.holder_at(Role.SHADOW, NOON + 2 * HOUR) == THIRD.id


def test_a_place_may_be_empty_again() -> None:
    assert DEPLOYMENT.holder_at(Role.SHADOW, NOON + 3 * HOUR) is None


def test_of_two_changes_at_one_moment_the_later_made_holds() -> None:
    deployment = a_deployment(ORGANIZATION, changes=(a_model_change(FIRST), a_model_change(SECOND)))
    assert deployment.holder_at(Role.CHAMPION, NOON) == SECOND.id
    assert deployment.holder_at(Role.CHAMPION, NOON - INSTANT) == FIRST.id


def test_without_any_change_nobody_holds() -> None:
    deployment = a_deployment(ORGANIZATION, changes=())
    for role in Role:
        assert deployment.holder_at(role, NOON) is None
        assert deployment.holder(role) is None


def test_the_holder_now_is_the_last_one() -> None:
    assert DEPLOYMENT.holder(Role.CHAMPION) == SECOND.id
    assert DEPLOYMENT.holder(Role.SHADOW) is None


def test_a_class_nobody_named_is_called_by_its_number() -> None:
    version = a_model_version(ORGANIZATION, labels={0: "scratch", 2: ""})
    assert [version.label(class_id) for class_id in (0, 1, 2)] == ["scratch", "class 1", "class 2"]
