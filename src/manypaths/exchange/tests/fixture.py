"""A directory in the shape of the national one, written by us: invented places, with the faults of the real one."""

import csv
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook

from manypaths.exchange.samhsa.read import COLUMNS

TREATS = (
    "SA DT SUMH * OP ORT OIT * MU BU NU * PMAT * OTP BUM MM UB UN * MD MC PI SF * SS * WN PW VET * PEER RC SHG * SP AH"
)
COUNSELS = "SA SUMH * OP ORT ICO GCO * MOA * MD PI SF * AD TAY * FCO TA TELE * SP F28"
HOUSES = "HH * SMON * SF * MALE * PEER SHG"
STAYS = "SA * RES RL RS * NMOA * SF PI * MN * BC CCC"
TOWNS = (
    ("Montpelier", "VT", "05602"), ("Barre", "VT", "05641"), ("Randolph", "VT", "05060"),
    ("Morrisville", "VT", "05661"),
    ("Phoenix", "AZ", "85003"), ("Boise", "ID", "83702"), ("Honolulu", "HI", "96813"), ("Birmingham", "AL", "35203"),
)  # fmt: skip
CODES = sorted({code for line in (TREATS, COUNSELS, HOUSES, STAYS) for code in line.replace("*", " ").split()})


def row(number: int = 1, **cells: str) -> dict[str, str]:
    """One invented facility."""
    city, state, postal_code = TOWNS[number % len(TOWNS)]
    values = {
        "name1": f"Juniper Street Care {number}",
        "name2": "",
        "street1": f"{number} Juniper Street",
        "city": city,
        "state": state,
        "zip": postal_code,
        "phone": f"802-555-{number:04d}",
        "service_code_info": (TREATS, COUNSELS, HOUSES, STAYS)[number % 4],
    }
    return {**dict.fromkeys(COLUMNS, ""), **values, **cells}


def rows() -> list[dict[str, str]]:
    """Forty rows; the last ten each carry one fault that the real file has, or might have."""
    good = [row(number) for number in range(1, 31)]
    twin = row(31, name1="Twin Pines", name2="Day Program", street1="5 Twin Road")
    return [
        *good,
        twin,
        {**twin},
        {**twin, "name2": "Evening Program"},
        row(34, phone="999-999-9999", intake1="802-555-0134"),
        row(35, phone="802-555-0135 x9999", intake1="802-555-0199 x12"),
        row(36, phone="", intake1="none"),
        row(37, service_code_info="SA * OP * QQZ"),
        row(38, zip=""),
        row(39, zip="00000", city="Nowhere at All"),
        row(40, name1=""),
    ]


def write_csv(file: Path, found: Iterable[dict[str, str]], *, encoding: str = "utf-8") -> Path:
    """Write rows as the CSV that people pass on."""
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(found)
    return file


def write_codes(folder: Path) -> Path:
    """Write the code table that lies beside a directory."""
    file = folder / "service_codes_su_2022.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["category_code", "category_name", "service_code", "service_name", "service_description"])
        writer.writerows(["X", "A category", code, f"What {code} is", ""] for code in CODES)
    return file


def write_xlsx(file: Path, found: Iterable[dict[str, str]]) -> Path:
    """Write rows and codes as the workbook that is published. A ZIP code is a number there, without its zero."""
    book = Workbook()
    page = book.active
    page.title = "Facilities List"
    page.append(list(COLUMNS))
    for one in found:
        page.append([int(one[name]) if name == "zip" and one[name] else one[name] for name in COLUMNS])
    codes = book.create_sheet("Service Code Reference")
    codes.append(["category_code", "category_name", "service_code", "service_name", "service_description"])
    for code in CODES:
        codes.append(["X", "A category", code, f"What {code} is", ""])
    book.save(file)
    return file
