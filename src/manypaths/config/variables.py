"""Every variable that an operator can set, in one place. `python -m manypaths.config settings` prints it."""

VARIABLES = {
    "DATABASE_URL": "A PostgreSQL database of your own, as role app: postgresql://app:password@host/manypaths",
    "DATABASE_OWNER_URL": "The same database as role owner; used only to bring the tables up to date.",
    "DATABASE_MEASURES_URL": "The same database as role measures; the night reads facts without identity with it.",
    "DATABASE_SEALER_URL": "The same database as role sealer; it seals the log of looks and acts.",
    "MANYPATHS_VAR": "The folder for data, keys and the search index. Else var/ beside the program.",
    "MANYPATHS_HOSTS": "The names people type, with commas: example.org. Set it when a proxy with https stands before; "
    "the proxy sets X-Forwarded-For and X-Forwarded-Proto itself.",
    "MANYPATHS_BEHIND_PROXY": "1 when that proxy is on another machine.",
    "MANYPATHS_LOOPBACK_HTTP": "1 allows sign-in without https, on this machine only. Never on a network.",
    "MANYPATHS_PG_BIN": "The folder of the programs of another PostgreSQL (16 or newer) to run instead of ours.",
    "MANYPATHS_KEYRING": "The file with the first keys. Keep a copy of it apart from the database.",
    "MANYPATHS_KEY_FOLDER": "The folder with a key for each organisation. Keep a copy of it apart from the database.",
    "MANYPATHS_KEY_COMMAND": "A command that locks new key files: it is asked `wrap NAME` or `unwrap NAME`, and "
    "answers bytes with bytes.",
    "MANYPATHS_AUDIT_KEY_FILE": "The file with the key that seals the log. Keep a copy of it apart from the database.",
    "MANYPATHS_AUDIT_ANCHOR": "The file that gets the newest seal of the log each minute. Best on another disk.",
    "MANYPATHS_ERASURES": "The file that lists what was erased, for a database that is put back. Best on another disk.",
    "MANYPATHS_STOPPED": "The file that lists what people stopped, for a database that is put back. Best elsewhere.",
    "MANYPATHS_KEPT_AWAY": "The file that lists whom people keep away, for a database put back. Best elsewhere.",
    "MANYPATHS_EMERGENCY_LOG": "The file that says when the log of looks could not be written. Best on another disk.",
    "MANYPATHS_SECRET_KEY_FILE": "The file with the key that signs cookies and search addresses.",
    "MANYPATHS_INDEX_DIR": "The folder of the search index. It can be thrown away; it is built again.",
    "MANYPATHS_FACTS_DIR": "The folder of the facts without identity that the night writes.",
    "MANYPATHS_MAIL_HOST": "The mail server. With none, nothing is mailed.",
    "MANYPATHS_MAIL_PORT": "Its port.",
    "MANYPATHS_MAIL_USER": "The name to sign in to it.",
    "MANYPATHS_MAIL_PASSWORD": "The password to sign in to it.",
    "MANYPATHS_MAIL_FROM": "The address that messages come from.",
    "MANYPATHS_DEMO_PEOPLE": "How many made-up people ./manypaths demo makes. Else about 400.",
    "MANYPATHS_NO_BROWSER": "1 leaves the browser tests of ./manypaths test out.",
    "CHROMIUM": "The browser for ./manypaths test, when it is not on the path.",
}
# Set by the program for itself.
OWN = {"MANYPATHS_DEMO", "MANYPATHS_ROLE", "MANYPATHS_TESTING", "MANYPATHS_TEST_BASE", "MANYPATHS_PROJECT"}


def told() -> str:
    """The list as it is printed."""
    width = max(map(len, VARIABLES))
    return "\n".join(f"  {name:<{width}}  {meaning}" for name, meaning in VARIABLES.items())
