/** Loads the files of the audio thread. */

const loads = new WeakMap<AudioContext, Map<string, Promise<void>>>();
let failures = 0;

/** Loads `url`, once for a context. After a failure it is loaded again, by another name: browsers keep a failed one for ever. */
export function loadWorklet(context: AudioContext, url: string): Promise<void> {
  const known = loads.get(context) ?? new Map<string, Promise<void>>();
  loads.set(context, known);
  let load = known.get(url);
  if (!load) {
    load = context.audioWorklet.addModule(failures === 0 ? url : `${url}?again=${failures}`);
    known.set(url, load);
    load.catch(() => {
      failures += 1;
      known.delete(url);
    });
  }
  return load;
}
