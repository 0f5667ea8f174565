"""What `Accounts` promises, held against every adapter."""

from datetime import timedelta

import pytest

from tests.builders import (
    NOON,
    Records,
    Tenant,
    a_change,
    a_datalake,
    a_tenant,
    a_token,
    a_user,
    an_organization,
    keep_tenant,
)
from vedette.ids import uuid7
from vedette_server.domain.accounts import Scope
from vedette_server.domain.errors import Conflict, NotFound


def actions(records: Records, tenant: Tenant, limit: int = 100) -> list[str]:
    return [change.action for change in records.accounts.list_changes(tenant.org_id, limit)]


def test_an_organization_is_found_by_name_with_its_first_user_and_its_datalake(records: Records) -> None:
    organization = an_organization(name="acme")
    owner = a_user(organization, created_at=NOON + timedelta(seconds=5))
    datalake = a_datalake(organization)
    records.accounts.add_organization(organization, owner, datalake, a_change(organization))
    assert records.accounts.find_organization("acme") == (organization, owner)
    assert records.accounts.find_organization("globex") is None
    assert records.datalake.find_datalake(organization.id) == datalake


def test_a_taken_name_is_a_conflict_and_leaves_nothing_behind(records: Records, acme: Tenant) -> None:
    second = an_organization(name="acme")
    with pytest.raises(Conflict):
        records.accounts.add_organization(second, a_user(second), a_datalake(second), a_change(second))
    assert records.accounts.find_organization("acme") == (acme.organization, acme.owner)
    assert records.datalake.find_datalake(second.id) is None
    assert records.accounts.list_changes(second.id, 10) == []


def test_a_principal_is_found_by_digest_or_by_token_id(records: Records, acme: Tenant) -> None:
    token = a_token(
        acme.owner,
        scopes=frozenset({Scope.READ, Scope.PREDICT}),
        created_at=NOON + timedelta(microseconds=1),
        expires_at=NOON + timedelta(days=1),
    )
    records.accounts.add_token(token, a_change(acme.organization, "token.create"))
    for principal in (
        records.accounts.find_principal(digest=token.digest),
        records.accounts.find_principal(token_id=token.id),
    ):
        assert principal is not None
        assert (principal.organization, principal.user, principal.token) == (acme.organization, acme.owner, token)
    assert records.accounts.find_principal(digest=b"another") is None
    assert records.accounts.find_principal(token_id=uuid7()) is None


def test_a_principal_is_found_live_or_not(records: Records, acme: Tenant) -> None:
    token = a_token(acme.owner, expires_at=NOON - timedelta(days=1))
    records.accounts.add_token(token, a_change(acme.organization, "token.create"))
    records.accounts.revoke_token(acme.org_id, token.id, NOON, a_change(acme.organization, "token.revoke"))
    principal = records.accounts.find_principal(digest=token.digest)
    assert principal is not None
    assert principal.token.revoked_at == NOON
    assert not principal.token.is_live(NOON - timedelta(days=2))


def test_tokens_are_listed_newest_first_and_only_to_their_organization(
    records: Records, acme: Tenant, globex: Tenant
) -> None:
    mine = [a_token(acme.owner, created_at=NOON + timedelta(minutes=minutes)) for minutes in (1, 3, 2)]
    theirs = a_token(globex.owner)
    for token in (*mine, theirs):
        records.accounts.add_token(token, a_change(acme.organization, "token.create"))
    assert records.accounts.list_tokens(acme.org_id) == [mine[1], mine[2], mine[0]]
    assert records.accounts.list_tokens(globex.org_id) == [theirs]


def test_revoking_a_second_time_changes_nothing(records: Records, acme: Tenant) -> None:
    token = a_token(acme.owner)
    records.accounts.add_token(token, a_change(acme.organization, "token.create"))
    for hours in (1, 2):
        at = NOON + timedelta(hours=hours)
        records.accounts.revoke_token(acme.org_id, token.id, at, a_change(acme.organization, "token.revoke", at=at))
    [kept] = records.accounts.list_tokens(acme.org_id)
    assert kept.revoked_at == NOON + timedelta(hours=1)
    assert actions(records, acme).count("token.revoke") == 1


def test_a_foreign_or_unknown_token_cannot_be_revoked(records: Records, acme: Tenant, globex: Tenant) -> None:
    token = a_token(acme.owner)
    records.accounts.add_token(token, a_change(acme.organization, "token.create"))
    for token_id in (token.id, uuid7()):
        with pytest.raises(NotFound):
            records.accounts.revoke_token(globex.org_id, token_id, NOON, a_change(globex.organization, "token.revoke"))
    assert records.accounts.list_tokens(acme.org_id) == [token]
    assert "token.revoke" not in actions(records, globex)


def test_the_audit_trail_is_written_with_each_change_newest_first(records: Records) -> None:
    tenant = keep_tenant(records, a_tenant())
    token = a_token(tenant.owner)
    change = a_change(
        tenant.organization,
        "token.create",
        at=NOON + timedelta(microseconds=7),
        target="line 1",
        target_id=token.id,
        user_id=tenant.owner.id,
        token_id=uuid7(),
        details={"scopes": ["predict"], "lifetime": None},
    )
    records.accounts.add_token(token, change)
    assert actions(records, tenant) == ["token.create", "deployment.create", "organization.create"]
    assert actions(records, tenant, limit=2) == ["token.create", "deployment.create"]
    assert records.accounts.list_changes(tenant.org_id, 1)[0] == change


def test_an_audit_trail_is_seen_by_its_organization_only(records: Records, acme: Tenant, globex: Tenant) -> None:
    records.accounts.add_token(a_token(acme.owner), a_change(acme.organization, "token.create"))
    assert "token.create" in actions(records, acme)
    assert "token.create" not in actions(records, globex)


def test_records_answer(records: Records) -> None:
    records.accounts.ping()
