"""The words of the help, by the name of the page's address: what it is for, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = tuple[Promise, Promise]

_PERIOD: Text = (
    _("Her lager eller endrer du en fast periode i timelisten."),
    _("Velg dag, klokkeslett og om pasienter kan komme uten time. Overlapper den noe, står det ved feltet."),
)
_ABSENCE: Text = (
    _("Her skriver du inn når noen er borte."),
    _("Timer som alt er bestilt, blir vist, så dere kan bestemme hva som skjer med hver av dem."),
)
_AGREEMENT: Text = (
    _("En avtale lar samme pårørende eller tolk bli invitert til hver time."),
    _("Fyll ut hvem det er og hvor lenge det gjelder. Du kan avslutte avtalen når som helst."),
)
_TASK: Text = (
    _("En oppgave er noe som må avklares før eller etter timen."),
    _("Skriv hva som skal gjøres, og hvem som har den. Den står på dagen til noen markerer den som gjort."),
)
_WRITE: Text = (
    _("Her spør du pasienten om noe skriftlig."),
    _("Pasienten får en lenke uten innhold. Bruk den ikke når noe haster."),
)
_NOTICE: Text = (
    _("Et oppslag er et ord fra myndighetene, for eksempel ved et utbrudd."),
    _("Velg hvor det skal stå og hvor lenge. Ta det ned når det ikke gjelder lenger."),
)
_QUESTION: Text = (
    _("Spørsmålene svarer pasienten på i venterommet, før samtalen."),
    _("Slå av dem dere ikke trenger, eller lag egne. En endring gjelder dem som kommer fra nå av."),
)
_VIDEO: Text = (
    _("Her velger dere om samtalen går i Blikk eller i en annen videoløsning."),
    _("Velger du en annen løsning, får pasienten lenken dit først når dere slipper dem inn."),
)
_SYSTEM: Text = (
    _("Her gir du et annet system lov til å lese fra Blikk."),
    _(
        "Lim inn leverandørens offentlige nøkkel, og velg bare det systemet trenger. Du kan slå det av når som helst."
    ),
)
_WEBHOOK: Text = (
    _("Her gir du et annet system beskjed når noe skjer i en konsultasjon."),
    _("Skriv adressen, og gi hemmeligheten til leverandøren. Send en prøve for å se at det virker."),
)
_MANUAL: Text = (
    _("Veiledningen sier kort hva din rolle gjør på en dag."),
    _("Les den, eller skriv den ut. Nederst er arkene som pasientene kan få."),
)
_PLAN: Text = (
    _("Planen er det dere har blitt enige om på kontoret."),
    _("Skriv under hver overskrift. Det lagres mens du skriver, og alle som arbeider her, ser det."),
)
_PHRASES: Text = (
    _("Fraser er det du ofte skriver i notatet."),
    _("Sett dem i den rekkefølgen du bruker dem: de ni første settes inn med Alt og et tall."),
)
_PHRASE: Text = (
    _("Her lager eller endrer du en frase."),
    _("Felt mellom { og } fylles ut når du setter frasen inn, for eksempel navn og neste time."),
)
_KEPT: Text = (
    _("Her får en pasient vite hva som er lagret og hvem som har sett det, og her kan det slettes."),
    _("Sjekk hvem som spør, før du gir ut eller sletter noe. Alt blir skrevet i loggen."),
)
_AGAIN: Text = (
    _("Før du endrer noe viktig, må du vise at det er deg."),
    _("Skriv passordet eller koden din en gang til. Så kommer du tilbake dit du var."),
)
_FACTOR: Text = (
    _("Her passer du på innloggingen din."),
    _("Legg til en app eller en passnøkkel, og ta vare på reservekodene et trygt sted."),
)
_CODES: Text = (
    _("Med en reservekode kommer du inn hvis du mister telefonen."),
    _("Skriv dem ut eller lagre dem. Hver kode virker én gang. Nye koder gjør de gamle ugyldige."),
)
_HELSE_ID: Text = (
    _("Her kobler du HelseID til kontoen din, så du kan logge inn med den."),
    _("Trykk på knappen og logg inn med HelseID én gang."),
)

TEXTS: dict[str, Text] = {
    "day": (
        _("Dagen viser hvem som har time, hvem som venter, og hva som gjenstår."),
        _("Gjør kameraet klart. Trykk «Slipp inn» når du er klar for den som venter."),
    ),
    "conversation": (
        _("Her snakker du med pasienten. Notatet lagres mens du skriver."),
        _("Gå gjennom spørsmålene, bekreft rammen, og trykk «Avslutt» når dere er ferdige."),
    ),
    "close_out": (
        _("Her avslutter du konsultasjonen: notat, oppfølging og egenandel."),
        _("Svar på det som mangler, og trykk på knappen nederst. Ingenting går tapt om du venter."),
    ),
    "note_correct": (
        _("Her retter du et notat som er signert. Den forrige versjonen blir stående."),
        _("Rett teksten, skriv hvorfor, og trykk «Signer rettelsen»."),
    ),
    "admit_despite": (
        _("Den som venter, har vist en annen identitet enn pasientens."),
        _("Slipp inn bare hvis du vet hvorfor. Begrunnelsen blir skrevet ned."),
    ),
    "front_desk": (
        _("Skranken viser dagen til alle behandlerne ved siden av hverandre."),
        _("Trykk på en time for å endre den, gi den til en annen eller sende lenken på nytt."),
    ),
    "practice": (
        _("Her øver du på en samtale med en pasient som ikke finnes."),
        _("Trykk på knappen og følg stegene. Du kan øve så ofte du vil, og ingen ekte pasient merker det."),
    ),
    "note_forms": (
        _("Her henter du en fil som viser hvordan hver konsultasjon ble holdt."),
        _("Velg fra og til, og trykk «Last ned filen». Uttrekket føres i loggen."),
    ),
    "practised": (
        _("Her ser du hvem som har øvd, og på hva."),
        _("De som ikke har øvd ennå, finner «Øv» i menyen."),
    ),
    "staff_equipment": (
        _("Her prøver du kamera, mikrofon, lyd og nett."),
        _("Begynn øverst. Det du velger, gjelder i samtalene på denne maskinen."),
    ),
    "late_for": (
        _("Her sier du fra om at en behandler er forsinket."),
        _("Velg hvor mange minutter. Alle som har time resten av dagen, får beskjed."),
    ),
    "tell_waiting": (
        _("Her sender du en ferdig beskjed til en som venter."),
        _("Velg beskjeden og send den. Den vises der pasienten venter."),
    ),
    "hand_over": (
        _("Her gir du en time til en annen behandler."),
        _("Velg hvem. Pasienten får beskjed og bruker samme lenke."),
    ),
    "queue_opening": (
        _("Her er køen for dem som kommer uten time."),
        _("Ta neste, send en beskjed til alle, eller steng køen når dagen er full."),
    ),
    "queue_place": (
        _("Her er én plass i køen."),
        _("Du kan ta inn personen, la plassen vente, flytte den til en annen kø eller gi beskjed."),
    ),
    "timetable": (
        _("Timelisten er uken: når hver behandler tar imot på video, og når noen er borte."),
        _("Lag en periode eller flytt en som står der. Timer som er bestilt, blir ikke borte."),
    ),
    "period_new": _PERIOD,
    "period": _PERIOD,
    "absence_new": _ABSENCE,
    "absence": _ABSENCE,
    "ready_words": (
        _("Ferdige ord som dere kan lese opp på telefonen eller legge på nettsiden."),
        _("Kopier teksten du trenger."),
    ),
    "book": (
        _("Her bestiller du en videotime og sender invitasjonen."),
        _("Finn pasienten, les nummeret tilbake, velg tid og bestill. Du ser meldingen før den går."),
    ),
    "appointment": (
        _("Alt om én time: hvem som kommer, hva som er sendt, og om lenken er åpnet."),
        _("Flytt, avlys, send lenken på nytt, eller inviter noen til å være med."),
    ),
    "in_person": (
        _("Her gjør du en videotime om til oppmøte."),
        _("Foreslå tider eller avtal én. Pasienten får vite hvor og når."),
    ),
    "task_new": _TASK,
    "task": _TASK,
    "patients": (
        _("Her finner du pasienter."),
        _("Søk på navn, fødselsdato eller telefon. At du så på en pasient, blir skrevet ned."),
    ),
    "patient_new": (
        _("Her registrerer du en ny pasient."),
        _("Les telefonnummeret tilbake før du lagrer. Invitasjonen går dit."),
    ),
    "patient": (
        _("Alt om pasienten som Blikk trenger for å nå dem."),
        _("Endre telefon og e-post her, og se hvilke timer som kommer."),
    ),
    "agreement_new": _AGREEMENT,
    "agreement": _AGREEMENT,
    "ask_for_more": _WRITE,
    "text_from": _WRITE,
    "text_new": _WRITE,
    "case": (
        _("En skriftlig sak mellom pasienten og behandleren som har den."),
        _("Les, svar, og avslutt saken når den er ferdig. Bestem hva som skal skje med hvert bilde."),
    ),
    "clinic": (
        _("Navn, avsender, telefon og hvordan pasientene kommer inn."),
        _("Endre og lagre. Avsenderen står i alle meldinger, så den må ikke røpe en sykdom."),
    ),
    "getting_started": (
        _("Listen viser hva som mangler før den første konsultasjonen."),
        _("Gjør det som står som «Mangler». Listen krysser av selv når det er gjort."),
    ),
    "members": (
        _("Alle som har tilgang hos dere."),
        _("Legg til en ansatt, eller trykk på et navn for å endre eller avslutte tilgangen."),
    ),
    "member_new": (
        _("Her gir du en ansatt tilgang."),
        _("Fyll ut navn, e-post og rolle. De får en lenke og velger passord selv."),
    ),
    "member": (
        _("Rollen og kortet til en ansatt."),
        _("Endre rollen, legg inn et bilde, eller send en ny lenke for passord."),
    ),
    "member_end": (
        _("Her avslutter du tilgangen til en som har sluttet."),
        _("Bekreft. Tilgangen stopper med en gang, og det de har gjort, blir stående."),
    ),
    "member_video": _VIDEO,
    "clinic_video": _VIDEO,
    "own_video": _VIDEO,
    "message_rules": (
        _("Hvem meldingene kommer fra, når påminnelser går ut, og om pasienten kan avlyse selv."),
        _("Endre og lagre. Det gjelder timer som bestilles fra nå av."),
    ),
    "till": (
        _("Her står det pasientene skylder, og det som er gjort opp siste måned."),
        _("Trykk på en regning for å se den, lage faktura eller notere at den er betalt hos dere."),
    ),
    "bill": (
        _("Én regning: hva den gjelder, hvordan den er forsøkt betalt, og hva dere kan gjøre."),
        _("Noter at den er betalt, lag faktura, trekk regningen tilbake eller betal tilbake."),
    ),
    "bank": (
        _("Her registrerer dere det som er betalt til kontoen med KID."),
        _("Velg filen fra banken. Blikk viser hva som skjer før noe blir gjort."),
    ),
    "invoice_setup": (
        _("Her står hvem fakturaene kommer fra, kontoen, KID og hvor lenge pasientene har på seg."),
        _("Fyll ut og lagre. Fakturaer som er laget, endres aldri."),
    ),
    "payers": (
        _("Her står kommuner og andre som kan betale for pasienter."),
        _("Legg inn en organisasjon. Den kan velges på hver regning."),
    ),
    "money_journal": (
        _("Her ser dere regninger, betalinger og krav over tid, og hva som ikke er betalt."),
        _("Velg dager og trykk Vis. Filen nederst er til regnskapet, og har ikke navn."),
    ),
    "money_setup": (
        _("Her gir du Blikk nøklene til Vipps eller Stripe, så pasientene kan betale fra telefonen."),
        _("Lim inn nøklene og lagre. Blikk prøver dem med en gang og sier om de virker."),
    ),
    "phrases": _PHRASES,
    "phrase_new": _PHRASE,
    "phrase": _PHRASE,
    "note_rules": (
        _("Her velger du hvilket språk notatene skrives på."),
        _("Det gjelder notater som signeres fra nå av. De som er signert, blir som de er."),
    ),
    "writing_rules": (
        _("Regler for skriftlige saker: hvor fort dere svarer, og hvor lenge bilder ligger."),
        _("Velg det dere klarer å holde. Pasienten ser svartiden."),
    ),
    "public_page": (
        _("Siden som alle kan se: åpningstider, drop-in og hva dere hjelper med."),
        _("Fyll ut, se over, og åpne siden når den er klar."),
    ),
    "own_information": (
        _("Det pasienten får lese før samtalen."),
        _("Legg til deres egne ord. De gamle utgavene blir tatt vare på."),
    ),
    "notices": _NOTICE,
    "notice_new": _NOTICE,
    "notice": _NOTICE,
    "questions": _QUESTION,
    "question_new": _QUESTION,
    "question": _QUESTION,
    "from_the_record": (
        _("Her bestemmer dere hva som kommer fra journalen av seg selv."),
        _("Legg inn journalsystemet som skal kunne åpne Blikk, og hvilke timer der som er på video."),
    ),
    "incoming": (
        _("Denne timen kom fra journalen, og noe må avklares."),
        _("Les hva som skiller de to, og velg det som er riktig. Journalen gjelder når de er uenige."),
    ),
    "calendar_server": (
        _("Her kobler dere behandlernes timer til en kalenderserver."),
        _("Skriv adressen og prøv hver kalender. Der står aldri hvem timen er med."),
    ),
    "other_systems": (
        _("Systemer som får lese fra Blikk, og systemer som får beskjed når noe skjer."),
        _("Legg til det leverandøren ber om, og slå av det dere ikke bruker. Alt som leses, står i loggen."),
    ),
    "system_new": _SYSTEM,
    "system": _SYSTEM,
    "webhook_new": _WEBHOOK,
    "webhook": _WEBHOOK,
    "journal_system": (
        _("Her velger dere hvordan notatene kommer i journalen, og ser at de kommer fram."),
        _(
            "Velger dere FHIR, får leverandøren adressen til nøkkelen. Prøv forbindelsen før dere stoler på den."
        ),
    ),
    "journal_delivery": (
        _("Her står hvorfor noe ikke kom fram til journalen, og hva som ble sendt."),
        _("Rett det som er galt, og prøv igjen. Ingenting blir dobbelt om det sendes to ganger."),
    ),
    "consultation_delivery": (
        _("Her står hva som ikke er i journalen ennå."),
        _("Prøv igjen, eller kopier notatet og si at du har ført det inn selv."),
    ),
    "claims": (
        _("Her lager du filer med krav til Helfo, av konsultasjoner som er avsluttet med takster."),
        _(
            "Se hva som mangler, og lag filen. Den sendes, eller du laster den ned og leverer den. Under hver fil"
            " står hva Helfo svarer. Et avvist krav kan sendes på nytt. Et krav krediteres helt, i neste fil."
        ),
    ),
    "payment_rules": (
        _("Her bestemmer du om Blikk foreslår takster og egenandel, og hva pasienten betaler."),
        _("Velg fagområde, skriv gebyret for ikke møtt, og se at satsene er nye nok."),
    ),
    "exemptions": (
        _("Noen ber om å invitere til et nummer som ikke er lest tilbake."),
        _("Tillat én invitasjon med en begrunnelse, eller avslå."),
    ),
    "keeping": (
        _("Her bestemmer dere hvor lenge Blikk har opplysningene."),
        _("Velg tiden for hver type. Under ser du hva som slettes i natt, og hva som er slettet før."),
    ),
    "kept": _KEPT,
    "kept_of": _KEPT,
    "looks": _KEPT,
    "looks_sheet": _KEPT,
    "forget": _KEPT,
    "log": (
        _("Loggen viser hvem som har gjort og sett hva."),
        _("Søk på pasient, ansatt eller type. Søket ditt blir også skrevet ned."),
    ),
    "calendar": (
        _("Her får du timene dine i din egen kalender."),
        _("Lag en lenke og legg den inn i kalenderen. Der står bare når, aldri hvem."),
    ),
    "own_card": (
        _("Kortet er det pasienten ser om deg i venterommet."),
        _("Legg inn bilde og tittel, så vet pasienten hvem de møter."),
    ),
    "own_alerts": (
        _("Mobilen din, og hvordan Blikk sier fra til deg."),
        _("Skriv nummeret ditt og koden du får. Bestem så hvordan du vil få beskjed."),
    ),
    "choose_clinic": (
        _("Du jobber flere steder."),
        _("Velg hvor du er nå. Du kan bytte øverst på siden."),
    ),
    "helse_id_connect": _HELSE_ID,
    "account_change_password": (
        _("Her bytter du passord."),
        _("Skriv det gamle og et nytt på minst tolv tegn."),
    ),
    "account_reauthenticate": _AGAIN,
    "mfa_reauthenticate": _AGAIN,
    "mfa_reauthenticate_webauthn": _AGAIN,
    "mfa_index": _FACTOR,
    "mfa_activate_totp": _FACTOR,
    "mfa_deactivate_totp": _FACTOR,
    "mfa_add_webauthn": _FACTOR,
    "remove_passkey": _FACTOR,
    "mfa_view_recovery_codes": _CODES,
    "mfa_generate_recovery_codes": _CODES,
    "manual": _MANUAL,
    "manual_of": _MANUAL,
    "plan": _PLAN,
    "plan_sheet": _PLAN,
    "plan_versions": _PLAN,
    "support": (
        _("Her står hvem dere ringer når noe svikter."),
        _("Kopier opplysningene om nettleseren, og send dem til den du ringer."),
    ),
    "support_contacts": (
        _("Her legger du inn hvem ansatte ringer når noe svikter."),
        _("Skriv navn, telefon og når de svarer. Den som skal ringes først, står øverst."),
    ),
}
