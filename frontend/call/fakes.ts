/** What the tests of the conversation have instead of a browser. */

import assert from "node:assert/strict";

/** As much of a connection as the negotiation can see; an answer fits only the offer that it was made for. */
export class FakeConnection {
  static made = 0;
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  iceConnectionState: RTCIceConnectionState = "new";
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  /** Null until an offer and its answer have met. */
  currentRemoteDescription: RTCSessionDescriptionInit | null = null;
  candidates: unknown[] = [];
  onconnectionstatechange: (() => void) | null = null;
  private readonly lines: unknown[] = [];

  getTransceivers(): unknown[] {
    return this.lines;
  }

  addTransceiver(kind: string): void {
    this.lines.push({
      receiver: { track: { kind } },
      sender: { track: null, replaceTrack: async () => undefined },
      direction: "sendrecv",
    });
  }

  async createOffer({ iceRestart = false } = {}): Promise<RTCSessionDescriptionInit> {
    FakeConnection.made += 1;
    return { type: "offer", sdp: `offer ${FakeConnection.made}${iceRestart ? " fresh" : ""}` };
  }

  async setLocalDescription(description?: RTCSessionDescriptionInit): Promise<void> {
    if (description?.type === "rollback") {
      this.signalingState = "stable";
      return;
    }
    const made = description ?? { type: "answer", sdp: `answer to ${this.remoteDescription?.sdp}` };
    this.localDescription = made as RTCSessionDescriptionInit;
    if (made.type === "answer") this.currentRemoteDescription = this.remoteDescription;
    this.signalingState = made.type === "offer" ? "have-local-offer" : "stable";
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (description.type === "answer") {
      assert.equal(this.signalingState, "have-local-offer");
      assert.equal(description.sdp, `answer to ${this.localDescription?.sdp}`);
    }
    this.remoteDescription = description;
    if (description.type === "answer") this.currentRemoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    this.candidates.push(candidate);
  }

  getConfiguration(): RTCConfiguration {
    return {};
  }

  setConfiguration(): void {}

  close(): void {
    this.signalingState = "closed";
  }
}

export class FakeStream {
  getTracks(): unknown[] {
    return [];
  }
}
Object.assign(globalThis, { MediaStream: FakeStream });
