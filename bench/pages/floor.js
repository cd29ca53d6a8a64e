// The least that a page must do to show one person to another: no rooms, no repair, no words. The floor that the
// conversation is measured against, in the same browser, on the same machine, in the same run.

const opened = navigator.mediaDevices.getUserMedia({
  audio: true,
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
});
const socket = new WebSocket(`ws://${location.host}/relay`);
const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
const send = (signal) => socket.send(JSON.stringify(signal));

connection.onicecandidate = ({ candidate }) => send({ candidate });
connection.ontrack = ({ streams }) => {
  document.querySelector("#remote").srcObject = streams[0];
};
const ready = opened.then((stream) => {
  document.querySelector("#self").srcObject = stream;
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
});
let turn = ready;

async function take({ hello, description, candidate }) {
  if (hello) {
    await connection.setLocalDescription();
    send({ description: connection.localDescription });
  } else if (description) {
    await connection.setRemoteDescription(description);
    if (description.type !== "offer") return;
    await connection.setLocalDescription();
    send({ description: connection.localDescription });
  } else if (candidate) {
    await connection.addIceCandidate(candidate);
  }
}

socket.onmessage = ({ data }) => {
  turn = turn.then(() => take(JSON.parse(data)));
};
socket.onopen = () => ready.then(() => send({ hello: true }));
