"""The blob store on any S3-compatible service, through boto3 (the optional extra ``s3``)."""

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

from geoapp.core.blobs import SHA256, Blob, BlobMissing, Readable, checked_name, copy_hashed
from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

IN_MEMORY = 32 << 20  # bytes: a photo stays in memory, a video or an archive goes to a temp file
CONNECT_S, READ_S, TRIES = 5, 60, 3
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class LibraryMissing(Unavailable):
    """The optional library for S3 is not installed."""

    code = "blob.s3_library_missing"
    message = N_("The photo store is set to S3, but the library boto3 is not installed.")
    hint = N_("Install geoapp with the extra “s3”, or empty GEOAPP_BLOB_STORE.")


class StoreSilent(Unavailable):
    """The S3 service does not answer, or refuses us."""

    code = "blob.s3_unavailable"
    message = N_("The photo store %(bucket)s cannot be used: %(reason)s.")
    hint = N_("Check GEOAPP_BLOB_STORE, GEOAPP_S3_ENDPOINT, the access key and the network.")


class S3Store:
    """Blobs as objects ``prefix/ab/cd/abcd...`` in *bucket*."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"

    @contextmanager
    def _plain_errors(self, sha256: str = "") -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            cause = str(error.response.get("Error", {}).get("Code", "?"))
            if cause in MISSING and sha256:
                raise BlobMissing(sha256=sha256) from None
            raise StoreSilent(bucket=self._bucket, reason=cause) from error
        except BotoCoreError as error:
            raise StoreSilent(bucket=self._bucket, reason=type(error).__name__) from error

    def _head(self, sha256: str) -> "HeadObjectOutputTypeDef | None":
        try:
            with self._plain_errors(sha256):
                return self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
        except BlobMissing:
            return None

    def put(self, stream: Readable) -> Blob:
        """Store everything *stream* gives; the service itself checks the hash it received."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            blob = copy_hashed(stream, spool)
            known = self._head(blob.sha256)
            if known and known["ContentLength"] == blob.size:
                return blob
            spool.seek(0)
            with self._plain_errors():
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key(blob.sha256),
                    Body=cast("BinaryIO", spool),
                    ContentLength=blob.size,
                    ContentType="application/octet-stream",
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(blob.sha256)).decode(),
                )
        return blob

    def open(self, sha256: str) -> BinaryIO:
        """Fetch the content and open it for reading and seeking."""
        key = self._key(checked_name(sha256))
        spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - the caller closes it
        try:
            with self._plain_errors(sha256):
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                copy_hashed(answer["Body"], spool)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return spool

    def exists(self, sha256: str) -> bool:
        """Tell whether the content is stored."""
        return bool(SHA256.fullmatch(sha256)) and self._head(sha256) is not None

    def iterate(self) -> Iterator[Blob]:
        """List everything that is stored, by hash."""
        with self._plain_errors():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for item in page.get("Contents", []):
                    name = item["Key"].rsplit("/", 1)[-1]
                    if item["Key"] == self._key(name) and SHA256.fullmatch(name):
                        yield Blob(name, item["Size"])


def open_s3(address: str, endpoint: str = "") -> S3Store:
    """Open the store at *address* (``s3://bucket/prefix``); keys come from the AWS_* variables.

    Raises:
        LibraryMissing: boto3 is not installed.
    """
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError:
        raise LibraryMissing from None
    parts = urlsplit(address)
    limits = Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"max_attempts": TRIES, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.client("s3", endpoint_url=endpoint or None, config=limits)
    return S3Store(client, parts.netloc, parts.path)
