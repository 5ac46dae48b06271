/** A name for a request that nobody else has. `crypto.randomUUID` is there on secure pages alone. */
export function uuid(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
