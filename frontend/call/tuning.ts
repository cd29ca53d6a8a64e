/** Sets the senders of one connection to what the network carries: sound first, picture with what is left. */

import { FIRST_SCALE, type Peer } from "./peer";
import { pictureOn, type Step } from "./weather";

export interface Tuning {
  readonly step: Step;
  readonly sharing: boolean;
  readonly people: number;
  /** The network is not known yet. */
  readonly isOpening: boolean;
}

const applied = new WeakMap<RTCRtpSender, string>();

/** `degradationPreference` left the DOM types, but browsers keep it. */
type Parameters = RTCRtpSendParameters & { degradationPreference?: string };

async function apply(
  sender: RTCRtpSender,
  wanted: string,
  adjust: (parameters: Parameters) => void,
): Promise<void> {
  if (applied.get(sender) === wanted) return;
  const parameters: Parameters = sender.getParameters();
  if (!parameters.encodings || parameters.encodings.length === 0) return;
  applied.set(sender, wanted);
  adjust(parameters);
  try {
    await sender.setParameters(parameters);
  } catch {
    // Two changes at once: the next look sets what is wanted then.
    if (applied.get(sender) === wanted) applied.delete(sender);
  }
}

/** Never throws; what could not be set now is set at the next look. */
export async function tune(peer: Peer, tuning: Tuning): Promise<void> {
  const sound = peer.sender("audio");
  const picture = peer.sender("video");
  if (sound) {
    await apply(sound, "first", ({ encodings: [encoding] }) => {
      if (encoding) Object.assign(encoding, { priority: "high", networkPriority: "high" });
    });
  }
  if (!picture) return;
  const { bitrate, scale, frames } = pictureOn(tuning.step, tuning.people);
  const least = tuning.isOpening ? FIRST_SCALE : 1;
  const wanted = `${tuning.step} ${bitrate} ${scale} ${least} ${tuning.sharing}`;
  await apply(picture, wanted, (parameters) => {
    const [encoding] = parameters.encodings;
    if (!encoding) return;
    encoding.active = tuning.step !== "paused";
    encoding.maxBitrate = bitrate;
    // Small letters on a shared screen are worth more than many frames.
    encoding.scaleResolutionDownBy = tuning.sharing ? 1 : Math.max(scale, least);
    encoding.maxFramerate = tuning.sharing ? Math.min(frames, 15) : frames;
    parameters.degradationPreference = tuning.sharing ? "maintain-resolution" : "balanced";
  });
}
