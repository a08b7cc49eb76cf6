"""The few words that the template itself prints.

They stand here and not in the catalogue, because an issued certificate must not change when a translation does:
they are part of the template version. Russian is worded without gender.
"""

from __future__ import annotations

from datetime import date

WORDS = {
    "en": {
        "title": "Certificate",
        "kind": "Certificate of completion",
        "before_name": "This is to certify that",
        "before_course": "completed the course",
        "covers": "What it covers",
        "issuer": "Issued by",
        "number": "Number",
        "check": "Check it",
        "qr": "QR code with the address of the page where this certificate can be checked",
    },
    "ru": {
        "title": "Сертификат",
        "kind": "Сертификат о прохождении курса",
        "before_name": "Сертификат получает",
        "before_course": "за прохождение курса",
        "covers": "Содержание",
        "issuer": "Кем выдан",
        "number": "Номер",
        "check": "Проверить",
        "qr": "QR-код с адресом страницы, на которой можно проверить этот сертификат",
    },
}

# What differs where no course is certified.
SUPPORT = {
    "en": {
        "kind": "Certificate of volunteering",
        "before_course": "gave to others as a volunteer",
    },
    "ru": {
        "kind": "Сертификат о волонтёрской работе",
        "before_course": "за волонтёрскую работу",
    },
}

STATEMENT = {
    "en": {
        "title": "Statement",
        "kind": "Statement of volunteer hours",
        "name": "Name",
        "period": "Period",
        "caption": "Confirmed hours by month",
        "month": "Month",
        "time": "Time",
        "total": "Together",
        "confirmed": "Each of these minutes was confirmed by the people who met. "
        "A coordinator has approved this statement.",
        "no_pay": "We do not pay for volunteer hours; this statement is no bill.",
        "number": "Number",
        "issued": "Approved",
        "issuer": "Issued by",
    },
    "ru": {
        "title": "Справка",
        "kind": "Справка о волонтёрских часах",
        "name": "Имя",
        "period": "Период",
        "caption": "Подтверждённые часы по месяцам",
        "month": "Месяц",
        "time": "Время",
        "total": "Всего",
        "confirmed": "Каждая из этих минут подтверждена участниками встреч. "
        "Координация программы одобрила справку.",
        "no_pay": "Мы не оплачиваем волонтёрские часы; эта справка не является счётом.",
        "number": "Номер",
        "issued": "Одобрена",
        "issuer": "Кем выдана",
    },
}

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_DAY = {"en": "{day} {month} {year}", "ru": "{day} {month} {year} года"}


def long_date(day: date, lang: str) -> str:
    """`19 December 2026`, `19 декабря 2026 года`."""
    month = _MONTHS[lang].split()[day.month - 1]
    return _DAY[lang].format(day=day.day, month=month, year=day.year)
