"""What `Registry` promises, held against every adapter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from msgspec.structs import replace

from tests.builders import NOON, Records, Tenant, a_change, a_deployment, a_model_change, a_model_version
from vedette.ids import uuid7
from vedette_server.domain.deployments import InferenceType, ModelVersion, Role
from vedette_server.domain.errors import Conflict, NotFound


def last_action(records: Records, tenant: Tenant) -> str:
    return records.accounts.list_changes(tenant.org_id, 1)[0].action


def a_next_version(tenant: Tenant, **changes: object) -> ModelVersion:
    return a_model_version(tenant.organization, model_id=tenant.version.model_id, **changes)


def test_a_deployment_is_found_by_its_id_or_its_name(records: Records, acme: Tenant) -> None:
    assert records.registry.find_deployment(acme.org_id, acme.deployment.id) == acme.deployment
    assert records.registry.find_deployment(acme.org_id, acme.deployment.name) == acme.deployment
    assert records.registry.find_deployment(acme.org_id, "another") is None
    assert records.registry.find_deployment(acme.org_id, uuid7()) is None


def test_a_deployment_comes_with_its_model_and_first_version(records: Records, acme: Tenant) -> None:
    assert records.registry.list_model_versions(acme.org_id, model_id=acme.deployment.model_id) == [acme.version]
    assert last_action(records, acme) == "deployment.create"


def test_a_taken_name_is_a_conflict_and_leaves_nothing_behind(records: Records, acme: Tenant) -> None:
    version = a_model_version(acme.organization)
    deployment = a_deployment(acme.organization, version, name=acme.deployment.name)
    with pytest.raises(Conflict):
        records.registry.add_deployment(deployment, version, a_change(acme.organization, "deployment.again"))
    assert records.registry.find_deployment(acme.org_id, acme.deployment.name) == acme.deployment
    assert records.registry.list_model_versions(acme.org_id, ids=frozenset({version.id})) == []
    assert last_action(records, acme) == "deployment.create"


def test_deployments_are_listed_by_name(records: Records, acme: Tenant) -> None:
    for name in ("z", "a", "Ä", "B"):
        version = a_model_version(acme.organization)
        deployment = a_deployment(acme.organization, version, name=name)
        records.registry.add_deployment(deployment, version, a_change(acme.organization))
    listed = records.registry.list_deployments(acme.org_id)
    assert [deployment.name for deployment in listed] == ["B", "a", "coin-inspection", "z", "Ä"]
    assert acme.deployment in listed


def test_two_organizations_never_see_each_others_registry(records: Records, acme: Tenant, globex: Tenant) -> None:
    assert acme.deployment.name == globex.deployment.name
    assert records.registry.find_deployment(globex.org_id, acme.deployment.id) is None
    assert records.registry.find_deployment(globex.org_id, "coin-inspection") == globex.deployment
    assert records.registry.list_deployments(globex.org_id) == [globex.deployment]
    assert records.registry.list_model_versions(globex.org_id) == [globex.version]
    assert records.registry.list_model_versions(globex.org_id, model_id=acme.version.model_id) == []
    assert records.registry.list_model_versions(globex.org_id, ids=frozenset({acme.version.id})) == []


def test_a_version_gets_the_next_number_of_its_model(records: Records, acme: Tenant) -> None:
    second = records.registry.add_model_version(
        a_next_version(acme, name="v2", number=77, labels={7: "dent", 3: "scratch"}),
        a_change(acme.organization, "model_version.create"),
    )
    assert second.number == 2
    assert second.labels == {3: "scratch", 7: "dent"}
    assert last_action(records, acme) == "model_version.create"
    other = a_model_version(acme.organization, name="v9")
    records.registry.add_deployment(
        a_deployment(acme.organization, other, name="other"), other, a_change(acme.organization)
    )
    third = records.registry.add_model_version(a_next_version(acme, name="v3"), a_change(acme.organization))
    assert third.number == 3
    assert records.registry.list_model_versions(acme.org_id, model_id=acme.version.model_id) == [
        acme.version,
        second,
        third,
    ]


def test_a_version_that_has_its_name_already_is_returned_as_it_is(records: Records, acme: Tenant) -> None:
    again = a_next_version(acme, name=acme.version.name, labels={5: "other"}, type=InferenceType.POINT)
    assert records.registry.add_model_version(again, a_change(acme.organization, "again")) == acme.version
    assert records.registry.list_model_versions(acme.org_id) == [acme.version]
    assert last_action(records, acme) == "deployment.create"


def test_of_two_callers_at_once_one_adds_a_version_and_both_get_it(records: Records, acme: Tenant) -> None:
    together = Barrier(2)

    def add(_: int) -> ModelVersion:
        version = a_next_version(acme, name="v2")
        together.wait()
        return records.registry.add_model_version(version, a_change(acme.organization, "model_version.create"))

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(add, range(2))
    assert first == second
    assert [version.name for version in records.registry.list_model_versions(acme.org_id)] == ["v1", "v2"]
    trail = [change.action for change in records.accounts.list_changes(acme.org_id, 10)]
    assert trail.count("model_version.create") == 1


def test_of_the_versions_asked_for_those_that_exist_are_listed(records: Records, acme: Tenant) -> None:
    second = records.registry.add_model_version(a_next_version(acme, name="v2"), a_change(acme.organization))
    asked = frozenset({second.id, uuid7()})
    assert records.registry.list_model_versions(acme.org_id, ids=asked) == [second]
    assert records.registry.list_model_versions(acme.org_id, ids=frozenset()) == []


def test_naming_a_class_has_effect_on_what_is_kept(records: Records, acme: Tenant) -> None:
    assert acme.version.label(9) == "class 9"
    for class_id, name in ((9, "scratch"), (0, "tiny coin")):
        records.registry.name_class(acme.org_id, acme.version.id, class_id, name, a_change(acme.organization, "label"))
        assert last_action(records, acme) == "label"
    [version] = records.registry.list_model_versions(acme.org_id)
    assert version == replace(acme.version, labels={0: "tiny coin", 1: "large coin", 9: "scratch"})
    assert version.label(9) == "scratch"


def test_a_label_map_that_was_given_out_is_the_callers(records: Records, acme: Tenant) -> None:
    [version] = records.registry.list_model_versions(acme.org_id)
    version.labels[0] = "changed"
    assert records.registry.list_model_versions(acme.org_id) == [acme.version]


def test_a_class_of_a_foreign_or_unknown_version_cannot_be_named(
    records: Records, acme: Tenant, globex: Tenant
) -> None:
    for version_id in (acme.version.id, uuid7()):
        with pytest.raises(NotFound):
            records.registry.name_class(globex.org_id, version_id, 0, "x", a_change(globex.organization, "label"))
    assert records.registry.list_model_versions(acme.org_id) == [acme.version]
    assert last_action(records, globex) == "deployment.create"


def test_who_holds_a_role_from_a_moment_on_is_kept_in_order(records: Records, acme: Tenant) -> None:
    second = records.registry.add_model_version(a_next_version(acme, name="v2"), a_change(acme.organization))
    later, between = NOON + timedelta(days=2), NOON + timedelta(days=1)
    changes = [
        a_model_change(second, valid_from=later),
        a_model_change(second, role=Role.SHADOW, valid_from=between),
        a_model_change(None, role=Role.SHADOW, valid_from=later),
    ]
    for model_change in changes:
        change = a_change(acme.organization, "deployment.model")
        records.registry.change_model(acme.org_id, acme.deployment.id, model_change, change)
    found = records.registry.find_deployment(acme.org_id, acme.deployment.id)
    assert found is not None
    assert found.changes == (acme.deployment.changes[0], changes[1], changes[0], changes[2])
    assert records.registry.list_deployments(acme.org_id) == [found]
    assert found.holder(Role.CHAMPION) == second.id
    assert found.holder(Role.SHADOW) is None
    assert last_action(records, acme) == "deployment.model"


def test_a_role_is_given_in_the_callers_deployments_to_the_callers_versions_only(
    records: Records, acme: Tenant, globex: Tenant
) -> None:
    unknown = a_model_version(globex.organization)
    for deployment_id, version in (
        (acme.deployment.id, globex.version),
        (uuid7(), globex.version),
        (globex.deployment.id, acme.version),
        (globex.deployment.id, unknown),
    ):
        change = a_change(globex.organization, "deployment.model")
        with pytest.raises(NotFound):
            records.registry.change_model(globex.org_id, deployment_id, a_model_change(version), change)
    assert records.registry.list_deployments(acme.org_id) == [acme.deployment]
    assert records.registry.list_deployments(globex.org_id) == [globex.deployment]
    assert last_action(records, globex) == "deployment.create"
