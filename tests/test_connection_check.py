"""Whether phones reach the laptop: told as soon as one does, with the likely causes until then."""

import classpulse
import pytest

CARDS = [("10.0.0.7", "Wi-Fi"), ("172.16.0.1", "eth0")]


@pytest.fixture(autouse=True)
def cards(monkeypatch):
    monkeypatch.setattr(classpulse, "list_addresses", lambda: CARDS)


def get_check(presenter, session):
    return presenter.get(f"/sessions/{session['id']}").html.select_one(".reach")


def visit(visitor, address):
    visitor.get("/", extra_environ={"REMOTE_ADDR": address})


def test_the_causes_are_listed_until_a_phone_comes(presenter, session, visitor):
    check = get_check(presenter, session)
    assert [item.code.get_text() for item in check.select("ul li")] == [
        f"http://{address}:{classpulse.classroom.settings['port']}" for address, _ in CARDS]
    assert [cause in check.get_text() for cause in ("firewall", "Guest Wi-Fi", "mobile data")]
    before = presenter.now(session["id"])["revision"]
    visit(visitor, "10.0.0.23")
    assert "Phones can connect: 1" in get_check(presenter, session).get_text()
    assert presenter.now(session["id"])["revision"] != before


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.7", "172.16.0.1"])
def test_the_laptop_itself_is_no_phone(presenter, session, visitor, address):
    visit(visitor, address)
    assert presenter.now(session["id"])["devices"] == 0


@pytest.mark.parametrize("forged", ["10.0.0.99", "not an address", "10.0.0.99, 127.0.0.1", "é"])
def test_a_device_is_counted_by_the_address_it_came_from(presenter, session, visitor, forged):
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forged}
    visitor.get("/", extra_environ=environ, status=200)
    assert presenter.now(session["id"])["devices"] == 0


def test_each_device_counts_once_and_not_without_end(presenter, session, visitor, monkeypatch):
    for last in (23, 24, 23):
        visit(visitor, f"10.0.0.{last}")
    assert presenter.now(session["id"])["devices"] == 2
    monkeypatch.setattr(classpulse, "VISITORS_MAX", 3)       # two devices, and the laptop itself
    visit(visitor, "10.0.0.25")
    assert presenter.now(session["id"])["devices"] == 2
