"""The database goes away just after a page is made: whoever asked for the page still gets it."""

import pytest

from models.states import Role


def test_an_answer_stands_though_the_database_goes_away_behind_it(desks, monkeypatch):
    goes_away = []

    def refuse(_connection):
        raise desks.engine.dialect.loaded_dbapi.OperationalError("gone")

    @desks.app.after_request
    def lose_it(response):
        if goes_away:
            monkeypatch.setattr(desks.engine.dialect, "do_rollback", refuse)
        return response

    manager = desks.browser_of(Role.MANAGER)
    goes_away.append("now")

    page = manager.get("/manager/")

    assert page.status_code == 200
    with pytest.raises(desks.engine.dialect.loaded_dbapi.OperationalError):
        desks.engine.dialect.do_rollback(None)
