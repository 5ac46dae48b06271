/** The microphone: opened only after consent, and closed as soon as it is not needed. */

import { loadWorklet } from './worklets.ts';
import micWorklet from './mic.worklet.ts?worker&url';

/** Why there is no microphone. */
export type MicTrouble = 'refused' | 'missing' | 'busy' | 'insecure';

/** A device to hear or speak through. */
export interface Device {
  id: string;
  label: string;
}

/** An open microphone. */
export interface Mic {
  stream: MediaStream;
  /** The device, where the browser tells. */
  id: string;
  /** How loud it is now, in [0, 1]. */
  level(): number;
  mute(muted: boolean): void;
  close(): void;
}

/** What a browser's refusal means for the person. */
export function troubleOf(error: unknown): MicTrouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/** A meter of whatever goes through `node`: root mean square, stretched so that ordinary speech fills most of it. */
export function meter(context: AudioContext, node: AudioNode): () => number {
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  node.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    let energy = 0;
    for (const sample of samples) energy += sample * sample;
    const decibels = 10 * Math.log10(energy / samples.length + 1e-10);
    // -55 dBFS is a quiet room, -15 a close, lively voice.
    return Math.max(0, Math.min(1, (decibels + 55) / 40));
  };
}

/** Whether the browser gives us the microphone without asking. */
export async function mayListen(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' as PermissionName });
    return state === 'granted';
  } catch {
    // Some browsers do not know this permission by name, older ones no permissions at all.
    return false;
  }
}

/** Opens the microphone. Throws a `MicTrouble`. `lost` is called when it is unplugged or taken away. */
export async function openMic(context: AudioContext, id: string | null, lost: () => void): Promise<Mic> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices?.getUserMedia) throw 'insecure' satisfies MicTrouble;
  const wanted: MediaTrackConstraints = {
    channelCount: 1,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(id === null ? {} : { deviceId: { exact: id } }),
  };
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({ audio: wanted });
  } catch (error) {
    // A device that was chosen before may be gone; any other is better than none.
    if (id !== null && troubleOf(error) === 'missing') return openMic(context, null, lost);
    throw troubleOf(error);
  }
  const source = context.createMediaStreamSource(stream);
  const level = meter(context, source);
  const tracks = stream.getAudioTracks();
  for (const track of tracks) track.addEventListener('ended', lost);
  return {
    stream,
    id: tracks[0]?.getSettings().deviceId ?? '',
    level: () => (tracks[0]?.enabled ? level() : 0),
    mute: (muted) => tracks.forEach((track) => (track.enabled = !muted)),
    close: () => {
      for (const track of tracks) {
        track.removeEventListener('ended', lost);
        track.stop();
      }
      source.disconnect();
    },
  };
}

/** Gives the microphone's sound to `take` as PCM16 of 24 kHz, 20 ms at a time. Returns how to stop. */
export async function capture(
  context: AudioContext,
  stream: MediaStream,
  take: (pcm: Int16Array) => void,
): Promise<() => void> {
  await loadWorklet(context, micWorklet);
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, 'mic', { numberOfOutputs: 1, channelCount: 1, channelCountMode: 'explicit' });
  node.port.onmessage = (message: MessageEvent<Int16Array>) => take(message.data);
  // Safari runs only what leads to the loudspeaker; the worklet itself is silent.
  source.connect(node).connect(context.destination);
  return () => {
    node.port.onmessage = null;
    source.disconnect();
    node.disconnect();
  };
}

/** The devices that there are; their names only once a microphone was allowed. */
export async function devices(): Promise<{ inputs: Device[]; outputs: Device[] }> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
  const of = (kind: MediaDeviceKind) =>
    all.filter((one) => one.kind === kind && one.deviceId !== '').map((one) => ({ id: one.deviceId, label: one.label }));
  return { inputs: of('audioinput'), outputs: of('audiooutput') };
}
