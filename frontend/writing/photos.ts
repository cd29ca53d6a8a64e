/** The photos of a letter: each goes up by itself, shows how far it has come, and can be tried again. */

import { el, find, say } from "../shared/dom";
import { t } from "../shared/words";

export interface Photo {
  readonly id: string;
  readonly href: string;
  readonly gone: boolean;
}

interface Item {
  readonly file: File | null;
  readonly row: HTMLLIElement;
  photo: Photo | null;
}

const LARGEST = 10 * 1024 * 1024;
const PATIENCE = 120_000;

function problem(code: string): string {
  const words: Record<string, string> = {
    picture_too_heavy: t("Bildet er for stort. Det kan være på høyst 10 MB."),
    too_large: t("Bildet er for stort. Det kan være på høyst 10 MB."),
    picture_too_wide: t("Bildet har for mange punkter. Velg et mindre bilde."),
    not_a_picture: t("Dette er ikke et bilde vi kan lese. Velg et bilde som er JPEG, PNG eller WebP."),
    photo_is_pdf: t("Vi tar ikke imot PDF. Ta et bilde av arket i stedet."),
    photo_is_heic: t("Dette bildeformatet kan vi ikke lese. Ta et skjermbilde av bildet, og legg ved det."),
    too_many_photos: t("Du kan ikke legge ved flere bilder."),
    too_many: t("Det ble mange bilder på kort tid. Vent litt og prøv igjen."),
    case_closed: t("Klinikken har avsluttet saken, så bildet kan ikke legges ved."),
  };
  return words[code] ?? t("Bildet kom ikke fram. Det er ikke noe galt med det du har skrevet.");
}

/** Whether trying the same file again can help. */
function mayTryAgain(code: string): boolean {
  return code === "network" || code === "too_many" || code === "other";
}

export class Photos {
  private readonly items: Item[] = [];

  constructor(
    private readonly base: string,
    private readonly list: HTMLElement,
    input: HTMLInputElement,
    known: readonly Photo[],
    private readonly most: number,
  ) {
    for (const photo of known) this.show(null, photo);
    input.addEventListener("change", () => {
      for (const file of [...(input.files ?? [])]) this.add(file);
      // The same photo can be chosen again after it was taken away.
      input.value = "";
    });
  }

  /** The names of those that are up. */
  names(): string[] {
    return this.items.flatMap((item) => (item.photo ? [item.photo.id] : []));
  }

  /** Whether one is still on its way. */
  isBusy(): boolean {
    return this.items.some((item) => item.row.dataset["at"] === "going");
  }

  /** All are sent: the list is empty. */
  clear(): void {
    this.items.length = 0;
    this.list.replaceChildren();
  }

  private add(file: File): void {
    const item = this.show(file, null);
    const count = this.items.filter((one) => one.photo || one.row.dataset["at"] === "going").length;
    if (count >= this.most) this.fail(item, "too_many_photos");
    else if (file.size > LARGEST) this.fail(item, "picture_too_heavy");
    else this.send(item);
  }

  private show(file: File | null, photo: Photo | null): Item {
    const row = el("li", { "data-at": photo ? "up" : "going" });
    const item: Item = { file, row, photo };
    this.items.push(item);
    this.list.append(row);
    if (photo) this.done(item, photo);
    return item;
  }

  private send(item: Item): void {
    if (!item.file) return;
    const bar = el("progress", { max: 100, value: 0, "aria-label": t("Bildet sendes") });
    const said = el("span", { role: "status" }, t("Sender bildet …"));
    item.row.dataset["at"] = "going";
    item.row.replaceChildren(bar, said);
    const request = new XMLHttpRequest();
    request.open("POST", `${this.base}/bilde`);
    request.timeout = PATIENCE;
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((event.loaded / event.total) * 100);
      if (event.loaded === event.total) say(said, t("Bildet gjøres klart …"));
    };
    request.onload = () => this.answered(item, request);
    request.onerror = request.ontimeout = request.onabort = () => this.fail(item, "network");
    request.send(item.file);
  }

  private answered(item: Item, request: XMLHttpRequest): void {
    let content: Record<string, unknown> = {};
    try {
      content = JSON.parse(request.responseText) as Record<string, unknown>;
    } catch {
      // an answer that is not ours, such as from something between
    }
    if (request.status === 200 && typeof content["id"] === "string") {
      this.done(item, content as unknown as Photo);
    } else {
      this.fail(item, typeof content["code"] === "string" ? content["code"] : "other");
    }
  }

  private done(item: Item, photo: Photo): void {
    item.photo = photo;
    item.row.dataset["at"] = "up";
    item.row.replaceChildren(
      el("img", { src: photo.href, alt: t("Bildet du legger ved") }),
      this.button(t("Ta bort bildet"), () => void this.takeAway(item), "photo-away"),
    );
  }

  private fail(item: Item, code: string): void {
    item.row.dataset["at"] = "failed";
    item.row.replaceChildren(
      el("span", { class: "wrong", role: "alert" }, problem(code)),
      ...(mayTryAgain(code) ? [this.button(t("Prøv igjen"), () => this.send(item), "photo-again")] : []),
      this.button(t("Ta bort"), () => this.drop(item), "photo-drop"),
    );
  }

  private async takeAway(item: Item): Promise<void> {
    const { photo } = item;
    if (!photo) return;
    try {
      const answer = await fetch(`${this.base}/bilde/${photo.id}/bort`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: "{}",
        credentials: "same-origin",
      });
      if (answer.ok || answer.status === 404) this.drop(item);
      else say(find("#kept"), t("Bildet kan ikke tas bort nå."));
    } catch {
      say(find("#kept"), t("Vi fikk ikke kontakt. Prøv igjen om litt."));
    }
  }

  private drop(item: Item): void {
    this.items.splice(this.items.indexOf(item), 1);
    item.row.remove();
    document.querySelector<HTMLElement>("#photos")?.focus();
  }

  private button(words: string, act: () => void, mark: string): HTMLButtonElement {
    return el(
      "button",
      { type: "button", class: "ds-button", "data-variant": "secondary", "data-test": mark, onclick: act },
      words,
    );
  }
}
