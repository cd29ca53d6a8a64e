"""The words for what the rooms will not accept, by code."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

WORDS: dict[str, "StrPromise"] = {
    "already_registered": _("Dette journalsystemet er registrert fra før."),
    "missing": _("Fyll ut dette feltet."),
    "tariffs_overlap": _("En takst ville fått to satser samme dag. Ingenting er hentet inn."),
    "too_large": _("Filen er for stor."),
    "not_utf8": _("Filen må være lagret som UTF-8."),
    "not_json": _("Filen kan ikke leses som JSON."),
    "not_xml": _("Filen kan ikke leses som XML."),
    "has_dtd": _("Filen har en DTD. Slike leses ikke."),
    "not_csv": _("Filen kan ikke leses som CSV."),
    "not_tariffs": _("Filen inneholder ikke takster."),
    "no_tariffs": _("Filen er tom."),
    "too_long_a_period": _("Velg tre år eller mindre."),
    "ends_before_it_begins": _("Den siste dagen kan ikke være før den første."),
    "nothing_to_claim": _("Det er ingenting nytt å sende."),
    "practice_missing": _("Skriv praksis-ID under Takster og priser først."),
    "organisation_missing": _("Skriv organisasjonsnummeret under Takster og priser først."),
    "too_old_to_credit": _("Kravet er mer enn tre år gammelt og kan ikke krediteres."),
    "rejected_is_not_credited": _("Kravet er avvist, så det er ingenting å kreditere."),
    "only_rejected_again": _("Bare krav som Helfo har avvist, kan sendes på nytt."),
    "cannot_be_sent": _("Filen kan ikke sendes herfra. Last den ned, og lever den til Helfo."),
    "not_an_organisation": _("Det er ikke et gyldig organisasjonsnummer. Det har ni siffer."),
    "sending_needs": _("For å sende må organisasjonsnummer og praksis-ID være fylt ut, og formen være KUHR."),
    "number_for_card": _("Skriv fødselsnummeret først."),
    "has_card": _(
        "Frikortregisteret sier at pasienten har frikort. Fritaket er lagt inn. Se over, og godta på nytt."
    ),
    "not_a_number": _("Skriv bare tall."),
    "not_an_amount": _("Skriv et beløp i kroner, for eksempel 160 eller 160,50."),
    "codes_do_not_fit": _("Takstene kan ikke stå slik. Se forklaringen under feltet."),
    "sum_is_new": _("Summen er ny. Se over den, og godta igjen."),
    "diagnosis_missing": _("Skriv diagnosen, som kode eller ord. Kravet til staten må ha den."),
    "choose_diagnosis": _("Flere diagnoser passer. Velg én av dem under feltet."),
    "already_billed": _("Regningen er betalt eller sendt. Rett den opp under betaling først."),
    "not_charged": _("Det er ikke krevd inn noe her."),
    "charge_stands": _("Takstene er godtatt. Velg «Kreves inn fra Blikk», eller angre godkjenningen."),
    "patient_is_here": _("Pasienten er i venterommet nå."),
    "no_fee_possible": _("Det kan ikke lages regning for denne timen. Se hvorfor."),
    "nothing_charged": _("Godta takstene først, eller velg noe annet."),
    "price_from_then": _("Det finnes en pris med samme navn fra den dagen eller senere."),
    "in_the_past": _("Tidspunktet har allerede vært. Velg et senere."),
    "no_such_hour": _("Den timen finnes ikke: klokken stilles fram da. Velg en time tidligere eller senere."),
    "taken": _("Behandleren har en annen time da. Velg et annet tidspunkt."),
    "too_far_ahead": _("Tidspunktet er mer enn to år fram. Sjekk årstallet."),
    "unlikely_length": _("Velg en lengde mellom 5 minutter og 4 timer."),
    "not_a_phone": _("Dette ser ikke ut som et telefonnummer. Norske numre har åtte sifre."),
    "not_an_email": _("Dette ser ikke ut som en e-postadresse. Se etter krøllalfa og punktum."),
    "not_a_birth_date": _("Dette kan ikke være en fødselsdato. Skriv dag, måned og år: 14.03.1951."),
    "unchanged": _("Teksten er den samme som før. Rett den først."),
    "unknown": _("Velg fra listen."),
    "no_way_to_reach": _(
        "Skriv inn et telefonnummer eller en e-postadresse som invitasjonen kan sendes til."
    ),
    "contact_not_verified": _("Les dette tilbake til pasienten, og kryss av hver del du får ja på."),
    "likely_slip": _("Er dette riktig? Svar på spørsmålet under feltet."),
    "likely_slip_own": _("Adressen ser uvanlig ut. Se over den, og velg under."),
    "wrong_birth_date": _("Fødselsdatoen stemmer ikke. Se over den, eller ring klinikken."),
    "unknown_field": _("Det som står mellom { og }, er ikke et felt. Velg blant dem som står under."),
    "enough_phrases": _("Listen er full. Slett eller endre en frase først."),
    "note_not_signed": _("Signer notatet først."),
    "talk_is_running": _("Samtalen er i gang. Avslutt den først."),
    "room_full": _("Det er allerede fire i samtalen. En må gå ut før en til kan slippes inn."),
    "over": _("Samtalen er avsluttet. Last siden på nytt."),
    "elsewhere": _(
        "Du er med i samtalen fra en annen fane eller enhet. Fortsett der, eller last siden på nytt."
    ),
    "not_at_this_step": _("Siden er ikke oppdatert. Last den på nytt."),
    "too_many_codes": _(
        "Det er sendt så mange koder som vi kan i dag. Bruk den siste, eller send en ny lenke."
    ),
    "too_many_credentials": _("Det er prøvd for mange ganger på kort tid. Vent et minutt og prøv igjen."),
    "link_is_dead": _("Lenken er brukt eller for gammel. Be om en ny."),
    "no_phone": _("Skriv inn et telefonnummer, eller send invitasjonen som e-post."),
    "bill_not_payable": _("Regningen er alt gjort opp eller trukket tilbake."),
    "no_invoices": _("Klinikken har ikke lagt inn konto for fakturaer."),
    "not_due": _("Det er for tidlig å purre, eller det er purret så ofte som dere har valgt."),
    "kid_is_full": _("KID-avtalen har ikke plass til flere numre. Avtal lengre KID med banken."),
    "bank_file_taken": _("Denne filen er hentet inn før. Ingenting er registrert på nytt."),
    "unknown_kid": _("Ingen faktura har denne KID-en. Se etter om et siffer er feil."),
    "not_an_account": _("Dette er ikke et norsk kontonummer. Det har elleve sifre."),
    "not_an_org_number": _("Dette er ikke et organisasjonsnummer. Det har ni sifre."),
    "not_a_kid_length": _("En KID har mellom 5 og 25 sifre."),
    "kid_too_short": _("KID-en er for kort. Den må ha plass til nummeret på fakturaen."),
    "not_enough_days": _("Velg mellom 14 og 60 dager."),
    "not_ocr": _("Filen ser ut som OCR-giro, men kan ikke leses. Hent den på nytt fra banken."),
    "sum_differs": _("Summen i filen stemmer ikke med betalingene. Hent den på nytt fra banken."),
    "cut_off": _("Filen er kuttet av. Hent den på nytt fra banken."),
    "not_a_day": _("En dato i filen kan ikke leses."),
    "no_columns": _("Filen må ha kolonnene Dato, KID og Beløp."),
    "empty": _("Det er ingen betalinger med KID i filen."),
    "not_for_peppol": _("Denne fakturaen kan ikke sendes som EHF."),
    "payer_is_no_organisation": _(
        "EHF går bare til organisasjoner. Se over organisasjonsnummeret til betaleren."
    ),
    "seller_is_no_organisation": _(
        "Klinikkens organisasjonsnummer mangler eller er feil. En administrator retter det under Faktura."
    ),
    "payer_reference_missing": _(
        "EHF må ha betalerens referanse. Trekk regningen tilbake, og skriv referansen på den nye."
    ),
    "payer_reference_is_a_person": _(
        "Referansen ser ut som et fødselsnummer. Det skal ikke stå på fakturaen."
    ),
    "lines_do_not_add_up": _("Linjene på fakturaen blir ikke summen. Den kan ikke sendes som EHF."),
    "not_handed_over": _(
        "Fakturaen kunne ikke leveres til aksesspunktet. Den ligger her som før. Prøv igjen, eller last den ned."
    ),
    "no_paper": _("Denne maskinen kan ikke lage PDF. Si fra til den som drifter Blikk."),
    "bill_being_paid": _("Pasienten har nettopp godkjent en betaling. Vent til den er ferdig."),
    "no_such_way": _("Klinikken tar ikke imot betaling på denne måten."),
    "not_a_stripe_key": _(
        "En hemmelig nøkkel begynner med sk_live_ eller rk_live_. Den som begynner med pk_, er en annen."
    ),
    "not_installed": _("Tilleggspakken for kort er ikke lagt inn. Si fra til den som drifter Blikk."),
    "not_a_serial": _("Nummeret har fire til seks sifre."),
    "not_https": _("Adressen må begynne med https://."),
    "not_an_address": _("Skriv adressen til serveren, for eksempel https://kalender.virksomheten.no"),
    "host_not_allowed": _(
        "Den som drifter Blikk, har ikke åpnet for denne serveren. Be om det, eller sjekk adressen."
    ),
    "not_a_room": _("Lim inn hele adressen til rommet, uten mellomrom, brukernavn og passord."),
    "room_not_made": _("Den andre videoløsningen svarer ikke. Prøv igjen, eller bruk Blikk i stedet."),
    "no_random": _(
        "Adressen må ha {random} ett sted. Der setter vi inn et nytt, hemmelig ord for hver samtale."
    ),
    "no_key": _("Lim inn nøkkelen fra Whereby."),
    "not_a_webhook_address": _("Skriv hele adressen, for eksempel https://journal.example.no/blikk"),
    "host_is_internal": _(
        "Adressen er på et internt nett. Den som drifter Blikk, må åpne for den med BLIKK_WEBHOOK_HOSTS."
    ),
    "client_not_proven": _(
        "Systemet er ukjent eller slått av, eller beviset er ikke signert med en av nøklene."
    ),
    "nothing_granted": _("Ingen av tilgangene det ble bedt om, er gitt til dette systemet."),
    "too_costly": _(
        "Søket treffer for mange til å lete etter denne identifikatoren. Legg til pasient eller dato."
    ),
    "no_happenings": _("Velg minst én ting å si fra om."),
    "no_kinds": _("Velg minst én ting som systemet får se."),
    "not_keys": _(
        "Dette er ikke en offentlig nøkkel som kan brukes. Be leverandøren om et nøkkelsett (JWKS) eller PEM."
    ),
    "private_key": _(
        "Dette er en privat nøkkel. Den skal ingen andre enn leverandøren ha. Blikk har ikke lagret den. "
        "Si fra til leverandøren, og be om den offentlige."
    ),
    "weak_key": _("Nøkkelen er for kort. RSA må ha minst 2048 bit."),
    "keys_of_one_name": _("To av nøklene har samme navn (kid). Hver må ha sitt eget."),
    "too_many_systems": _("Dere har så mange som det er plass til. Slå av en dere ikke bruker."),
    "not_a_calendar_path": _("Skriv adressen til kalenderen på serveren, for eksempel /kari/kalender/"),
    "calendar_in_use": _("En annen behandler har denne kalenderen. Hver må ha sin egen."),
    "not_a_user": _("Skriv brukernavnet uten kolon og andre spesielle tegn."),
    "phone_missing": _("Legg inn mobilen din først, så kan du få SMS."),
    "no_relay": _(
        "Blikk mangler en server som sender lyd og bilde videre. Be den som drifter Blikk, sette den opp først."
    ),
    "works_here": _("Denne personen har tilgang her allerede."),
    "not_an_hpr_number": _("HPR-nummeret har sju til ni sifre, uten mellomrom."),
    "unreadable": _("Teksten har skjulte tegn. Skriv den på nytt."),
    "last_administrator": _("Det må være minst én administrator. Gi noen andre rollen først."),
    "no_email": _("Skriv inn en e-postadresse, eller send invitasjonen som SMS."),
    "not_a_web_address": _("Dette er ikke en nettadresse. Den begynner med https://"),
    "ends_before_it_starts": _("Siste dag er før første dag. Velg en senere dag."),
    "too_many_kinds": _("Listen kan ha tolv linjer. Ta bort noen."),
    "too_long_kind": _("En av linjene er for lang. Skriv korte ord, høyst 60 tegn."),
    "empty_code": _("Skriv koden med seks sifre."),
    "wrong_code": _("Koden stemmer ikke. Sjekk meldingen, eller be om en ny kode."),
    "proof_paused": _(
        "Det ble feil fem ganger. Vent et kvarter, så kan du prøve igjen. Eller ring klinikken."
    ),
    "own_proof_paused": _("Det ble feil fem ganger. Vent et kvarter, så kan du prøve igjen."),
    "own_too_many_codes": _(
        "Det er sendt så mange koder som vi kan i dag. Bruk den siste, eller prøv i morgen."
    ),
    "proof_missing": _("Koden er for gammel. Be om en ny."),
    "queue_full": _("Køen er full nå. Prøv igjen senere, eller ring klinikken."),
    "queue_closed": _("Køen tar ikke inn flere nå. Se når det åpner neste gang, eller ring klinikken."),
    "slot_taken": _("Noen andre rakk å ta denne timen. Velg en annen."),
    "too_many_hours": _("Du har bestilt tre timer allerede. Ring klinikken hvis du trenger flere."),
    "not_a_mobile": _("Vi kan bare sende kode til en mobiltelefon. Skriv et mobilnummer."),
    "too_many": _("Det ble for mange forsøk på kort tid. Vent noen minutter og prøv igjen."),
    "overlaps": _("En av behandlerne har allerede en periode da. Velg et annet tidspunkt."),
    "before_start": _("Slutten er før starten. Velg en senere slutt."),
    "longer_than_period": _("Timen er lengre enn perioden. Velg en kortere time."),
    "outside_period": _("Dette må være mellom start og slutt på perioden."),
    "unlikely": _("Tallet er for lite eller for stort. Velg et annet."),
    "too_long": _("Dette er for langt. Skriv det kortere."),
    "absent": _("Behandleren er borte da. Velg et annet tidspunkt."),
    "held": _("Noen holder på å bestille denne tiden. Velg en annen, eller vent ti minutter."),
    "holiday": _("Dagen er en helligdag."),
    "not_their_turn": _("Det er ikke denne pasientens tur. Velg en grunn først."),
    "the_same": _("Pasienten står allerede i denne køen. Velg en annen."),
    "waits_elsewhere": _("Du venter i en annen kø her. Velg hvilken plass du vil ha."),
    "stands_there": _("Pasienten har en plass i den køen fra før. Ta dem ut av en av køene."),
    "not_in_queue": _("Pasienten står ikke i en kø lenger. Last siden på nytt."),
    "nobody_ready": _("Ingen er klare akkurat nå. Vi har ropt opp den som står først. Prøv igjen om litt."),
    "not_read_back": _("Les nummeret og adressen tilbake først, og kryss av her."),
    "already_invited": _("Personen er invitert allerede. Send ny lenke i stedet."),
    "already_agreed": _("Pasienten har allerede en avtale med denne personen."),
    "other_name": _(
        "Nummeret eller adressen hører til en annen. Sjekk navnet, eller kryss av for en annen person."
    ),
    "already_ended": _("Avtalen er avsluttet. Last siden på nytt."),
    "in_the_future": _("Dagen har ikke vært ennå. Velg i dag eller tidligere."),
    "only_for_guardians": _("Dette gjelder bare verge eller forelder."),
    "patient_first": _("Pasienten må være i samtalen først."),
    "no_consent": _("Pasienten har ikke sagt ja ennå."),
    "enough_invited": _("Du kan be med to. Ring klinikken hvis flere skal være med."),
    "names_an_illness": _(
        "Dette kan røpe hva pasienten går til, for andre kan se skjermen. Velg noe mer nøytralt, eller sett kryss."
    ),
    "not_in_gsm": _(
        "Noen av tegnene finnes ikke i vanlig SMS, så hver melding blir dyrere. Bytt dem ut, eller sett kryss."
    ),
    "has_a_link": _("Dette ser ut som en nettadresse eller e-postadresse. Skriv bare et navn."),
    "too_long_sender": _("Dette er for langt. Et navn i SMS kan ha høyst elleve tegn."),
    "not_a_sender": _("Bruk bare bokstaver, tall og mellomrom."),
    "overtaken_kept": _(
        "Timen ble endret av en annen mens du skrev. Det du skrev, står her. Se over og prøv igjen."
    ),
    "too_late_in_person": _(
        "Timen er avlyst eller over, så den kan ikke gjøres om. Bestill en ny time i stedet."
    ),
    "already_closed_out": _("Konsultasjonen er gjort ferdig. Bestill en vanlig time til oppmøte i stedet."),
    "already_arranged": _(
        "Pasienten har allerede en time til oppmøte etter denne samtalen. Flytt den i stedet."
    ),
    "no_time": _("Velg minst én tid, eller skriv en."),
    "too_many_times": _("Velg høyst seks tider."),
    "one_time": _("Timen er et oppmøte allerede. Velg én ny tid."),
    "no_series_in_person": _("En serie kan bare være på video. Bestill oppmøtene hver for seg."),
    "only_video": _("Pasienter kan bare bestille videotimer selv. Velg «Bare vi som arbeider her»."),
    "someone_else": _(
        "Den som venter, legitimerte seg som en annen enn pasienten. Skal du slippe inn likevel, må du si hvorfor."
    ),
    "helse_id_is_somebody_elses": _("Denne HelseID-en er koblet til en annen konto."),
    "not_eleven_digits": _("Nummeret har elleve sifre. Tell dem en gang til."),
    "not_a_national_number": _("Dette kan ikke være et fødselsnummer. Ett av sifrene er feil."),
    "test_number": _("Dette er et nummer for testing, og kan ikke brukes her."),
    "number_says_another_day": _(
        "Nummeret sier en annen fødselsdato enn den som står her. Sjekk begge, og rett den som er feil."
    ),
    "number_is_anothers": _(
        "En annen pasient her har dette nummeret. Sjekk om pasienten er registrert to ganger."
    ),
    "no_eid": _("eID er ikke satt opp her. Be den som drifter Blikk, gjøre det først."),
    "frame_open": _(
        "Noen spørsmål står igjen. Spør pasienten, eller skriv hvorfor det er forsvarlig likevel."
    ),
    "own_side_open": _("Si først at din egen side er i orden."),
    "overtaken_question": _("Spørsmålet er endret. Se over listen."),
    "enough_questions": _("Dere har seks egne spørsmål allerede. Endre et av dem i stedet."),
    "not_a_picture": _("Dette er ikke et bilde vi kan lese. Velg et bilde som er JPEG, PNG eller WebP."),
    "picture_too_heavy": _("Bildet er for stort. Velg et som er mindre enn 12 MB."),
    "picture_too_wide": _("Bildet har for mange punkter. Velg et mindre bilde."),
    "not_identified": _(
        "Pasienten er ny. Bekreft identiteten først, eller gi en grunn til å gå videre uten."
    ),
    "not_proven_by_eid": _("Pasienten har ikke bekreftet seg med eID. Velg en annen måte."),
    "not_four_signs": _("Skriv de fire siste bokstavene og tallene på kortet."),
    "overtaken": _(
        "Noe nytt kom til mens du skrev. Les det over. Teksten din står her, og du kan sende den på nytt."
    ),
    "unread_message": _("Pasienten har skrevet noe som ikke er lest. Les det først."),
    "photos_undecided": _("Velg for hvert bilde om det skal slettes eller til journalen."),
    "kept_too_short": _("Så kort kan dere ikke ha det. Velg et høyere tall."),
    "kept_too_long": _("Så lenge kan dere ikke ha det. Velg et lavere tall."),
    "something_is_left": _(
        "En melding til pasienten sendes akkurat nå. Ingenting er slettet. Prøv igjen om litt."
    ),
    "not_sure": _("Les over hva som slettes, og sett kryss her."),
    "case_closed": _("Saken er avsluttet. Last siden på nytt."),
    "patient_for_writing": _(
        "Velg pasienten først. En ny pasient må registreres før dere kan skrive sammen."
    ),
    "already_read": _("Klinikken har lest svaret, så det kan ikke endres. Ring hvis noe er feil."),
    "photo_is_pdf": _("Vi tar ikke imot PDF. Ta et bilde av arket i stedet."),
    "photo_is_heic": _("Dette bildeformatet kan vi ikke lese. Ta et skjermbilde av bildet, og legg ved det."),
    "too_many_photos": _("Du kan ikke legge ved flere bilder."),
    "asked_already": _("Pasienten er allerede spurt om denne timen og har ikke svart ennå."),
    "nothing_asked": _("Velg et spørsmål, skriv egne ord, eller be om bilde."),
    "unlikely_deadline": _("Velg en dag fra i dag til om to måneder."),
    "too_many_chosen": _("Det er for mange spørsmål. Ta høyst tolv, hvert på høyst 200 tegn."),
    "no_cookies": _("Nettleseren husker ikke siden. Tillat informasjonskapsler, og prøv igjen."),
}


def words_for(code: str) -> str:
    """The sentence for a code from a room; a general one for codes that are new."""
    return str(WORDS.get(code, _("Dette kan ikke brukes. Se over feltet.")))
