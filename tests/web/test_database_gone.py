"""The database goes away just after a page is made: whoever asked for the page still gets it."""

from models.states import Role
from tests.web.desks import Desks


def test_an_answer_stands_though_the_database_goes_away_behind_it(engine, monkeypatch):
    desks = Desks(engine)
    goes_away, lost = [], []
    rollback = desks.engine.dialect.do_rollback

    def break_the_line(connection):
        lost.append(connection)
        connection.dbapi_connection.close()
        rollback(connection)

    @desks.app.after_request
    def lose_it(response):
        if goes_away:
            monkeypatch.setattr(desks.engine.dialect, "do_rollback", break_the_line)
        return response

    manager = desks.browser_of(Role.MANAGER)
    goes_away.append("now")

    page = manager.get("/manager/")

    assert page.status_code == 200
    assert lost
