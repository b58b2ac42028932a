"""The desk pages of one office, asked by people without a window."""

import re
from datetime import UTC, datetime, timedelta

from geoapp.accounts.rules import SYSTEM
from geoapp.accounts.services_sign_in import open_sign_in
from geoapp.accounts.tables import Person
from geoapp.app import create_app
from geoapp.core.blobs import open_store
from geoapp.core.settings import Settings
from geoapp.deadlines.rules import shanghai_day

HTML = {"Accept": "text/html"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def in_days(count):
    """That many days from today in Shanghai, as a form field has it."""
    return (shanghai_day(datetime.now(UTC)) + timedelta(days=count)).isoformat()


class Desk:
    """Opens pages and sends forms as any person of the office."""

    def __init__(self, database, data):
        settings = Settings(data=data)
        self.database = database
        self.app = create_app(settings, database=database, blobs=open_store(settings))
        self.clients = {}

    def client(self, actor):
        if actor.person_id not in self.clients:
            client = self.app.test_client()
            with self.database.transaction(SYSTEM) as session:
                person = session.get_one(Person, actor.person_id)
                opened = open_sign_in(session, person, now=datetime.now(UTC), device="test")
            client.set_cookie("geoapp", opened.token)
            self.clients[actor.person_id] = client
        return self.clients[actor.person_id]

    def open(self, actor, path, status=200):
        answer = self.client(actor).get(path, headers=HTML)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, actor, path, status=303, page="/points", **fields):
        """Send a form with the token of *page*; lists repeat their name."""
        client = self.client(actor)
        token = TOKEN.search(client.get(page, headers=HTML).text)
        assert token, page
        data = {"csrf_token": token[1], **fields}
        answer = client.post(path, data=data, headers=HTML)
        assert answer.status_code == status, answer.text
        return answer.text
