"""Two whole certificates with invented words: for warming the press up, `render-check`, the bench and the tests.

Between them they use every typeface, so after printing them no font file has to be opened.
"""

from __future__ import annotations

from datetime import date

from lms.certificates.pdf.document import CertificateDocument
from lms.certificates.pdf.statement import StatementDocument

ENGLISH = CertificateDocument(
    lang="en",
    name="Saule Akhmetova",
    course="From street to government",
    subtitle="Documenting rights violations and bringing them to decision-makers",
    work="Six modules and a task read by a person: eight hours of work",
    modules=(
        "Know the law on your street",
        "Listening without harm",
        "Writing down a violation",
        "Keeping people and files safe",
        "From cases to a claim",
        "In the room with power",
    ),
    signatory="Irina Petrosyan",
    signatory_role="Course coordinator",
    issuer="Eurasian Harm Reduction Association",
    number="7K4M-2XAC-9PHT",
    check_url="https://alongside.example/c/7K4M2XAC9PHT",
    check_text="alongside.example/c",
    issued=date(2026, 12, 19),
    product="Alongside",
)
RUSSIAN = CertificateDocument(
    lang="ru",
    name="Сауле Ахметова",
    course="От улицы до правительства",
    subtitle="Документирование нарушений прав и работа с теми, кто принимает решения",
    work="Шесть модулей и задание, прочитанное человеком: восемь часов работы",
    modules=(
        "Закон на вашей улице",
        "Слушать, не причиняя вреда",
        "Как записать нарушение",
        "Безопасность людей и файлов",
        "От случаев к требованию",
        "В кабинете власти",
    ),
    signatory="Ирина Петросян",
    signatory_role="Координатор курса",
    issuer="Евразийская ассоциация снижения вреда",
    number="7K4M-2XAC-9PHT",
    check_url="https://alongside.example/c/7K4M2XAC9PHT",
    check_text="alongside.example/c",
    issued=date(2026, 12, 19),
    product="Рядом",
)
_OTHER_SCRIPTS = "ნინო ბერიძე Անի Պետրոսյան"
OTHER_SCRIPTS = CertificateDocument(
    lang="en",
    name=_OTHER_SCRIPTS,
    course=_OTHER_SCRIPTS,
    subtitle=_OTHER_SCRIPTS,
    signatory=_OTHER_SCRIPTS,
    issuer=_OTHER_SCRIPTS,
    number="7K4M-2XAC-9PHT",
    check_url="https://alongside.example/c/7K4M2XAC9PHT",
    check_text="alongside.example/c",
    issued=date(2026, 12, 19),
)
STATEMENTS = tuple(
    StatementDocument(
        lang=lang,
        name=name,
        period=period,
        months=((period, time),),
        total=time,
        issuer=issuer,
        number="7K4M-2XAC-9PHT",
        issued=date(2026, 12, 19),
    )
    for lang, name, period, time, issuer in (
        ("en", "Saule Akhmetova", "March 2026", "4 hours", "Eurasian Harm Reduction Association"),
        ("ru", "Сауле Ахметова", "март 2026", "4 часа", "Евразийская ассоциация снижения вреда"),
    )
)
SAMPLES = (ENGLISH, RUSSIAN, OTHER_SCRIPTS)
