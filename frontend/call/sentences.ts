/** What the conversation says to the people in it. */

import type { Quality, Role } from "../shared/frames";
import { t } from "../shared/words";
import type { Banner, Media, Person } from "./call";
import type { Trouble, Why } from "./own";

export type Side = "patient" | "clinician";

export function roleWord(role: Role): string {
  switch (role) {
    case "clinician":
      return t("behandler");
    case "patient":
      return t("pasient");
    case "relative":
      return t("pårørende");
    case "carer":
      return t("hjelper");
    case "assistant":
      return t("assistent");
    case "member":
      return t("deltaker i gruppen");
    case "guardian":
      return t("verge eller forelder");
    case "interpreter":
      return t("tolk");
    default:
      return t("kollega");
  }
}

function gradeWord(quality: Quality): string {
  switch (quality) {
    case "good":
      return t("God forbindelse");
    case "fair":
      return t("Ustabil forbindelse");
    case "poor":
      return t("Svak forbindelse");
    case "none":
      return t("Ingen forbindelse");
    default:
      return t("Tilkoblet");
  }
}

/** How the connection to a person is. */
export function connectionWord(person: Person): string {
  const words: Record<Media, () => string> = {
    none: () => t("Ikke til stede"),
    connecting: () => t("Kobler til …"),
    lost: () => (person.present ? t("Kobler til igjen …") : t("Har mistet kontakten")),
    connected: () => gradeWord(person.quality),
  };
  return words[person.media]();
}

/** Why there is no picture of a person who is there; empty when there is one. */
export function noPictureWord(person: Person): string {
  const { camera, sharing, paused } = person.equipment;
  if (!camera && !sharing) return t("Kameraet er av");
  if (paused) return t("Bildet er på pause fordi nettet er svakt");
  return "";
}

/** The banner's words; empty when there is nothing to say. */
export function bannerWords(banner: Banner, side: Side, phone: string): string {
  const names = "names" in banner ? banner.names.join(", ") : "";
  switch (banner.is) {
    case "none":
      return "";
    case "alone":
      return names
        ? t("Venter på {names}. Samtalen begynner av seg selv.", { names })
        : t("Du er alene i samtalen.");
    case "connecting":
      return t("Kobler til. Det tar vanligvis et par sekunder.");
    case "signalling":
      return t("Vi mistet kontakten med Blikk, men samtalen går som før.");
    case "reconnecting":
      return names
        ? t("Vi mistet kontakten med {names} og kobler til igjen. Bli på siden.", { names })
        : t("Vi mistet kontakten og kobler til igjen. Bli på siden.");
    case "overdue":
      return overdueWords(side, phone);
    case "paused":
      return t("Nettet er svakt. Vi sender bare lyd til det blir bedre.");
    case "sound":
      return t("Nettet er svakt, så nå har dere bare lyd. Bildet kommer tilbake av seg selv.");
  }
}

function overdueWords(side: Side, phone: string): string {
  if (!phone) return t("Vi får ikke kontakt, men prøver fortsatt.");
  if (side === "clinician")
    return t("Vi får ikke kontakt, men prøver fortsatt. Ring pasienten på {phone}.", { phone });
  return t("Vi får ikke kontakt, men prøver fortsatt. Ring oss på {phone}.", { phone });
}

/** What happened to a device, what still works, and what to do. */
export function troubleWords(trouble: Trouble, why: Why): string {
  if (trouble === "screen") return t("Skjermen kunne ikke deles. Prøv en gang til.");
  return trouble === "camera" ? cameraWords(why) : microphoneWords(why);
}

function cameraWords(why: Why): string {
  switch (why) {
    case "unplugged":
      return t("Kameraet ble koblet fra. De andre hører deg. Sett det i, og slå på kameraet igjen.");
    case "denied":
    case "denied_by_system":
      return t(
        "Kameraet er sperret. Gi lov ved adressen øverst eller i innstillingene, og slå på kameraet igjen.",
      );
    case "in_use":
      return t("Et annet program bruker kameraet. Lukk det, og slå på kameraet igjen.");
    case "missing":
      return t("Vi finner ikke noe kamera. De andre hører deg. Sett det i, og slå på kameraet igjen.");
    default:
      return t("Kameraet svarer ikke. De andre hører deg fortsatt.");
  }
}

function microphoneWords(why: Why): string {
  switch (why) {
    case "replaced":
      return t("Mikrofonen ble koblet fra. Vi bruker en annen nå.");
    case "denied":
    case "denied_by_system":
      return t(
        "Mikrofonen er sperret. Gi lov ved adressen øverst eller i innstillingene, og slå den på igjen.",
      );
    case "in_use":
      return t("Et annet program bruker mikrofonen. Lukk det, og slå på mikrofonen igjen.");
    default:
      return t(
        "Vi finner ingen mikrofon. Sett den i, så hører de deg igjen. Dere kan også snakke på telefon.",
      );
  }
}

/** Why a person was not let into the conversation, or is no longer in it. */
export function refusalWords(code: string): string {
  switch (code) {
    case "room_full":
      return t("Fire personer er allerede med. Det er ikke plass til flere.");
    case "signed_out":
      return t("Du er logget ut. Logg inn igjen for å fortsette.");
    case "not_found":
      return t("Denne samtalen finnes ikke, eller den er ikke åpen for deg.");
    default:
      return t("Du kan ikke bli med i samtalen nå. Last siden på nytt.");
  }
}

export function endRefusedWords(code: string): string {
  if (code === "not_connected" || code === "no_answer") {
    return t("Samtalen er ikke avsluttet, for vi har ikke kontakt med Blikk. Prøv igjen om litt.");
  }
  return t("Samtalen ble ikke avsluttet. Prøv en gang til.");
}

/** Why the way to the other solution is not there. */
export function roomRefusedWords(code: string, supplier: string): string {
  if (code === "not_connected" || code === "no_answer")
    return t("Vi har ikke kontakt med Blikk akkurat nå. Prøv igjen om litt.");
  return t("{supplier} svarer ikke, så rommet er ikke klart.", { supplier });
}
