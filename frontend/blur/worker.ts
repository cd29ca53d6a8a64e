/** Finds the person in small pictures. A worker, because its answer alone lets WebAssembly run (decision 0035). */

interface Network {
  readonly HEAPU8: Uint8Array;
  readonly HEAPF32: Float32Array;
  _getModelBufferMemoryOffset(): number;
  _loadModel(bytes: number): number;
  _getInputMemoryOffset(): number;
  _getOutputMemoryOffset(): number;
  _getInputWidth(): number;
  _getInputHeight(): number;
  _runInference(): number;
}

interface Inside {
  readonly blikkParts: { readonly wasm: string; readonly model: string };
  createTwilioTFLiteSIMDModule(options: object): Promise<Network>;
  onmessage: ((event: MessageEvent<ArrayBuffer>) => void) | null;
  postMessage(message: object, transfer?: Transferable[]): void;
}

const inside = globalThis as unknown as Inside;
/** A page in another window gets few turns of its own; a worker's clock goes on. */
const FRAME_MS = 40;

async function begin(): Promise<void> {
  const { wasm, model } = inside.blikkParts;
  const network = await inside.createTwilioTFLiteSIMDModule({ locateFile: () => wasm });
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  network.HEAPU8.set(bytes, network._getModelBufferMemoryOffset());
  network._loadModel(bytes.length);
  const [width, height] = [network._getInputWidth(), network._getInputHeight()];
  const [input, output] = [network._getInputMemoryOffset() / 4, network._getOutputMemoryOffset() / 4];
  inside.onmessage = ({ data }) => {
    const pixels = new Uint8ClampedArray(data);
    const count = width * height;
    for (let place = 0; place < count; place++) {
      for (let colour = 0; colour < 3; colour++)
        network.HEAPF32[input + place * 3 + colour] = (pixels[place * 4 + colour] ?? 0) / 255;
    }
    network._runInference();
    for (let place = 0; place < count; place++)
      pixels[place * 4 + 3] = (network.HEAPF32[output + place] ?? 0) * 255;
    inside.postMessage({ mask: data }, [data]);
  };
  inside.postMessage({ width, height });
  setInterval(() => inside.postMessage({ tick: true }), FRAME_MS);
}

void begin().catch(() => inside.postMessage({ failed: true }));
