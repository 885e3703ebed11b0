"""A form that signs someone in, pressed twice: both answers bring the same session, whichever the browser keeps."""

from django.contrib.auth import SESSION_KEY

from manypaths.accounts import queries as accounts
from manypaths.people.sessions import SessionStore
from manypaths.web.ui.asked import Asked

NOT_TYPED = frozenset({"csrfmiddlewaretoken"})
LETTERS = 40


def key_of_session(request: Asked) -> str | None:
    """The key of the session that this form begins: the same however often these very words are sent.

    It is made with a key of the house from what was typed, a passphrase among it: nobody without both can make it.
    None for a form that carries no key of its own.
    """
    if not request.POST.get("once"):
        return None
    typed = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_TYPED)
    return accounts.fingerprint("session of a form", repr((request.path, typed)))[:LETTERS]


def take_key_of_form(request: Asked) -> None:
    """Give a session that has just begun the key of the form that began it."""
    key = key_of_session(request)
    if key is None:
        return
    kept = dict(request.session.items())
    request.session.flush()
    request.session.delete(key)
    request.session.update(kept)
    request.session._session_key = key  # Django has no other way to say which key a new session gets
    request.session.save(must_create=True)


def come_in_again(request: Asked) -> None:
    """The form was answered before, and that answer may never have arrived: take up the session it began, if open."""
    key = key_of_session(request)
    if key is None or request.reader.is_signed_in:
        return
    begun = SessionStore(key)
    if SESSION_KEY in begun:
        begun.modified = True
        request.session = begun
