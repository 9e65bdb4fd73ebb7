"""Which data protection law holds where, and who watches over it."""

GDPR = "GDPR, Regulation (EU) 2016/679"

# Country code to the name of its supervisory authority, in its own words.
AUTHORITIES = {
    "AT": "Österreichische Datenschutzbehörde (dsb.gv.at)",
    "BE": "Gegevensbeschermingsautoriteit / Autorité de protection des données",
    "BG": "Комисия за защита на личните данни (cpdp.bg)",
    "CH": "Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter (edoeb.admin.ch)",
    "CY": "Office of the Commissioner for Personal Data Protection, Nicosia",
    "CZ": "Úřad pro ochranu osobních údajů",
    "DE": "Datenschutzaufsicht des Bundeslandes (bfdi.bund.de)",
    "DK": "Datatilsynet (datatilsynet.dk)",
    "EE": "Andmekaitse Inspektsioon (aki.ee)",
    "ES": "Agencia Española de Protección de Datos (aepd.es)",
    "FI": "Tietosuojavaltuutetun toimisto (tietosuoja.fi)",
    "FR": "Commission nationale de l'informatique et des libertés (cnil.fr)",
    "GB": "Information Commissioner's Office (ico.org.uk)",
    "GR": "Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα (dpa.gr)",
    "HR": "Agencija za zaštitu osobnih podataka (azop.hr)",
    "HU": "Nemzeti Adatvédelmi és Információszabadság Hatóság (naih.hu)",
    "IE": "Data Protection Commission (dataprotection.ie)",
    "IS": "Persónuvernd (personuvernd.is)",
    "IT": "Garante per la protezione dei dati personali",
    "LI": "Datenschutzstelle Fürstentum Liechtenstein",
    "LT": "Valstybinė duomenų apsaugos inspekcija",
    "LU": "Commission nationale pour la protection des données (cnpd.lu)",
    "LV": "Datu valsts inspekcija",
    "MT": "Office of the Information and Data Protection Commissioner, Malta",
    "NL": "Autoriteit Persoonsgegevens",
    "NO": "Datatilsynet (datatilsynet.no)",
    "PL": "Urząd Ochrony Danych Osobowych (uodo.gov.pl)",
    "PT": "Comissão Nacional de Proteção de Dados (cnpd.pt)",
    "RO": "Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal",
    "RU": "Роскомнадзор (rkn.gov.ru)",
    "SE": "Integritetsskyddsmyndigheten (imy.se)",
    "SI": "Informacijski pooblaščenec (ip-rs.si)",
    "SK": "Úrad na ochranu osobných údajov Slovenskej republiky",
    "VN": "Bộ Công an, Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao (A05)",
}

# Countries whose law is not the GDPR of the European Economic Area.
OTHER_LAWS = {
    "CH": "Bundesgesetz über den Datenschutz (DSG)",
    "CN": "中华人民共和国个人信息保护法",
    "GB": "UK GDPR and Data Protection Act 2018",
    "RU": "Федеральный закон 152-ФЗ (персональные данные)",
    "VN": "Luật Bảo vệ dữ liệu cá nhân",
}


def authority_of(country: str) -> str:
    """Return the supervisory authority of a country (two letters), or nothing where it is not known."""
    return AUTHORITIES.get(country, "")


def law_of(country: str) -> str:
    """Return the data protection law of a country (two letters) with its code; GDPR where no country is known."""
    if country in OTHER_LAWS:
        return f"{OTHER_LAWS[country]} ({country})"
    if country in AUTHORITIES:
        return f"{GDPR} ({country})"
    return country or GDPR
