// An SMSC for tests: takes what is submitted, keeps it, and does what it is told over HTTP.
// `node tests/smsc.mjs <smpp port> <control port>`
import http from "node:http";
import smpp from "smpp";

const [port, control] = process.argv.slice(2).map(Number);
const taken = [];
const answers = [];
const orders = [];
const sessions = new Set();
let number = 0;

// What to do with the next messages, one by one: "take", "drop" (take it, answer nothing, hang up),
// "early" (report before the answer), or the number of a refusal.
function order() {
  return orders.shift() ?? "take";
}

function keep(pdu) {
  const name = `m${++number}`;
  const text = pdu.message_payload ?? pdu.short_message;
  taken.push({
    name,
    from: pdu.source_addr,
    ton: pdu.source_addr_ton,
    npi: pdu.source_addr_npi,
    to: pdu.destination_addr,
    coding: pdu.data_coding,
    parts: text.udh ? [...text.udh[0]] : null,
    payload: Boolean(pdu.message_payload),
    registered: pdu.registered_delivery,
    words: text.message,
  });
  return name;
}

function report(session, name, { state = 2, stat = "DELIVRD", err = "000", tlv = true } = {}) {
  const receipt = tlv ? { receipted_message_id: name, message_state: state } : {};
  session.deliver_sm(
    {
      source_addr: "4799999912",
      source_addr_ton: 1,
      destination_addr: "Blikk",
      esm_class: 4,
      short_message: `id:${name} sub:001 dlvrd:001 submit date:2611221700 done date:2611221700 stat:${stat} err:${err} text:`,
      ...receipt,
    },
    (answer) => answers.push(answer.command_status),
  );
}

const server = smpp.createServer({}, (session) => {
  session.on("error", () => sessions.delete(session));
  session.on("close", () => sessions.delete(session));
  const bind = (pdu) => {
    const isRight = pdu.system_id === "blikk" && pdu.password === "right";
    session.send(pdu.response(isRight ? {} : { command_status: smpp.ESME_RBINDFAIL }));
    if (isRight) sessions.add(session);
    else session.close();
  };
  session.on("bind_transceiver", bind);
  session.on("bind_transmitter", bind);
  session.on("submit_sm", (pdu) => {
    const what = order();
    if (typeof what === "number") return session.send(pdu.response({ command_status: what }));
    const name = keep(pdu);
    if (what === "drop") return session.destroy();
    if (what === "early") {
      report(session, name);
      return setTimeout(() => session.send(pdu.response({ message_id: name })), 150);
    }
    return session.send(pdu.response({ message_id: name }));
  });
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
});

const acts = {
  "/orders": (given) => orders.push(...given),
  "/report": ({ name, ...how }) => report([...sessions][0], name, how),
  "/text": ({ from, words, udh, coding }) => {
    const message = udh ? { udh: Buffer.from(udh), message: words } : { message: words };
    const fields = { source_addr: from, source_addr_ton: 1, destination_addr: "2440", short_message: message };
    if (udh) fields.esm_class = 0x40;
    if (coding !== undefined) fields.data_coding = coding;
    [...sessions][0].deliver_sm(fields, (answer) => answers.push(answer.command_status));
  },
  "/forget": () => {
    for (const session of sessions) session.destroy();
    for (const list of [taken, answers, orders]) list.length = 0;
    number = 0;
  },
};

server.listen(port, "127.0.0.1");
http
  .createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    acts[request.url]?.(JSON.parse(body || "null"));
    response.end(JSON.stringify({ taken, answers, bound: sessions.size }));
  })
  .listen(control, "127.0.0.1");
