"""What a phone sends, and how a test reads its pages without a window."""

import io
import re
import uuid
from datetime import UTC, datetime, timedelta

from tests.support.factories import LAT, LON
from tests.support.site_photos import site_photo

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/problem+json, application/json"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FINDINGS = "设备已拆除，东侧仍有约十立方米砖渣未清。"


def read(client, path, status=200):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return answer.text


def photo_fields(*photos, role="after"):
    """Fields of photos as a phone sends them; each a new colour, taken here five minutes ago."""
    fields = {}
    for number, payload in enumerate(photos, 1):
        fields[f"photo-{number}-id"] = str(uuid.uuid4())
        fields[f"photo-{number}-role"] = role
        fields[f"photo-{number}-file"] = (io.BytesIO(payload), f"IMG_{number}.jpg")
    return fields


def photo(colour=(90, 80, 70)):
    return site_photo(
        taken_at=datetime.now(UTC) - timedelta(minutes=5), lon=LON, lat=LAT, colour=colour
    )


def visit_fields(**changes):
    now = datetime.now(UTC)
    honest = {
        "visit_id": str(uuid.uuid4()),
        "started_at": (now - timedelta(minutes=9)).isoformat(),
        "ended_at": now.isoformat(),
        "method": "on_site",
        "findings": FINDINGS,
        "lon": str(LON),
        "lat": str(LAT),
        "accuracy_m": "8.0",
        "samples": "5",
        "pos_source": "gnss",
        "check-equipment_removed": "yes",
    }
    return honest | changes


def token_of(client, page):
    """The token of the form at *page*."""
    return TOKEN.search(client.get(page, headers=HTML).text)[1]
