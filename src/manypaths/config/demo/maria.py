"""Maria's story, told by hand: the person whose page most people open first. Made up, like everyone here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from manypaths.config.demo import answering, asking, folk, signs
from manypaths.config.demo.asking import Request
from manypaths.config.demo.checkins import from_values, sit
from manypaths.config.demo.crowd import Crowd
from manypaths.config.demo.folk import Someone
from manypaths.config.demo.houses import Offer, Worker
from manypaths.lib.dates import local_date
from manypaths.network.rules import Role
from manypaths.referrals.rules import Status

STRENGTHS = (
    ("I show up", "14 meetings this season", "sprout"),
    ("My sister Ana", "Answers day or night", "heart-handshake"),
    ("Good with my hands", "Bakery job, 24 hours a week", "briefcase"),
    ("A steady home", "Harbor Row since May", "house"),
)
CHECKINS = (
    (284, (3, 4, 2, 4, 3, 3, 4, 4, 3, 4), "First one. I was honest."),
    (243, (3, 3, 2, 4, 3, 3, 4, 4, 3, 4), ""),
    (182, (4, 4, 4, 4, 3, 3, 4, 4, 4, 4), "Moved into Harbor Row."),
    (121, (4, 4, 5, 4, 4, 4, 4, 4, 4, 4), ""),
    (60, (4, 4, 5, 4, 4, 4, 4, 4, 3, 4), "School started. Long weeks."),
    (6, (5, 5, 5, 5, 4, 4, 5, 5, 4, 5), "Started work in the morning shift."),
)
VISITS = (
    (262, "in_person", "talked", "Coffee at Lantern House. We talked about mornings."),
    (248, "text", "talked", ""),
    (233, "in_person", "planned", "Wrote down what a good Saturday with the kids looks like."),
    (214, "in_person", "went_along", "Went to see Juniper House together. Full for now."),
    (207, "call", "connected", "Called Harbor Row with Maria, all three of us on the line."),
    (178, "in_person", "celebrated", "Moving day. Boxes, pizza, a borrowed van."),
    (150, "in_person", "practical", "Filled in the visit forms."),
    (118, "call", "talked", "A hard week with the court date. Ana came along."),
    (86, "in_person", "planned", "Looked at bakery shifts and the school bus."),
    (55, "text", "tried", ""),
    (52, "in_person", "celebrated", "First pay. Cake from the bakery, of course."),
    (23, "in_person", "planned", "Practiced asking for overnight visits."),
    (5, "in_person", "talked", "Good week. Next: the form, and a ride for December."),
)


@dataclass
class Maria:
    """Her life so far, day by day before today."""

    crowd: Crowd
    offers: dict[str, Offer]
    coach: Worker

    def live(self) -> Someone:
        """Tell it."""
        self.me = folk.arrive(
            self.crowd.book,
            self.crowd.tongues["en"],
            self._day(285, 19),
            name="Maria S.",
            username=signs.sign_in_name("person"),
        )
        me = self.me
        me.way, me.number, me.hours, me.may_leave_message = "text", "802-555-0191", "After 3 pm, not on Sundays", False
        self._write_plan()
        for ago, values, note in CHECKINS:
            questions = self.crowd.questions
            sit(self.crowd.book, me, questions, from_values(questions.instrument, values), self._day(ago, 20), note)
        self._ask()
        self.crowd.people.append(me)
        return me

    def _day(self, ago: float, hour: int = 10) -> datetime:
        """So many days ago at an hour of the community's day, and never after now."""
        now, zone = self.crowd.book.now, self.crowd.book.zone
        near = (
            (now - timedelta(days=ago))
            .astimezone(ZoneInfo(zone))
            .replace(hour=hour, minute=int(ago * 7.3) % 60, second=0)
        )
        return min(near, now - timedelta(days=ago * 0.97))

    def _write_plan(self) -> None:
        book, me = self.crowd.book, self.me
        folk.own_words(book, me, "I want to be the mom who picks them up from school, every day.", self._day(284.5, 20))
        for number, (statement, fact, sign) in enumerate(STRENGTHS):
            folk.add_strength(book, me, statement, fact, sign, self._day(284 - number * 50, 21))
        self._goal(
            "family",
            "Weekends with my kids",
            270,
            (
                ("Talk with the family worker", 96),
                ("Finish the parenting group", 40),
                ("First Saturday visit", 9),
                ("Ask for overnight visits", None),
            ),
        )
        self._goal(
            "home", "A steady home", 230, (("See two houses", 214), ("Pick a move-in day", 190), ("Move in", 178))
        )
        self.me.goals["home"].state, self.me.goals["home"].closed_at = "reached", self._day(177, 21)
        self._goal(
            "work",
            "Keep the bakery job",
            80,
            (
                ("Learn the early shift", 30),
                ("Tell my boss about visit days", None),
                ("Ask about full time in spring", None),
            ),
        )
        self._goal("health", "Keep my medication steady", 262, (("Monthly visits at Northside Health", 70),))
        by_day = local_date(self.crowd.book.now + timedelta(days=8), book.zone)
        self.ride = folk.add_step(
            book,
            me,
            me.goals["health"],
            "Set up a ride for December",
            self._day(1.6, 12),
            by_day=by_day,
            service_id=self.offers["Rides to treatment and meetings"].id,
        )
        folk.add_step(book, me, me.goals["health"], "Find a dentist who takes Medicaid", self._day(1.5, 12))

    def _goal(self, area: str, title: str, ago: float, steps: tuple[tuple[str, int | None], ...]) -> None:
        book, at = self.crowd.book, self._day(ago, 20)
        goal = folk.add_goal(book, self.me, area, title, [], at)
        for number, (text, done_ago) in enumerate(steps):
            done_at = self._day(done_ago, 20) if done_ago else None
            folk.add_step(book, self.me, goal, text, at + timedelta(minutes=number + 1), done_at=done_at)

    def _ask(self) -> None:
        self._coaching()
        self._medication()
        self._housing()
        self._visits()
        self._waiting()

    def _send(
        self,
        name: str,
        ago: float,
        words: str,
        need: str,
        hour: int = 19,
        *,
        again: Request | None = None,
        parts: int = 0,
        step: bool = False,
    ) -> Request:
        at = self._day(ago, hour)
        request = asking.begin(
            self.crowd.ground,
            self.me,
            self.offers[name],
            at - timedelta(minutes=9),
            words=words,
            need=need,
            again_of=again.row.id if again else None,
            step_id=self.ride.id if step else None,
        )
        if parts:
            asking.pick_parts(request, parts, at)
        if step:
            folk.tie_step(self.crowd.book, self.me, self.ride, request.row.id, at)
        asking.send(request, at, words)
        self.crowd.requests.append(request)
        return request

    def _coaching(self) -> None:
        request = self._send("Peer recovery coaching", 283, "A friend told me about Dee.", "talk", parts=1)
        answering.accept(request, self.coach, self._day(282, 11))
        answering.write_contact(
            request, self.coach, "in_person", "talked", "First coffee. Two kids, a sister, a plan.", self._day(280, 15)
        )
        answering.go_on(request, Status.IN_PROGRESS, self.coach, self._day(279.5, 12))
        for ago, way, deed, note in VISITS:
            answering.write_contact(request, self.coach, way, deed, note, self._day(ago, 15))
        answering.go_on(request, Status.COMPLETED, self.coach, self._day(200, 12), outcome="began")
        asking.answer(request, "yes", self._day(199, 20))
        others = [one for one in self.crowd.by_kind["peer_coaching"] if one.id != request.offer.id][:3]
        folk.choose(self.crowd.book, self.me, request.offer, others, "She has been where I was.", self._day(283, 20))

    def _medication(self) -> None:
        request = self._send("Same-week medication", 272, "I take buprenorphine and I want to stay on it.", "start")
        nurse = request.house.walking[1]
        answering.accept(request, nurse, self._day(271.4, 9))
        answering.write_contact(
            request, nurse, "in_person", "talked", "First visit, dose continued.", self._day(269, 10)
        )
        answering.go_on(request, Status.IN_PROGRESS, nurse, self._day(268.5, 10))
        answering.go_on(request, Status.COMPLETED, nurse, self._day(240, 10), outcome="began")
        asking.answer(request, "yes", self._day(238, 21))
        folk.choose(
            self.crowd.book,
            self.me,
            request.offer,
            [],
            "They take me as I am, and the bus stops there.",
            self._day(272, 20),
        )

    def _housing(self) -> None:
        first = self._send("Juniper House", 216, "I have two kids who visit on Saturdays.", "start")
        answering.go_on(first, Status.REJECTED, first.house.answering[0], self._day(214.5, 11), reason="no_open_place")
        asking.answer(first, "no", self._day(214, 20))
        second = self._send(
            "Harbor Row, shared house", 210, "Dee knows you. My kids visit on Saturdays.", "start", again=first, parts=2
        )
        guide = second.house.walking[0]
        answering.accept(second, guide, self._day(208, 11))
        answering.write_contact(
            second, guide, "in_person", "planned", "Saw the blue room. Saturdays are fine.", self._day(203, 14)
        )
        answering.go_on(second, Status.IN_PROGRESS, guide, self._day(202.5, 12))
        answering.go_on(second, Status.COMPLETED, guide, self._day(178, 12), outcome="given")
        asking.answer(second, "yes", self._day(176, 21))
        seen = [first.offer, self.offers["Small apartments with support"]]
        folk.choose(
            self.crowd.book,
            self.me,
            second.offer,
            seen,
            "The kids can come, and nobody minds my medication.",
            self._day(210, 20),
        )

    def _visits(self) -> None:
        request = self._send("Visits in a friendly room", 148, "Saturdays if possible. Two kids, 6 and 9.", "practical")
        friend = request.house.walking[0]
        answering.accept(request, friend, self._day(146, 11))
        answering.write_contact(
            request, friend, "call", "planned", "Every second Saturday from June.", self._day(139, 14)
        )
        answering.go_on(request, Status.IN_PROGRESS, friend, self._day(138.5, 12))
        answering.go_on(request, Status.COMPLETED, friend, self._day(92, 12), outcome="given")
        asking.answer(request, "partly", self._day(90, 21))
        silent = self._send("Dentist", 12, "I take Medicaid. Mornings are hard.", "start")
        if silent.row.due_at is not None and silent.row.due_at + timedelta(hours=2) < self.crowd.book.now:
            answering.run_late(silent, silent.row.due_at + timedelta(hours=2))

    def _waiting(self) -> None:
        helped = self._send(
            "Forms and phone hour", 4.2, "The form for overnight visits has nine pages.", "practical", parts=1
        )
        guide = next(one for one in helped.house.walking if one.has(Role.SUPERVISOR))
        answering.accept(helped, guide, self._day(3.4, 11))
        answering.write_contact(
            helped, guide, "call", "practical", "Read pages one to four together.", self._day(2.4, 14)
        )
        answering.go_on(helped, Status.IN_PROGRESS, guide, self._day(2.2, 12))
        self._send(
            "Rides to treatment and meetings",
            0.9,
            "December 4 and 18, from Harbor Row to Northside.",
            "practical",
            12,
            step=True,
        )
