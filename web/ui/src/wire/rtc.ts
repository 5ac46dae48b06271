/** WebRTC: sound as media, events over the data channel `oai-events`. */

import { codeOf } from './api.ts';
import { parse } from './parse.ts';
import { Refused, type Dial, type Link } from './link.ts';

/** Candidates that are gathered later are not worth the wait: the server's address is known to everybody. */
const GATHER_WITHIN_MS = 600;
/** A connection that is broken for longer than this is made anew. */
const BROKEN_FOR_MS = 2_500;
/** A browser asks the other side every two or three seconds whether it is there; no answer for so long means that it is not. */
const QUIET_FOR_MS = 6_000;

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === 'complete') resolve();
    const timer = setTimeout(resolve, GATHER_WITHIN_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function exchange(secret: string, offer: string, abort: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch('/v1/realtime/calls', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${secret}` },
      body: offer,
      signal: abort,
    });
  } catch {
    throw new Refused(abort.aborted ? 'aborted' : 'offline');
  }
  if (response.ok) return response.text();
  throw new Refused(codeOf(response.status, await response.json().catch(() => null)));
}

/** Whether anything came since the last look. A browser notices a lost network by itself only after a long while. */
class Pulse {
  #came = -1;
  #since = performance.now();

  async isGone(peer: RTCPeerConnection): Promise<boolean> {
    let came = 0;
    for (const report of (await peer.getStats()).values()) {
      if (report.type === 'candidate-pair') {
        const pair = report as RTCIceCandidatePairStats;
        came += (pair.bytesReceived ?? 0) + (pair.responsesReceived ?? 0);
      }
    }
    if (came !== this.#came) {
      this.#came = came;
      this.#since = performance.now();
    }
    return performance.now() - this.#since > QUIET_FOR_MS;
  }
}

/** Connects over WebRTC with the microphone's `stream`; what the interviewer says is given to `hear`. */
export function dialRtc(stream: MediaStream, hear: (stream: MediaStream) => void): Dial {
  return async (secret, iceServers, listener, abort) => {
    if (typeof RTCPeerConnection === 'undefined') throw new Refused('unsupported');
    const peer = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    let over = false;
    let watch: ReturnType<typeof setInterval> | undefined;
    let broken: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      over = true;
      clearInterval(watch);
      clearTimeout(broken);
      peer.close();
    };
    abort.addEventListener('abort', end);
    try {
      const channel = peer.createDataChannel('oai-events');
      for (const track of stream.getAudioTracks()) peer.addTrack(track, stream);
      peer.ontrack = (event) => hear(event.streams[0] ?? new MediaStream([event.track]));
      const lost = () => {
        if (over) return;
        // Not closed here: what came of the voice is played until whoever listens closes it.
        over = true;
        clearInterval(watch);
        clearTimeout(broken);
        listener.closed(null);
      };
      const open = new Promise<void>((resolve, reject) => {
        channel.onopen = () => resolve();
        peer.onconnectionstatechange = () => {
          clearTimeout(broken);
          if (peer.connectionState === 'failed' || peer.connectionState === 'closed') {
            reject(new Refused('failed'));
          }
        };
      });
      // The first events come with the channel, perhaps before we have come back from waiting for it.
      channel.onmessage = (message) => {
        const event = typeof message.data === 'string' && !over ? parse(message.data) : null;
        if (event) listener.event(event);
      };
      await peer.setLocalDescription();
      await gathered(peer);
      const offer = peer.localDescription?.sdp;
      if (!offer || over) throw new Refused('aborted');
      const answer = await exchange(secret, offer, abort);
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });
      await open;
      channel.onclose = lost;
      peer.onconnectionstatechange = () => {
        clearTimeout(broken);
        if (peer.connectionState === 'failed' || peer.connectionState === 'closed') lost();
        if (peer.connectionState === 'disconnected') broken = setTimeout(lost, BROKEN_FOR_MS);
      };
      const pulse = new Pulse();
      watch = setInterval(() => {
        void pulse.isGone(peer).then((gone) => gone && lost(), () => undefined);
      }, 1_000);
      const link: Link = {
        transport: 'webrtc',
        send: (event) => {
          if (channel.readyState === 'open') channel.send(JSON.stringify(event));
        },
        waiting: () => channel.bufferedAmount,
        close: end,
      };
      return link;
    } catch (error) {
      if (!over) end();
      throw error instanceof Refused ? error : new Refused('failed');
    }
  };
}
