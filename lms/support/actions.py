"""What changes in support: check-ins, notes of the programme, short questions, closing words."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.accounts.vault import SharedKeys
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.sealing import seal
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.states import State
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.support import queries
from lms.support.models import CheckIn, ClosingWord, Nudge, ProgrammeNote, Pulse
from lms.support.queries import Check, LookBack, Question, Seen
from lms.support.rules import (
    AHEAD,
    CALL_WITHIN,
    FIRST_MONTH,
    KEPT_AFTER_END,
    Asked,
    Channel,
    Fit,
    Skipped,
    With,
    check_ins_to_make,
    stalled,
    wave_on,
)
from lms.support.rules import Pulse as Answers

# --- Check-ins -----------------------------------------------------------------------------------


def plan_check_ins(match_id: int, started_on: date, ahead: timedelta = AHEAD) -> None:
    """Put a pair's next check-ins into the queue. Doing it again changes nothing."""
    rows = [
        {
            "public_id": ids.public_id(),
            "match_id": match_id,
            "number": number,
            "due_on": day,
            "state": "due",
            "spoke_with": With.BOTH.value,
            "channel": "",
            "reason": "",
        }
        for number, day in check_ins_to_make(started_on, now().date(), ahead)
    ]
    if rows:
        db.session.execute(insert_into(CheckIn).values(rows).on_conflict_do_nothing())


def begin(match_id: int) -> None:
    """A pair begins: the check-ins of its first month are settled."""
    plan_check_ins(match_id, now().date(), FIRST_MONTH)


def check_in_done(check: Check, by_id: int, spoke_with: With, channel: Channel) -> bool:
    """A coordinator has asked. Return whether it stood in the queue; twice is once."""
    values = {"state": "done", "spoke_with": spoke_with.value, "channel": channel.value}
    return _close_check(check, by_id, values)


def skip_check_in(check: Check, by_id: int, reason: Skipped) -> bool:
    """It did not take place, for one of the known reasons. Return whether it stood in the queue."""
    return _close_check(check, by_id, {"state": "skipped", "reason": reason.value})


def _close_check(check: Check, by_id: int, values: dict[str, str]) -> bool:
    open_ones = (CheckIn.match_id == check.match_id) & (CheckIn.state == "due")
    closed = update(CheckIn).where(open_ones, CheckIn.id == check.id)
    closed = closed.values(done_at=now(), done_by=by_id, **values)
    row = closed.returning(CheckIn.id).execution_options(synchronize_session=False)
    if db.session.scalar(row) is None:
        return False
    # Those before it will not be made up for.
    missed = {"state": "skipped", "reason": Skipped.MISSED.value}
    earlier = update(CheckIn).where(open_ones, CheckIn.number < check.number)
    db.session.execute(earlier.values(done_at=now(), **missed))
    return True


# --- Notes of the programme ----------------------------------------------------------------------


def write_note(match_id: int, person_id: int, author_id: int, text: str) -> None:
    """Keep what staff need to know about somebody. She is told, and reads the same words."""
    owner, public_id = people.by_id(person_id).public_id, ids.public_id()
    row = ProgrammeNote(
        public_id=public_id,
        match_id=match_id,
        person_id=person_id,
        author_id=author_id,
        body=seal(text, queries.note_place(public_id, owner)),
        written_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    pair = db.session.scalars(select(Match.public_id).where(Match.id == match_id)).one()
    messaging.notify(person_id, Kind.NOTED, pair=pair)


# --- Short questions -----------------------------------------------------------------------------


def ask(pair: Seen, kind: Asked, number: int = 0) -> None:
    """Put a short question to both sides: once, however often this runs, with one notice."""
    notice = Kind.FIT if kind is Asked.FIT else Kind.PULSE
    for person_id in pair.people:
        row = insert_into(Pulse).values(
            public_id=ids.public_id(),
            match_id=pair.id,
            person_id=person_id,
            kind=kind.value,
            number=number,
            asked_on=now().date(),
            state="asked",
        )
        if db.session.scalar(row.on_conflict_do_nothing().returning(Pulse.id)) is not None:
            messaging.notify(person_id, notice, pair=pair.public_id)


def ask_last(match_id: int) -> None:
    """The three questions once more, before the pair is completed."""
    ask(queries.seen_by_id(match_id), Asked.LAST)


def ask_fit(match_id: int) -> None:
    """After the first meeting: whether it is a good fit."""
    ask(queries.seen_by_id(match_id), Asked.FIT)


def answer(question: Question, owner: str, said: Answers | Fit, pair: str) -> None:
    """Keep what somebody answered, sealed. When she does not feel safe, coordinators hear that a call is due."""
    waits = (Pulse.id == question.id) & (Pulse.state == "asked")
    sealed = seal(queries.as_text(said), queries.answers_place(question.public_id, owner))
    values = {"state": "answered", "answers": sealed}
    taken = update(Pulse).where(waits).values(**values).returning(Pulse.id)
    if db.session.scalar(taken.execution_options(synchronize_session=False)) is None:
        return
    _heard(question, pair)
    if isinstance(said, Answers) and said.calls:
        mine = Pulse.id == question.id
        db.session.execute(update(Pulse).where(mine).values(call_by=now() + CALL_WITHIN))
        for coordinator in people.holders(Role.COORDINATOR):
            if coordinator != question.person_id:
                messaging.notify(coordinator, Kind.CALL_SOON)


def skip(question: Question, pair: str) -> None:
    """Somebody would rather not answer. Nobody asks why, and this question does not come again."""
    waits = (Pulse.id == question.id) & (Pulse.state == "asked")
    db.session.execute(update(Pulse).where(waits).values(state="skipped"))
    _heard(question, pair)


def _heard(question: Question, pair: str) -> None:
    kind = Kind.FIT if question.kind is Asked.FIT else Kind.PULSE
    messaging.seen(question.person_id, kind, pair=pair)


def called(match_id: int, person_id: int, by_id: int) -> bool:
    """A coordinator has spoken with her. Return whether a call was due."""
    due = (Pulse.match_id == match_id) & (Pulse.person_id == person_id)
    due &= Pulse.call_by.is_not(None) & Pulse.called_at.is_(None)
    done = update(Pulse).where(due).values(called_at=now(), called_by=by_id).returning(Pulse.id)
    rows = db.session.scalars(done.execution_options(synchronize_session=False)).all()
    return bool(rows)


# --- The closing talk ----------------------------------------------------------------------------


def look_back(found: Pair, author_id: int, said: LookBack, keys: SharedKeys) -> None:
    """Keep the closing words of one side, for the other. Saying it again takes the place of what was said."""
    mine = (ClosingWord.match_id == found.id) & (ClosingWord.author_id == author_id)
    db.session.execute(delete(ClosingWord).where(mine))
    if not said:
        return
    public_id, owner = ids.public_id(), found.owner_of(author_id)
    text = json.dumps(asdict(said), ensure_ascii=False)
    row = ClosingWord(
        public_id=public_id,
        match_id=found.id,
        author_id=author_id,
        body=keys.seal(text, queries.word_place(public_id, owner)),
        written_at=now(),
    )
    db.session.add(row)
    db.session.flush()


# --- Every day -----------------------------------------------------------------------------------


def daily() -> None:
    """Make the next check-ins, ask what is to be asked, tell of silences. As often as it likes."""
    today, told = now().date(), queries.told_of_silence()
    for pair, _away in queries.live():
        started_on = pair.started_at.date()
        plan_check_ins(pair.id, started_on)
        if pair.state != State.PAUSED:
            wave = wave_on(started_on, today)
            if wave is not None:
                ask(pair, Asked.PULSE, wave)
            _nudge(pair, told.get(pair.id))


def _nudge(pair: Seen, told_at: datetime | None) -> None:
    """Tell the mentor, once in each silence; staff see it a week later. Reminders have a limit of their own."""
    found = stalled(pair.signs, now()) if pair.state == State.ACTIVE else None
    if found is None or (told_at and told_at >= found.begins):
        return
    row = insert_into(Nudge).values(match_id=pair.id, told_at=now())
    again = row.on_conflict_do_update(index_elements=[Nudge.match_id], set_={"told_at": now()})
    db.session.execute(again)
    messaging.notify(pair.mentor_id, Kind.PAIR_QUIET, pair=pair.public_id)


# --- Retention -----------------------------------------------------------------------------------


def forget_old() -> None:
    """Destroy what has been kept long enough: all of a pair 90 days after its end."""
    over = select(Match.id).where(Match.ended_at < now() - KEPT_AFTER_END)
    for model in (ProgrammeNote, Pulse, ClosingWord, Nudge):
        db.session.execute(delete(model).where(model.match_id.in_(over)))
