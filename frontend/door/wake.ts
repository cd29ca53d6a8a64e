/** Keeps the screen from going dark while somebody waits or talks, where the browser can. */

/** Holds the screen awake until `signal` ends it; asks again when the page is looked at after having been away. */
export function keepAwake(signal: AbortSignal): void {
  const locks = navigator.wakeLock;
  if (!locks) return;
  let held: WakeLockSentinel | null = null;
  const hold = (): void => {
    if (signal.aborted || document.visibilityState !== "visible") return;
    locks.request("screen").then(
      (lock) => {
        held = lock;
        if (signal.aborted) void lock.release();
      },
      // A phone that saves its battery says no; then the page works as any other page.
      () => undefined,
    );
  };
  document.addEventListener("visibilitychange", hold, { signal });
  signal.addEventListener("abort", () => void held?.release());
  hold();
}
