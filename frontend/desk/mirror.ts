/** The clinician's own camera before anybody sees it: made ready while a patient waits, let go when nobody does. */

import type { Prepared } from "../call/conversation";
import { say, show } from "../shared/dom";
import { t } from "../shared/words";
import { prepareEquipped } from "./equipped";

export interface Mirror {
  /** Somebody of mine waits, or nobody does. */
  expect(isExpected: boolean): void;
  /** What was made ready, or is made ready now; the mirror is out of use afterwards. */
  take(): Promise<Prepared>;
}

const JUST_NOW = 1000;

async function isGranted(): Promise<boolean> {
  try {
    const asked = ["camera", "microphone"].map((name) =>
      navigator.permissions.query({ name: name as PermissionName }),
    );
    return (await Promise.all(asked)).every((one) => one.state === "granted");
  } catch {
    return false;
  }
}

function letGo(prepared: Prepared): void {
  for (const track of prepared.stream?.getTracks() ?? []) track.stop();
  prepared.connection?.close();
}

export function hangMirror(): Mirror {
  const video = document.querySelector<HTMLVideoElement>("#mirror");
  const words = document.querySelector<HTMLElement>("#mirror-words");
  const button = document.querySelector<HTMLButtonElement>("#mirror-button");
  let ready: Promise<Prepared> | null = null;
  let isAskedFor = false;
  let isTaken = false;
  let openedAt = Number.NEGATIVE_INFINITY;

  const tell = (sentence: string, action: string): void => {
    if (words) say(words, sentence);
    if (button) say(button, action);
  };
  const open = async (): Promise<void> => {
    if (ready || isTaken) return;
    ready = prepareEquipped();
    openedAt = performance.now();
    const mine = ready;
    tell(t("Åpner kameraet …"), t("Slå av kameraet"));
    const prepared = await mine;
    if (ready !== mine) return;
    if (prepared.stream?.getVideoTracks().length && video) {
      video.srcObject = prepared.stream;
      show(video, true);
      tell(t("Pasienten ser deg ikke ennå."), t("Slå av kameraet"));
    } else {
      tell(
        prepared.stream
          ? t("Mikrofonen er klar, men kameraet virker ikke. Du kan slippe inn med bare lyd.")
          : t("Nettleseren får ikke brukt kamera eller mikrofon. Sjekk tillatelsen i adresselinjen."),
        t("Prøv igjen"),
      );
      if (!prepared.stream) ready = null;
    }
  };
  const close = (): void => {
    const old = ready;
    ready = null;
    void old?.then(letGo);
    if (video) {
      video.srcObject = null;
      show(video, false);
    }
    tell(
      t("Gjør kameraet klart nå, så starter samtalen med én gang du slipper noen inn."),
      t("Gjør kameraet klart"),
    );
  };

  button?.addEventListener("click", () => {
    // It opened by itself just before the press: then the press meant what has happened already.
    if (ready && !isAskedFor && performance.now() - openedAt < JUST_NOW) {
      isAskedFor = true;
      return;
    }
    isAskedFor = ready === null;
    if (isAskedFor) void open();
    else close();
  });
  return {
    expect(isExpected) {
      if (isTaken) return;
      if (!isExpected && !isAskedFor && ready) close();
      if (isExpected && !ready) void isGranted().then((granted) => (granted ? open() : undefined));
    },
    async take() {
      isTaken = true;
      if (video) video.srcObject = null;
      const prepared = await (ready ?? prepareEquipped());
      ready = null;
      return prepared;
    },
  };
}
