/** What the simulated patient does next. Pure: no clock, no page. */

/** In the order in which it is practised; the server names the steps alike. */
export const STEPS = ["waiting", "questions", "identity", "network", "danger", "end", "close_out"] as const;
export type Step = (typeof STEPS)[number];

/** How many seconds the patient waits for the clinician before going on by themselves. */
export const PATIENCE: Readonly<Record<Step, number>> = {
  waiting: Number.POSITIVE_INFINITY,
  questions: 90,
  identity: 120,
  network: 60,
  danger: 120,
  end: Number.POSITIVE_INFINITY,
  close_out: Number.POSITIVE_INFINITY,
};

/** The step that is played: the first that is neither done nor passed over. Null when all of it is over. */
export function playing(done: readonly string[], passed: readonly string[]): Step | null {
  return STEPS.find((step) => !done.includes(step) && !passed.includes(step)) ?? null;
}

/** Whether the patient goes on although the clinician did not do it. */
export function isOutOfPatience(step: Step, seconds: number): boolean {
  return seconds > PATIENCE[step];
}

/** Which answer to which control question, by its place on the page: the second is red. */
export function answerTo(number: number): string {
  return number === 2 ? "c" : "a";
}
