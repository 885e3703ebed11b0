"""A desk finds the people of its house by words that nobody can read in the database, and nobody else's people."""

import psycopg
import pytest
from django.db import connection, transaction
from django.urls import reverse

from manypaths.config.testing import as_owner, role_url
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people import commands as people
from manypaths.people import finding
from manypaths.people.models import Block, Lookup, Record
from manypaths.people.tests.factories import new_request, record_held_by
from manypaths.vault import keyfolder, rules
from manypaths.vault.queries import finder_of
from manypaths.web.my.tests.factories import somebody
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import client_of

ADD = "insert into people_lookup (record_id, key, field, value) values (%s, %s, 'name', %s)"
INDEX = "select index_words(%s, %s, 'name', %s)"
FIND = "select record_id from find_in_house(%s, %s, %s, 'name', %s, 50, 0)"
OPEN = frozenset({DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT})


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.KEY_FOLDER = tmp_path / "holders"
    keyfolder.forget_all()
    yield settings.KEY_FOLDER
    keyfolder.forget_all()


class House:
    """A house with one peer and one front desk."""

    def __init__(self, name: str) -> None:
        self.place = organisation(name)
        self.worker = membership(self.place, "peer")
        self.desk = membership(self.place, "frontdesk")

    def keeps(self, name: str, address: str = "802-555-0142", way: str = "call"):
        """One more record, with a name and a number."""
        new_request()
        record, by = record_held_by(self.worker), reader_for(self.worker)
        opened = consent.open_records(reader=by, records=[record], classes=OPEN, purpose=Purpose.CARE)
        words = {"record_id": record, "sealer": opened.sealer, "by": by, "at": NOW}
        people.write_profile(name=name, pronouns="", language="en", **words)
        people.write_safe_contact(way=way, address=address, hours="", may_leave_message=False, **words)
        new_request()
        return record

    def finds(self, text: str, member=None):
        page = finding.look_for(text=text, by=reader_for(member or self.desk), at=now())
        assert page.total == len(page.lines)
        return [line.record_id for line in page.lines]


@pytest.mark.django_db
class TestADesk:
    @pytest.mark.parametrize("text", ["María", "maria", "MARIA", " núñez ", "Nunez, Maria", "maría maria"])
    def test_finds_by_whole_words_whatever_their_case_and_accents(self, text):
        house = House("One")
        maria = house.keeps("María Núñez")
        house.keeps("Tom Reed")
        assert house.finds(text) == [maria]

    @pytest.mark.parametrize("text", ["Mar", "aria", "Maria Reed", "Tomás Núñez", "Nobody"])
    def test_finds_nobody_by_a_part_of_a_word_or_when_one_word_does_not_fit(self, text):
        house = House("One")
        house.keeps("María Núñez")
        house.keeps("Tom Reed")
        assert house.finds(text) == []

    @pytest.mark.parametrize("text", ["802 555 0199", "(802) 555-0199", "+1 802-555-0199", "8025550199"])
    def test_finds_by_a_number_however_it_is_written(self, text):
        house = House("One")
        maria = house.keeps("Maria", "802.555.0199")
        house.keeps("Tom")
        assert house.finds(text) == [maria]

    def test_finds_by_an_e_mail(self):
        house = House("One")
        maria = house.keeps("Maria", "Maria@Example.org", "here")
        assert house.finds("maria@example.org ") == [maria]
        assert house.finds("maria@example.com") == []

    def test_finds_nobody_of_another_house_nobody_blocked_and_nobody_erased(self):
        one, two = House("One"), House("Two")
        mine, hers = one.keeps("Maria"), two.keeps("Maria")
        gone, blocked = one.keeps("Maria"), one.keeps("Maria")
        with as_owner():
            Record.objects.filter(id=gone).update(erased_at=now())
            Block.objects.create(record_id=blocked, organisation=one.place, since=NOW)
        assert one.finds("maria") == [mine]
        assert two.finds("maria") == [hers]

    def test_finds_by_the_new_name_and_no_longer_by_the_old_one(self):
        house = House("One")
        record, by = house.keeps("Maria Reed"), reader_for(house.worker)
        opened = consent.open_records(reader=by, records=[record], classes=OPEN, purpose=Purpose.CARE)
        people.write_profile(
            record_id=record, name="Mara Reed", pronouns="", language="en", sealer=opened.sealer, by=by, at=NOW
        )
        assert (house.finds("maria"), house.finds("mara reed")) == ([], [record])

    def test_who_is_not_at_a_desk_finds_nobody(self):
        house = House("One")
        house.keeps("Maria")
        assert house.finds("maria", house.worker) == []

    def test_that_somebody_looked_is_written_down_and_for_what_is_not(self):
        house = House("One")
        house.finds("maria")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("select to_jsonb(a)::text from audit_act a where what = 'people.looked_for'")
            [[row]] = cursor.fetchall()
        assert "maria" not in row


@pytest.mark.django_db
class TestTheIndex:
    def test_the_same_name_stands_as_other_bytes_in_each_house_and_field(self):
        one, two = House("One"), House("Two")
        one.keeps("Maria")
        two.keeps("Maria")
        with as_owner():
            values = [bytes(row.value) for row in Lookup.objects.filter(field="name")]
        assert len(values) == len(set(values)) == 2
        assert finder_of(one.place.id).hide("name", ["maria"]) != finder_of(one.place.id).hide("contact", ["maria"])

    def test_its_key_is_none_of_those_that_seal(self, own_folder):
        house = House("One")
        house.keeps("Maria")
        seals, finds = (own_folder / rules.key_name(house.place.id, use, 1) for use in "si")
        assert seals.read_text() != finds.read_text()

    def test_what_a_person_keeps_themself_is_not_in_it(self):
        somebody("Maria")
        with as_owner():
            assert Lookup.objects.count() == 0

    def test_it_goes_with_the_key_of_the_record(self):
        house = House("One")
        maria, tom = house.keeps("Maria"), house.keeps("Tom")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("delete from vault_recordkey where record_id = %s", [maria])
            assert set(Lookup.objects.values_list("record_id", flat=True)) == {tom}

    def test_what_was_written_before_there_was_an_index_is_put_into_it_once(self):
        house = House("One")
        maria = house.keeps("María Núñez")
        with as_owner():
            before = set(Lookup.objects.values_list("field", "value"))
            Lookup.objects.all().delete()
        assert house.finds("nunez") == []
        with as_owner():
            assert (finding.index_what_is_not(), finding.index_what_is_not()) == (1, 0)
            assert set(Lookup.objects.values_list("field", "value")) == before
        assert house.finds("nunez") == [maria]


class TestAsAnAttacker:
    """With SQL of their own as the application."""

    def test_nobody_reads_or_writes_the_index(self, committed_db):
        with transaction.atomic():
            house = House("One")
            record = house.keeps("Maria")
        name = rules.key_name(house.place.id, "i", 1)
        with psycopg.connect(role_url("app"), autocommit=True) as raw:
            for sql, values in (
                ("select value from people_lookup", None),
                ("delete from people_lookup", None),
                (ADD, [record, name, b"x"]),
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    raw.execute(sql, values)
            with pytest.raises(psycopg.Error, match="nobody opened demographics"):
                raw.execute(INDEX, [record, name, [b"x"]])

    def test_a_record_is_not_put_into_the_index_of_another_house(self, committed_db):
        with transaction.atomic():
            one, two = House("One"), House("Two")
            record = one.keeps("Maria")
            two.keeps("Tom")
        with pytest.raises(Exception, match="not a record of the house"), transaction.atomic():
            consent.open_records(reader=reader_for(one.worker), records=[record], classes=OPEN, purpose=Purpose.CARE)
            with connection.cursor() as cursor:
                cursor.execute(INDEX, [record, rules.key_name(two.place.id, "i", 1), [b"x"]])

    def test_the_words_of_one_house_are_not_asked_for_under_the_key_of_another(self, committed_db):
        with transaction.atomic():
            one, two = House("One"), House("Two")
            one.keeps("Maria")
            two.keeps("Tom")
            hidden = finder_of(one.place.id).hide("name", ["maria"])
        key, reader = rules.key_name(one.place.id, "i", 1), reader_for(two.desk)
        with psycopg.connect(role_url("app")) as raw:
            rows = raw.execute(FIND, [reader.account_id, reader.membership_id, key, hidden]).fetchall()
            mine = reader_for(one.desk)
            found = raw.execute(FIND, [mine.account_id, mine.membership_id, key, hidden]).fetchall()
        assert (rows, len(found)) == ([], 1)


@pytest.mark.django_db
class TestOnThePage:
    def find(self, house: House, text: str):
        return client_of(reader_for(house.desk)).post(reverse("work:desk_find"), {"words": text})

    def test_who_was_found_stands_there_and_nobody_else_is_looked_at(self):
        somebody("Nobody")  # and with them the community
        house = House("One")
        maria, tom = house.keeps("Maria"), house.keeps("Tom")
        answer = self.find(house, "maria")
        page = answer.content.decode()
        assert (answer.status_code, "Maria" in page, "Tom" in page, "1 person fits." in page) == (
            200,
            True,
            False,
            True,
        )
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("select opened from audit_access where purpose = 'desk'")
            opened = [one for row in cursor.fetchall() for one in row[0]]
        assert (maria in opened, tom in opened) == (True, False)

    @pytest.mark.parametrize("text", ["Zacharias", "methadone", "Mar"])
    def test_who_was_not_found_and_who_does_not_exist_are_answered_alike(self, text):
        somebody("Nobody")
        house = House("One")
        house.keeps("Maria")
        page = self.find(house, text).content.decode()
        assert "Nobody fits these words." in page
        assert "Maria" not in page

    @pytest.mark.parametrize("text", ["", "  ", "...", "x" * 81])
    def test_nothing_to_look_for_is_said_beside_the_field(self, text):
        somebody("Nobody")
        assert self.find(House("One"), text).status_code == 422

    def test_the_words_come_with_a_form_and_by_no_address(self):
        somebody("Nobody")
        house = House("One")
        answer = client_of(reader_for(house.desk)).get(reverse("work:desk_find") + "?words=maria")
        assert answer.status_code == 405
