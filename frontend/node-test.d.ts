// The little of Node that tests use. Node's own types would give every source Node's globals.
declare module "node:test" {
  type Body = (context: {
    mock: { timers: { enable(options?: object): void; tick(milliseconds: number): void } };
  }) => void | Promise<void>;
  export function test(name: string, body: Body): Promise<void>;
  export function describe(name: string, body: () => void): Promise<void>;
  export function it(name: string, body: Body): Promise<void>;
  export function beforeEach(body: () => void | Promise<void>): void;
  export function afterEach(body: () => void | Promise<void>): void;
  export const mock: {
    timers: { enable(options?: object): void; tick(milliseconds: number): void; reset(): void };
    fn(body?: unknown): unknown;
  };
}

declare module "node:assert/strict" {
  interface Assert {
    (value: unknown, message?: string): asserts value;
    ok(value: unknown, message?: string): asserts value;
    equal<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    deepEqual<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
    notDeepEqual(actual: unknown, expected: unknown, message?: string): void;
    match(actual: string, pattern: RegExp, message?: string): void;
    throws(body: () => unknown, expected?: unknown, message?: string): void;
    doesNotThrow(body: () => unknown, message?: string): void;
    rejects(body: Promise<unknown> | (() => Promise<unknown>), expected?: unknown): Promise<void>;
    fail(message?: string): never;
  }
  const assert: Assert;
  // biome-ignore lint/style/noDefaultExport: this is how Node names it
  export default assert;
}
